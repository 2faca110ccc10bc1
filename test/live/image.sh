#!/usr/bin/env bash
# Builds the image of the Dockerfile and uses it as its users do. It needs a Docker daemon that can be reached, or root
# with Debian's docker.io and debootstrap, to start one and to make a base image where none can be pulled (--install puts
# these two where they are missing). What can't be done here is named and left out; a check that fails ends it with 1.
set -euo pipefail

SECONDS=0
MAX_BYTES=8000000 # beyond the base; 5 MB as this was written
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The node of package.json, where it is installed: it is also that of a base image made here.
export PATH="$root/node_modules/.bin:$PATH"
# A proxy of the environment is for the world outside.
export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1" no_proxy="${no_proxy:+$no_proxy,}127.0.0.1"

work=$(mktemp -d "${TMPDIR:-/tmp}/gatetape-image-XXXXXX")
tag="gatetape-check:$$"
label="gatetape-check=$$"
made=("$tag") daemon='' bridge=kept docker=''

clean() {
  local containers=()
  if [ -n "$docker" ]; then
    mapfile -t containers < <("$docker" ps -aq --filter "label=$label" 2>/dev/null)
    [ "${#containers[@]}" = 0 ] || "$docker" rm -f "${containers[@]}" >/dev/null 2>&1 || true
    "$docker" image rm -f "${made[@]}" >/dev/null 2>&1 || true
  fi
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    [ "$bridge" = kept ] || ip link delete docker0 2>/dev/null || true
  fi
  # debootstrap and dockerd mount within it, and leave that behind when they fail.
  local mounts=()
  mapfile -t mounts < <(cut -d ' ' -f 2 /proc/mounts | grep -F "$work/" | sort -r)
  [ "${#mounts[@]}" = 0 ] || umount -l "${mounts[@]}" || true
  rm -rf --one-file-system "$work"
}
trap clean EXIT

leave_out() {
  echo "image: left out, $1"
  exit 0
}

say() { printf 'image: %3d s  %s\n' "$SECONDS" "$1"; }

install() {
  local missing=()
  command -v docker >/dev/null || missing+=(docker.io)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  # docker.io is asked for where only a client is there, too.
  docker info >/dev/null 2>&1 || command -v dockerd >/dev/null || missing=(docker.io debootstrap)
  [ "${#missing[@]}" != 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "image: ${missing[*]} can't be installed here, that takes root and apt-get"
  elif ! { apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1; then
    tail -n 3 "$work/apt.log"
    echo "image: ${missing[*]} could not be installed"
  fi
}

# A client that can build with BuildKit: one with buildx, or one so old that it has it built in.
find_client() {
  local candidate major
  while read -r candidate; do
    major=$("$candidate" --version | sed -n 's/^Docker version \([0-9]*\).*/\1/p')
    if "$candidate" buildx version >/dev/null 2>&1 || [ "${major:-99}" -lt 23 ]; then
      docker=$candidate
      return
    fi
  done < <(type -ap docker)
  leave_out "there is no docker client that has BuildKit"
}

find_daemon() {
  case "${DOCKER_HOST:-}" in
    '' | unix://*) ;;
    *) leave_out "DOCKER_HOST is another machine, where no folder of this one can be mounted" ;;
  esac
  "$docker" info >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] || leave_out "no Docker daemon answers, and only root can start one"
  command -v dockerd >/dev/null || leave_out "no Docker daemon answers, and there is no dockerd to start"
  export DOCKER_HOST="unix://$work/docker.sock"
  if command -v ip >/dev/null && ! ip link show docker0 >/dev/null 2>&1; then bridge=ours; fi
  # Nothing of the machine's network is changed but for docker0: ports are published by docker-proxy, without iptables.
  dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/docker.pid" \
    --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false >"$work/dockerd.log" 2>&1 &
  daemon=$!
  for _ in $(seq 150); do
    "$docker" info >/dev/null 2>&1 && return
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 3 "$work/dockerd.log"
  leave_out "no Docker daemon answers, and dockerd does not start here"
}

