#!/usr/bin/env bash
# The measurements behind docs/BENCHMARKS.md: criterion benches of the crates, then the scripts in benches/.
# Run it on a quiet machine; it takes 20 minutes and more.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
scripts/setup.sh test
scripts/build.sh
step "criterion"
cargo bench --locked --profile release
for bench in benches/*.sh; do
  [ -e "$bench" ] || continue
  step "$bench"
  bash "$bench"
done
