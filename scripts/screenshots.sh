#!/usr/bin/env bash
# Takes the pictures in docs/screenshots/ from a running Holdfast with the sample study.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
set_up test
scripts/build.sh
mkdir -p docs/screenshots
step "screenshots (about a minute)"
HOLDFAST_SCREENSHOTS="$PWD/docs/screenshots" npx playwright test --config end2end --project screenshots
