# Sourced by image.sh: what must hold for the image "$tag", made on "$base".
# shellcheck shell=bash

MAX_BYTES=12000000 # beyond the base, as docs/mock.md says
failed=0

check() { # WHAT FUNCTION...: the function prints what it saw, and fails with what is wrong
  local what=$1 saw result=ok
  shift
  saw=$("$@" 2>&1) || { result=FAILED; failed=$((failed + 1)); }
  say "$result: $what${saw:+: ${saw//$'\n'/$'\n'             }}"
}

run() { "$docker" run --rm --label "$label" "$@"; }
shell() { run --entrypoint sh "$tag" -c "$1"; }
start() { "$docker" run --detach --label "$label" --publish 127.0.0.1::4010 "$@"; } # prints the container's id
inspect() { "$docker" inspect --format "$2" "$1"; }
port_of() { inspect "$1" '{{(index (index .NetworkSettings.Ports "4010/tcp") 0).HostPort}}'; }
get() { curl --silent --show-error --max-time 20 --output "$work/answer" --write-out '%{http_code}' "$@" || true; }
is() { [ "$2" = "$3" ] || { echo "$1: $2, not $3"; return 1; }; }

until_health() { # CONTAINER STATE: a container that has ended is "unhealthy" too, but says nothing about the check
  local state=''
  for _ in $(seq 150); do
    state=$(inspect "$1" '{{.State.Status}} {{.State.Health.Status}}')
    case "$state" in "running $2") return 0 ;; exited*) break ;; esac
    sleep 0.2
  done
  echo "it is $state, not $2"
  "$docker" logs "$1" | tail -n 5
  return 1
}

size() {
  local beyond=$(($(inspect "$tag" '{{.Size}}') - $(inspect "$base" '{{.Size}}')))
  echo "$beyond bytes"
  [ "$beyond" -lt "$MAX_BYTES" ]
}

without_rights() {
  is "user" "$(shell 'id -u; id -g' | tr '\n' ' ')" "65534 65534 " || return
  is "writable" "$(shell 'find /gatetape -writable 2>/dev/null || true')" "" || return
  ! shell 'touch /gatetape/written' 2>/dev/null || { echo "/gatetape can be written to"; return 1; }
}

# An npm cache, a login or test data would be among the files that the base does not have.
contents() {
  local image
  for image in "$base" "$tag"; do
    run --user 0 --entrypoint find "$image" / -xdev ! -path '/proc/*' ! -path '/gatetape/*' | sort >"$work/${image%%:*}.files"
  done
  is "beside the base" "$(comm -13 "$work/${base%%:*}.files" "$work/${tag%%:*}.files")" /gatetape || return
  is "in /gatetape" "$(shell 'ls -A /gatetape' | tr '\n' ' ')" "LICENSE cassettes dist node_modules package.json spec " || return
  # npm's own folders begin with a dot.
  shell 'cd /gatetape/node_modules && ls -d * @*/* | grep -v "^@[^/]*$"' | sort -u >"$work/modules"
  node -p 'Object.entries(require(process.argv[1]).packages).flatMap(([path, { dev, devOptional, optional, peer }]) =>
    path === "" || dev || devOptional || (optional && peer) ? [] : [path.replace("node_modules/", "")]).join("\n")' \
    "$root/package-lock.json" | sort >"$work/modules.wanted"
  diff "$work/modules.wanted" "$work/modules" || { echo "these are not the dependencies without those of development"; return 1; }
  echo "$(wc -l <"$work/modules") dependencies"
}

# README's lines for the mock, with the port that was published.
readme() {
  local line status wanted lines=0
  while read -r line; do
    lines=$((lines + 1)) wanted=200
    status=$(bash -c "${line//127.0.0.1:4010/127.0.0.1:$port} --silent --max-time 20 --output '$work/answer' --write-out '%{http_code}'")
    is "$line" "$status" "$wanted" || return
    case "$line" in
      */models*) grep -q '"object":"list"' "$work/answer" ;;
      *t-die-mid*) ! grep -qF 'data: [DONE]' "$work/answer" ;;
      *Bonjour*) grep -q '"content":"Bonjour !' "$work/answer" ;;
      *) grep -qF 'data: [DONE]' "$work/answer" ;;
    esac || { echo "$line: $(head -c 300 "$work/answer")"; return 1; }
  done < <(grep '^curl .*127\.0\.0\.1:4010' "$root/README.md")
  echo "$lines lines"
  [ "$lines" -ge 4 ]
}

# The token that the mock made up and printed.
token_of() { "$docker" logs "$1" 2>/dev/null | sed -n 's/^ *Authorization: Bearer \([^ ]*\)$/\1/p' | head -n 1; }

control() {
  local url="http://127.0.0.1:$port/__gatetape" token
  token=$(token_of "$1")
  [ -n "$token" ] || { echo "the log has no token"; return 1; }
  is "GET without the token" "$(get "$url")" 401 || return
  is "GET with another one" "$(get -H 'Authorization: Bearer another-token' "$url")" 401 || return
  is "GET with the token" "$(get -H "Authorization: Bearer $token" "$url")" 200 || return
  is "GET by another name, with the token" "$(get -H "Authorization: Bearer $token" -H 'Host: ogl:4010' "$url")" 200 || return
  is "GET for a page of another site" "$(get -H "Authorization: Bearer $token" -H 'Origin: http://evil.example' "$url")" 403 || return
  is "health" "$(get -H 'Host: pod' "$url/health")" 200 || return
  is "ready" "$(get -H 'Host: pod' "$url/ready")" 200 || return
  is "POST" "$(get -H "Authorization: Bearer $token" "$url/interactions" -d '{"name":"down","request":{"method":"GET","target":"/health"},"response":{"status":503,"framing":"length","headers":[["content-length",null]]}}')" 201 || return
  is "what was added" "$(get "http://127.0.0.1:$port/health")" 503
}

