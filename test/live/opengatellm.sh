#!/usr/bin/env bash
# Runs the tests that the Rust crate opengatellm keeps for a live gateway (#[ignore]) against the mock, as they were
# published. Fails if one fails, if fewer run than there are, or if no request reaches the mock. Then calls each public method of
# the crate against a mock with state.
set -euo pipefail

if ! command -v cargo >/dev/null; then
  echo "opengatellm: left out, cargo is not installed"
  exit 0
fi
source "$(dirname "${BASH_SOURCE[0]}")/opengatellm-crate.sh"

fetch_crate
echo "opengatellm $VERSION: compiling its tests"
(cd "$crate" && cargo test --quiet --tests --locked --no-run)
start_mock

# A proxy of the environment is for the world outside.
status=0
(cd "$crate" && NO_PROXY=127.0.0.1 OGL_TEST_URL="$url" OGL_TEST_TOKEN=sk-test \
  cargo test --tests --locked --no-fail-fast -- --ignored) >"$work/cargo.log" 2>&1 || status=$?
stop_mock
node "$root/test/live/judge.ts" "$status" "$work/cargo.log" "$work/mock.ndjson" "$crate"

# Each public method against a mock with state. A document is uploaded beforehand: the crate's own uploads are refused, by OGL, too.
cp "$root/test/live/state/client.rs" "$work/probe/src/main.rs"
printf 'futures-util = "0.3"\ntokio = { version = "1", features = ["macros", "rt-multi-thread"] }\n' >>"$work/probe/Cargo.toml"
echo "opengatellm $VERSION: compiling the program for the state"
cargo build --quiet --manifest-path "$work/probe/Cargo.toml"
start_mock
curl=(curl --silent --fail --noproxy '*' --header "Authorization: Bearer sk-test" --output "$work/made")
"${curl[@]}" --json '{"name":"physics"}' "$url/v1/collections"
printf 'Thomson found the electron.' >"$work/physics.txt"
"${curl[@]}" --form collection_id=1 --form "file=@$work/physics.txt;type=text/plain" "$url/v1/documents"
NO_PROXY=127.0.0.1 "$CARGO_TARGET_DIR/debug/probe" "$url"
stop_mock
