#!/usr/bin/env bash
# Asks a mock in each dialect by the packages ollama and openai for Python.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/opengatellm-crate.sh"
here="$root/test/live/dialects"
# A proxy of the environment is for the world outside.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "dialects: left out, no python3 with venv here"
  exit 0
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
for dialect in ollama llamacpp openai vllm tei; do
  start_mock --dialect "$dialect" --cassettes none --world "$here/world.json" --speed instant
  "$work/venv/bin/python" "$here/client.py" "$dialect" "$url"
  stop_mock
done
