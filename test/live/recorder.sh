#!/usr/bin/env bash
# openai for Python through the recorder, see recorder.ts. Its package goes into a virtual environment that is thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "recorder: Python left out, no python3 with venv here"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement synthesizer/requirements.txt
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
node recorder.ts "$work/venv/bin/python"
