#!/usr/bin/env bash
# Runs the tests that the Rust crate opengatellm keeps for a live gateway (#[ignore]) against the mock, as they were
# published. Fails if one fails, if fewer run than there are, or if no request reaches the mock.
set -euo pipefail

VERSION=0.1.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The node of package.json, where it is installed: the system's may be too old.
export PATH="$root/node_modules/.bin:$PATH"

if ! command -v cargo >/dev/null; then
  echo "opengatellm: left out, cargo is not installed"
  exit 0
fi

# Compiled once for every run: it takes most of the time.
cache="${TMPDIR:-/tmp}/gatetape-cargo"
export CARGO_TARGET_DIR="$cache/target"
# Nobody debugs these, and they take a quarter of the space so.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
work=$(mktemp -d "${TMPDIR:-/tmp}/gatetape-live-XXXXXX")
mock=
stop() {
  if [ -n "$mock" ]; then kill "$mock" 2>/dev/null || true; wait "$mock" 2>/dev/null || true; fi
  mock=
}
trap 'stop; rm -rf "$work"' EXIT

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

echo "opengatellm $VERSION: compiling its tests"
(cd "$crate" && cargo test --quiet --tests --locked --no-run)

node "$root/src/cli/main.ts" mock --port 0 --json >"$work/mock.ndjson" &
mock=$!
for _ in $(seq 100); do
  [ -s "$work/mock.ndjson" ] && break
  kill -0 "$mock" 2>/dev/null || { echo "opengatellm: the mock did not start"; exit 1; }
  sleep 0.1
done
url=$(head -n 1 "$work/mock.ndjson" | node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).ready.url')

# A proxy of the environment is for the world outside.
status=0
(cd "$crate" && NO_PROXY=127.0.0.1 OGL_TEST_URL="$url" OGL_TEST_TOKEN=sk-test \
  cargo test --tests --locked --no-fail-fast -- --ignored) >"$work/cargo.log" 2>&1 || status=$?
stop
node "$root/test/live/judge.ts" "$status" "$work/cargo.log" "$work/mock.ndjson" "$crate"
