# Sourced by the tests with the Rust crate opengatellm: fetches it as it was published, to $crate, and starts mocks for it.

VERSION=0.1.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The node of package.json, where it is installed: the system's may be too old.
export PATH="$root/node_modules/.bin:$PATH"

# Compiled once for every run: it takes most of the time.
cache="${TMPDIR:-/tmp}/gatetape-cargo"
export CARGO_TARGET_DIR="$cache/target"
# Nobody debugs these, and they take a quarter of the space so.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
work=$(mktemp -d "${TMPDIR:-/tmp}/gatetape-live-XXXXXX")
mock=
stop_mock() {
  if [ -n "$mock" ]; then kill "$mock" 2>/dev/null || true; wait "$mock" 2>/dev/null || true; fi
  mock=
}
trap 'stop_mock; rm -rf "$work"' EXIT

# Starts a mock with these flags: its address is then $url, what it says in $work/mock.ndjson.
start_mock() {
  # Of a mock before, a shell that is late to begin this one would have left its lines.
  rm -f "$work/mock.ndjson"
  node "$root/src/cli/main.ts" mock --port 0 --json "$@" >"$work/mock.ndjson" &
  mock=$!
  for _ in $(seq 300); do
    [ -s "$work/mock.ndjson" ] && break
    kill -0 "$mock" 2>/dev/null || { echo "opengatellm: the mock did not start"; exit 1; }
    sleep 0.1
  done
  url=$(head -n 1 "$work/mock.ndjson" | node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).ready.url')
}

fetch_crate() {
  # Cargo itself fetches the crate and says where it lies.
  mkdir -p "$work/probe/src" "$cache"
  touch "$work/probe/src/lib.rs"
  cat >"$work/probe/Cargo.toml" <<EOF
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
opengatellm = "=$VERSION"
EOF
  cargo fetch --quiet --manifest-path "$work/probe/Cargo.toml"
  local manifest published
  manifest=$(cargo metadata --format-version 1 --manifest-path "$work/probe/Cargo.toml" |
    node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).packages.find(({ name }) => name === "opengatellm").manifest_path')
  published=$(dirname "$manifest")

  # A copy at a place that stays, or its tests would be compiled each time.
  crate="$cache/opengatellm-$VERSION"
  if ! diff -r "$published" "$crate" >/dev/null 2>&1; then
    rm -rf "$crate"
    cp -R "$published" "$work/crate"
    mv "$work/crate" "$crate"
  fi
}
