#!/usr/bin/env bash
# Starts what is built. HOLDFAST_SERVER__ADDR and HOLDFAST_DATA_DIR choose address and data folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
export HOLDFAST_SERVER__ADDR="${HOLDFAST_SERVER__ADDR:-127.0.0.1:3000}"
export HOLDFAST_DATA_DIR="${HOLDFAST_DATA_DIR:-$PWD/data}" HOLDFAST_SITE_DIR="${HOLDFAST_SITE_DIR:-$PWD/site}"

[ -x "$(program holdfast)" ] && [ -f "$HOLDFAST_SITE_DIR/hash.txt" ] || fail "nothing is built yet: run make build"
step "Holdfast on http://$HOLDFAST_SERVER__ADDR, data in $HOLDFAST_DATA_DIR (Ctrl-C ends it)"
exec "$(program holdfast)" "$@"
