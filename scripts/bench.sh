#!/usr/bin/env bash
# The measurements behind docs/BENCHMARKS.md: load programs of the crates, then what a person waits for in the browser.
# Run it on a quiet machine; after the build it takes five minutes. A bar that is not met is an error at the end.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
scripts/setup.sh test || exit 1
scripts/build.sh || exit 1
met=0
for bench in engine query reads; do
  step "$bench"
  cargo bench --locked --profile release --bench "$bench" || met=1
done
step "browser"
npx playwright test --config end2end --project measurements --workers 1 --reporter line || met=1
exit $met
