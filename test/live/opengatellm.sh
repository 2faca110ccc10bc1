#!/usr/bin/env bash
# Runs the tests that the Rust crate opengatellm keeps for a live gateway (#[ignore]) against the mock, as they were
# published. Fails if one fails, if fewer run than there are, or if no request reaches the mock.
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
