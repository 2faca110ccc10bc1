package ask

import "testing"

func TestAnswers(t *testing.T) {
	text, err := ask("Who are you?")
	if err != nil || text == "" {
		t.Fatal(text, err)
	}
}

func TestStreams(t *testing.T) {
	text, err := tell("Who are you?")
	if err != nil || text == "" {
		t.Fatal(text, err)
	}
}

func TestKnowsModels(t *testing.T) {
	if _, err := models(); err != nil {
		t.Fatal(err)
	}
}
