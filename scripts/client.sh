#!/usr/bin/env bash
# Writes clients/typescript anew from the built server. Tests fail where it is out of date.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ -x "$(program holdfast)" ] || fail "nothing is built yet: run make build"
[ -x node_modules/.bin/openapi-typescript ] || npm ci --no-audit --no-fund
"$(program holdfast)" openapi >clients/typescript/openapi.json
npm run --silent client
