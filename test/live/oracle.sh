#!/usr/bin/env bash
# Compares what is made here with the real thing in Python, over thousands of requests: `pydantic` (422s against FastAPI
# and pydantic) or `h11` (HTTP against uvicorn with h11). Python's packages go into a virtual environment that is thrown
# away. What follows the name goes to that folder's fuzz.ts: how many, and the seed.
set -euo pipefail
name=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/$name"

# OGL runs on CPython 3.12; another python3 will do for all but what hangs on its limits.
python=
for candidate in python3.12 "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python3.12 2>/dev/null | tail -1)" python3; do
  if [ -n "$candidate" ] && "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "left out: no python3 with venv here"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
node fuzz.ts "$work/venv/bin/python" "$@"
