#!/usr/bin/env bash
# The adapters whose toolchain is here: installed as their lock files say, spoken to by hand, then judged by the client
# suite, whose verdicts must be the committed ones. Which are left out is said. Names of adapters restrict it to those.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# The node of package.json, where it is installed: the system's may be too old.
export PATH="$PWD/node_modules/.bin:$PATH"

failed=0
adapters/install "$@" || failed=1
node test/live/adapters.ts || failed=1
node scripts/verdicts.ts --check "$@" || failed=1
exit "$failed"
