#!/usr/bin/env bash
# Builds the image of the Dockerfile and uses it as its users do. It needs a Docker daemon that can be reached, or root
# with Debian's docker.io and debootstrap, to start one and to make a base image where none can be pulled (--install puts
# these two where they are missing). What can't be done here is named and left out; a check that fails ends it with 1.
set -euo pipefail

SECONDS=0
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
  # Its own mount, and what debootstrap and dockerd leave mounted within when they fail.
  local mounts=()
  mapfile -t mounts < <(cut -d ' ' -f 2 /proc/mounts | grep -F "$work" | sort -r)
  [ "${#mounts[@]}" = 0 ] || umount -l "${mounts[@]}" || true
  rm -rf --one-file-system "$work"
}
trap clean EXIT

leave_out() {
  echo "image: left out, $1"
  exit 0
}

say() { printf 'image: %3d s  %s\n' "$SECONDS" "$1"; }

put_docker() {
  local missing=()
  # Where a client is there already its daemon may be elsewhere.
  command -v dockerd >/dev/null || docker info >/dev/null 2>&1 || missing+=(docker.io)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  [ "${#missing[@]}" != 0 ] || return 0
  { [ "$(id -u)" = 0 ] && apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 || {
    tail -n 3 "$work/apt.log"
    echo "image: ${missing[*]} can't be installed here, that takes root and Debian's apt-get"
  }
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
  # In memory where there is plenty: on a busy disk it takes minutes to write all this, and to delete it again.
  if [ "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -gt 8000000 ]; then
    mount -t tmpfs -o mode=755,size=4g gatetape-image "$work" 2>/dev/null || true
  fi
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
  [ "$(id -u)" = 0 ] || leave_out "only root can make another base image"
  command -v debootstrap >/dev/null || leave_out "there is no debootstrap to make another base image with"
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
  cp -R "$root"/{Dockerfile,.dockerignore,LICENSE,package.json,package-lock.json,tsconfig.json,tsconfig.build.json,scripts,src,spec,cassettes,test,docs} "$context"
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

[ "${1:-}" != --install ] || put_docker
find_client
find_daemon
find_base
say "building on $base"
build
. "$root/test/live/image-checks.sh"
say "$failed failed"
[ "$failed" = 0 ]
