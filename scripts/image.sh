#!/usr/bin/env bash
# The container image `holdfast` of what is built (make build): gathers what the Dockerfile copies, and builds it where
# there is docker. `image.sh gather` stops before that.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
context="${HOLDFAST_CONTEXT:-deploy/context}" site="${HOLDFAST_SITE_DIR:-site}"

[ -x "$(program holdfast)" ] && [ -f "$site/hash.txt" ] || fail "nothing is built yet: run make build"
step "gathering $context"
rm -rf "$context"
mkdir -p "$context"
cp "$(program holdfast)" "$context/holdfast"
cp -r "$site" "$context/site"

[ "${1:-}" = gather ] && exit
if have docker; then
  step "image holdfast"
  docker build -f deploy/Dockerfile -t holdfast "$context"
else
  say "there is no docker here; elsewhere: docker build -f deploy/Dockerfile -t holdfast $context"
fi
