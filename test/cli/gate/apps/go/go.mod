module ask

go 1.21
