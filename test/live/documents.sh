#!/usr/bin/env bash
# Uploads, searches, chats with sources and deletes by Python's clients, on a mock that has a world and no cassettes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/opengatellm-crate.sh"
here="$root/test/live/documents"
# A proxy of the environment is for the world outside.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "documents: left out, no python3 with venv here"
  exit 0
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
start_mock --cassettes none --world "$here/world.json"
"$work/venv/bin/python" "$here/client.py" "$url/v1"
stop_mock
node "$root/test/live/synthesizer-judge.ts" "$work/mock.ndjson" "documents by Python" 19
