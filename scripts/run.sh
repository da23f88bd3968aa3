#!/usr/bin/env bash
# From a fresh clone to a running Holdfast.
set -euo pipefail
here=$(dirname "$0")
"$here/setup.sh" run
"$here/build.sh"
exec "$here/start.sh"
