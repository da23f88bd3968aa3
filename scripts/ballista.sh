#!/usr/bin/env bash
# Builds the program that talks to a Ballista cluster, beside the server.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

step "client of a Ballista cluster (the first time about 15 minutes: DataFusion; later seconds)"
cargo build --release --locked --package holdfast-ballista
say "  $(program holdfast-ballista)"
