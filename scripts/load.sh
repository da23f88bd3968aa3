#!/usr/bin/env bash
# Load programs on a built server (make build): all of them, or the one that is named with its options, as in
# `scripts/load.sh reads --seconds 30`. Run it on a quiet machine. A bar that is not met is an error at the end.
# The soak takes `SOAK_MINUTES` (20) and leaves its samples in `SOAK_CSV`, if that is set.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
[ -x "$(program holdfast)" ] || fail "nothing is built yet: run make build"
# Ten thousand connections are as many open files, here and in the server.
ulimit -n "$(ulimit -Hn)"
cargo build --release --locked --package load || exit 1
load() { "$(program load)" --program "$(program holdfast)" "$@"; }
if [ $# -gt 0 ]; then load "$@"; exit; fi
met=0
for scenario in start reads writes list search page live servers beside; do
  step "$scenario"
  load "$scenario" || met=1
done
step "soak"
load soak --minutes "${SOAK_MINUTES:-20}" ${SOAK_CSV:+--csv "$SOAK_CSV"} || met=1
exit $met
