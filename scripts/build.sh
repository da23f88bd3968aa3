#!/usr/bin/env bash
# Builds all of a release: the server, then the site. Arguments go to `xtask site` (--check-budget, --dev).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

step "server (the first time 8 to 20 minutes for 500 dependencies, later seconds)"
cargo build --release --locked
step "site (the first time 5 minutes, later seconds)"
cargo build --release --locked --package xtask
"$(program xtask)" site "$@"