# The Dockerfile's own base where it is, or can be pulled; else Debian with this machine's node and npm.
find_base() {
  base=${NODE_IMAGE:-$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")}
  "$docker" image inspect "$base" >/dev/null 2>&1 && return
  timeout 60 "$docker" pull --quiet "$base" >"$work/pull.log" 2>&1 && return
  echo "image: $base can't be pulled: $(tail -n 1 "$work/pull.log")"
  [ -z "${NODE_IMAGE:-}" ] || leave_out "NODE_IMAGE is not to be had"
  [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || leave_out "a base image of one's own takes root and debootstrap"
  say "making a base image of Debian and node $(node --version)"
  local folder="$work/base"
  if ! nice debootstrap --variant=minbase bookworm "$folder" >"$work/debootstrap.log" 2>&1; then
    tail -n 3 "$work/debootstrap.log"
    leave_out "debootstrap can't make a Debian here"
  fi
  mkdir -p "$folder/usr/local/lib/node_modules" "$folder/usr/local/etc" "$folder/etc/ssl/certs"
  cp "$(node -p process.execPath)" "$folder/usr/local/bin/node"
  cp -R "$(dirname "$(realpath "$(command -v npm)")")/.." "$folder/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$folder/usr/local/bin/npm"
  # A machine behind a proxy has authorities of its own there, and npm in the image must know them.
  local authorities=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  if [ -r "$authorities" ]; then
    cp "$authorities" "$folder/etc/ssl/certs/ca-certificates.crt"
    echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$folder/usr/local/etc/npmrc"
  fi
  base="gatetape-check-base:$$"
  made+=("$base")
  tar -C "$folder" --exclude=./var/cache --exclude=./var/lib/apt/lists --exclude=./usr/share/{doc,man,locale} -c . |
    "$docker" import --change 'CMD ["node"]' - "$base" >/dev/null
}

# From a copy that only its owner may read, as `umask 077` makes it, with what must not get into an image beside it.
build() {
  local context="$work/context" npmrc options=() variable
  mkdir "$context"
  cp -R "$root"/{Dockerfile,.dockerignore,LICENSE,package.json,package-lock.json,tsconfig.json,tsconfig.build.json,src,spec,cassettes,test,docs} "$context"
  echo 'KEY=decoy' >"$context/.env"
  chmod -R go-rwx "$context"
  npmrc=$(npm config get userconfig 2>/dev/null)
  [ ! -r "$npmrc" ] || options+=(--secret "id=npmrc,src=$npmrc")
  for variable in {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY; do
    [ -z "${!variable:-}" ] || options+=(--build-arg "$variable")
  done
  DOCKER_BUILDKIT=1 nice "$docker" build --progress plain --network host --build-arg "NODE_IMAGE=$base" --tag "$tag" \
    "${options[@]}" "$context" >"$work/build.log" 2>&1 && return
  grep -vE '^#[0-9]+ (sha256:|DONE|CACHED|transferring)' "$work/build.log" | tail -n 40
  echo "image: docker build failed"
  exit 1
}

# --- checks

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

until_health() { # CONTAINER STATE
  for _ in $(seq 150); do
    [ "$(inspect "$1" '{{.State.Health.Status}}')" != "$2" ] || return 0
    sleep 0.2
  done
  echo "health is $(inspect "$1" '{{json .State.Health}}'), not $2"
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

# Whatever lies outside of /gatetape, an npm cache or a login, would be in the image but not in its base.
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
    [[ "$line" != *Bonjour* ]] || wanted=400
    status=$(bash -c "${line//127.0.0.1:4010/127.0.0.1:$port} --silent --max-time 20 --output '$work/answer' --write-out '%{http_code}'")
    is "$line" "$status" "$wanted" || return
    case "$line" in
      */models*) grep -q '"object":"list"' "$work/answer" ;;
      *t-die-mid*) ! grep -qF 'data: [DONE]' "$work/answer" ;;
      *Bonjour*) grep -q '"detail"' "$work/answer" ;;
      *) grep -qF 'data: [DONE]' "$work/answer" ;;
    esac || { echo "$line: $(head -c 300 "$work/answer")"; return 1; }
  done < <(grep '^curl .*127\.0\.0\.1:4010' "$root/README.md")
  echo "$lines lines"
  [ "$lines" -ge 4 ]
}

