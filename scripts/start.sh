#!/usr/bin/env bash
# Starts what is built, with the settings in holdfast.toml and the environment; the program says where it listens and where its
# data is.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ -x "$(program holdfast)" ] && [ -f "${HOLDFAST_SITE_DIR:-site}/hash.txt" ] || fail "nothing is built yet: run make build"
step "Holdfast (Ctrl-C ends it)"
exec "$(program holdfast)" "$@"
