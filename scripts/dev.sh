#!/usr/bin/env bash
# Rebuilds and restarts on every change of a source. The site is built quickly and large (`xtask site --dev`).
# A build that fails leaves the last good server running.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
set_up run || exit 1

server=
stop() { if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; server=; fi; }
mark=$(mktemp)
trap 'stop; rm -f "$mark"' EXIT
trap 'exit 0' INT TERM

while true; do
  touch "$mark"
  if scripts/build.sh --dev; then
    stop
    scripts/start.sh &
    server=$!
  fi
  # The watcher is built by the first round; without it, wait a moment and try again.
  "$(program xtask)" watch --since "$mark" || sleep 3
done
