#!/usr/bin/env bash
# Asks a mock that has a world and no cassettes by clients in other languages: OpenAI's package for Python, the Rust crate
# opengatellm, and that crate's own live tests of what is synthesized. `python` or `rust` runs one of them alone.
set -euo pipefail
which=${1:-all}
source "$(dirname "${BASH_SOURCE[0]}")/opengatellm-crate.sh"
here="$root/test/live/synthesizer"
flags=(--cassettes none --world "$here/world.json")
# A proxy of the environment is for the world outside.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

# How many requests the mock answered, and that each was synthesized, refused or the world's.
judge() { # NAME LEAST
  node "$root/test/live/synthesizer-judge.ts" "$work/mock.ndjson" "$1" "$2"
}

if [ "$which" != rust ]; then
  if python3 -c 'import venv, ensurepip' 2>/dev/null; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    start_mock "${flags[@]}"
    "$work/venv/bin/python" "$here/client.py" "$url/v1"
    stop_mock
    judge "openai for Python" 12
  else
    echo "synthesizer: Python left out, no python3 with venv here"
  fi
fi

if [ "$which" != python ]; then
  if ! command -v cargo >/dev/null; then
    echo "synthesizer: Rust left out, cargo is not installed"
    exit 0
  fi
  fetch_crate
  cp "$here/client.rs" "$work/probe/src/main.rs"
  printf 'futures-util = "0.3"\nserde_json = "1"\ntokio = { version = "1", features = ["macros", "rt-multi-thread"] }\n' >>"$work/probe/Cargo.toml"
  echo "synthesizer: compiling"
  cargo build --quiet --manifest-path "$work/probe/Cargo.toml"
  tests=(--test integration_chat --test integration_chat_stream --test integration_embeddings --test integration_models)
  (cd "$crate" && cargo test --quiet "${tests[@]}" --locked --no-run)

  start_mock "${flags[@]}"
  "$CARGO_TARGET_DIR/debug/probe" "$url"
  stop_mock
  judge "the crate opengatellm" 9

  start_mock "${flags[@]}"
  (cd "$crate" && OGL_TEST_URL="$url" OGL_TEST_TOKEN=sk-test \
    cargo test "${tests[@]}" --locked --no-fail-fast -- --ignored) 2>&1 | grep "^test "
  stop_mock
  judge "opengatellm's own live tests" 7
fi