control() {
  local url="http://127.0.0.1:$port/__gatetape"
  is "GET as 127.0.0.1" "$(get "$url")" 200 || return
  is "GET as evil.example" "$(get -H 'Host: evil.example' "$url")" 403 || return
  is "GET as ogl, which nobody allowed" "$(get -H "Host: ogl:4010" "$url")" 403 || return
  is "GET for a page of another site" "$(get -H 'Origin: http://evil.example' "$url")" 403 || return
  is "POST" "$(get "$url/interactions" -d '{"name":"down","request":{"method":"GET","target":"/health"},"response":{"status":503,"framing":"length","headers":[["content-length",null]]}}')" 201 || return
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
  curl --silent --no-buffer --max-time 30 --output "$work/live" -H 'Accept: text/event-stream' "http://127.0.0.1:$port/__gatetape/journal" &
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

# As tight as a cluster can make it.
own_cassettes() {
  local container
  container=$(start --read-only --cap-drop ALL --security-opt no-new-privileges --volume "$work/tapes:/tapes:ro" --workdir /tapes \
    "$tag" mock --host 0.0.0.0 --cassettes /tapes --allow-host ogl) || return
  until_health "$container" healthy || return
  port=$(port_of "$container")
  is "own answer" "$(get "http://127.0.0.1:$port/own")" 418 || return
  is "a bundled model" "$(get -H 'Authorization: Bearer sk-1' "http://127.0.0.1:$port/v1/models")" 400 || return
  is "GET as ogl, allowed" "$(get -H "Host: ogl:4010" "http://127.0.0.1:$port/__gatetape")" 200
}

# A user's own id, and a folder of theirs to write to.
import_as_user() {
  mkdir "$work/out" && chown 12345:12345 "$work/out" 2>/dev/null || chmod 777 "$work/out"
  run --user 12345:12345 --volume "$root/test/captures:/captures:ro" --volume "$work/out:/out" --workdir /out "$tag" \
    cassette import /captures/auth.jsonl --out auth.cassette.json >/dev/null || return
  is "owner" "$(stat --format %u "$work/out/auth.cassette.json")" 12345
}

tapes() {
  mkdir "$work/tapes" "$work/bad"
  cat >"$work/tapes/own.cassette.json" <<'EOF'
{ "cassette": 1, "about": { "title": "own", "origin": "written", "ogl": "0.4.5" }, "interactions": [{ "name": "own",
  "request": { "method": "GET", "target": "/own" }, "response": { "status": 418, "framing": "length", "headers": [["content-length", null]] } }] }
EOF
  echo '{ "cassette": 1 }' >"$work/bad/bad.cassette.json"
  chmod 755 "$work" "$work/tapes" "$work/bad"
  chmod 644 "$work"/{tapes,bad}/*
}

[ "${1:-}" != --install ] || install
find_client
find_daemon
find_base
say "building on $base"
build
tapes

check "size beyond the base" size
check "runs without rights" without_rights
check "holds nothing else" contents
container=$(start "$tag")
port=$(port_of "$container")
check "turns healthy" until_health "$container" healthy
check "README's curl lines" readme
check "control API" control
check "log" log_of_requests "$container"
check "SIGTERM" sigterm "$container"
check "health check can fail" unhealthy
check "cassette lint" exit_codes
check "own cassettes, read-only" own_cassettes
check "import as any user" import_as_user
say "$failed failed"
[ "$failed" = 0 ]
