#!/usr/bin/env bash
# The measurements behind docs/BENCHMARKS.md: load programs of the crates, then what a person waits for in the browser.
# Run it on a quiet machine; after the build it takes half an hour. A bar that is not met is an error at the end.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
set_up test || exit 1
scripts/build.sh || exit 1
met=0
for bench in engine footprint search watch backup query merge simulation analysis compare registry memory reads; do
  step "$bench"
  cargo bench --locked --profile release --bench "$bench" || met=1
done
step "editors: 110 people at configurations, two servers, a minute"
HOLDFAST_EDITORS_SECONDS=60 cargo nextest run --cargo-profile release --locked --no-capture -E 'test(editors::)' || met=1
step "browser"
npx playwright test --config end2end --project measurements --workers 1 --reporter line || met=1
exit $met
