#!/usr/bin/env bash
# The engine's tests on every backend: unit and property tests, the conformance suite, doc tests.
# Only the crate `holdfast` is built, so this needs neither Arrow nor the site.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
set_up test
step "engine: tests (the first time 4 minutes)"
cargo test --release --locked --package holdfast --features engine
