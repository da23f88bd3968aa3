#!/usr/bin/env bash
# Builds the program that talks to a Ballista cluster, beside the server.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

step "client of a Ballista cluster (the first time 6 to 10 minutes: DataFusion; later seconds)"
cargo build --release --locked --package holdfast-ballista
say "  $(program holdfast-ballista)"