log_of_requests() {
  "$docker" logs "$1" >"$work/log" 2>&1
  grep -q '^GET /v1/models -> 200' "$work/log" || { echo "the log has no GET /v1/models"; return 1; }
  ! grep '__gatetape.*->' "$work/log" || { echo "the log has the health check's requests"; return 1; }
}

# With a connection on which an answer is under way: the live journal never ends by itself.
sigterm() {
  local reader started finished
  curl --silent --no-buffer --max-time 30 --output "$work/live" -H "Authorization: Bearer $(token_of "$1")" -H 'Accept: text/event-stream' "http://127.0.0.1:$port/__gatetape/journal" &
  reader=$!
  for _ in $(seq 50); do [ ! -s "$work/live" ] || break; sleep 0.1; done
  started=$(date +%s%N)
  "$docker" kill --signal TERM "$1" >/dev/null
  is "exit code" "$(timeout 20 "$docker" wait "$1")" 0 || return
  finished=$(date --date "$(inspect "$1" '{{.State.FinishedAt}}')" +%s%N)
  wait "$reader" || true
  [ -s "$work/live" ] || { echo "no answer was under way"; return 1; }
  echo "$(((finished - started) / 1000000)) ms"
  [ $((finished - started)) -lt 1000000000 ]
}

unhealthy() {
  local container
  container=$(start --health-interval 300ms --health-retries 1 "$tag" mock --host 0.0.0.0 --port 5000)
  until_health "$container" unhealthy
}

exit_codes() {
  run "$tag" cassette lint /gatetape/cassettes | tail -n 1 || return
  local status=0
  run --volume "$work/bad:/tapes:ro" "$tag" cassette lint /tapes >/dev/null 2>&1 || status=$?
  is "exit code for a bad cassette" "$status" 1 || return
  status=0
  run "$tag" mock --prot 1 >/dev/null 2>&1 || status=$?
  is "exit code for wrong usage" "$status" 2
}

# Of a container that is as tight as a cluster can make it.
own_cassettes() {
  local container
  container=$(start --read-only --cap-drop ALL --security-opt no-new-privileges --volume "$work/tapes:/tapes:ro" --workdir /tapes \
    "$tag" mock --host 0.0.0.0 --cassettes /tapes --control-token for-tests-only) || return
  until_health "$container" healthy || return
  port=$(port_of "$container")
  is "own answer" "$(get "http://127.0.0.1:$port/health")" 503 || return
  is "a bundled model" "$(get -H 'Authorization: Bearer sk-1' "http://127.0.0.1:$port/v1/models/t-ok")" 404 || return
  is "GET as ogl" "$(get -H "Host: ogl:4010" -H 'Authorization: Bearer for-tests-only' "http://127.0.0.1:$port/__gatetape")" 200
}

# A user's own id, and a folder of theirs to write to.
import_as_user() {
  mkdir --mode 777 "$work/out"
  install --mode 644 "$root/test/captures/auth.jsonl" "$work/out"
  run --user 12345:12345 --volume "$work/out:/out" --workdir /out "$tag" \
    cassette import auth.jsonl --out auth.cassette.json >/dev/null || return
  is "owner" "$(stat --format %u "$work/out/auth.cassette.json")" 12345
}

tapes() {
  mkdir "$work/tapes" "$work/bad"
  cat >"$work/tapes/own.cassette.json" <<'EOF'
{ "cassette": 1, "about": { "title": "own", "origin": "written", "ogl": "0.4.5" }, "interactions": [{ "name": "own",
  "request": { "method": "GET", "target": "/health" }, "response": { "status": 503, "framing": "length", "headers": [["content-length", null]] } }] }
EOF
  echo '{ "cassette": 1 }' >"$work/bad/bad.cassette.json"
  chmod 755 "$work" "$work/tapes" "$work/bad"
  chmod 644 "$work"/{tapes,bad}/*
}

tapes
# Without its own helper container, which would have to be pulled; this script cleans up after itself.
by_testcontainers() { TESTCONTAINERS_RYUK_DISABLED=true timeout 90 node "$root/test/live/testcontainers.ts" "$tag"; }

# What compose would run, run without it: it is not everywhere that Docker is.
compose_file() {
  local container
  container=$(start --read-only --cap-drop ALL --env GATETAPE_CONTROL_TOKEN=for-tests-only "$tag" mock --host 0.0.0.0 --control-token env:GATETAPE_CONTROL_TOKEN)
  until_health "$container" healthy || return
  is "by the name of the service" "$(get --header "Host: ogl:4010" --header 'Authorization: Bearer for-tests-only' "http://127.0.0.1:$(port_of "$container")/__gatetape")" 200 || return
  grep -q 'command: \["mock", "--host", "0.0.0.0", "--control-token", "env:GATETAPE_CONTROL_TOKEN"\]' "$root/compose.yml" || { echo "compose.yml runs something else"; return 1; }
  "$docker" rm -f "$container" >/dev/null
}

check "size beyond the base" size
check "runs without rights" without_rights
check "holds nothing else" contents
container=$(start "$tag")
port=$(port_of "$container")
check "turns healthy" until_health "$container" healthy
check "README's curl lines" readme
check "control API" control "$container"
check "log" log_of_requests "$container"
check "SIGTERM" sigterm "$container"
check "health check can fail" unhealthy
check "cassette lint" exit_codes
check "own cassettes, read-only" own_cassettes
check "import as any user" import_as_user
check "testcontainers" by_testcontainers
check "compose.yml" compose_file
