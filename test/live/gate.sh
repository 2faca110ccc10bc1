#!/usr/bin/env bash
# Runs real test suites through `gatetape gate`, as they are: the live tests that the Rust crate opengatellm keeps, and the
# tests of the small apps in test/gate/apps. Fails if the gate does, or if other requests come than are expected.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/opengatellm-crate.sh"

if ! command -v cargo >/dev/null; then
  echo "gate: the crate opengatellm is left out, cargo is not installed"
  exit 0
fi
fetch_crate
echo "gate: compiling the tests of opengatellm $VERSION"
(cd "$crate" && cargo test --quiet --tests --locked --no-run)

status=0
(cd "$crate" && node "$root/src/cli/main.ts" gate --json --journal "$work/journal.ndjson" \
  --report "markdown=$work/gate.md" -- cargo test --tests --locked --no-fail-fast -- --ignored) \
  >"$work/gate.ndjson" 2>"$work/cargo.log" || status=$?
node "$root/test/live/gate-judge.ts" "$status" "$work/gate.ndjson" "$work/cargo.log" "$crate"
# What was saved says the same.
node "$root/src/cli/main.ts" check --quiet "$work/journal.ndjson"
