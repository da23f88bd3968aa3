#!/usr/bin/env bash
# Removes what was built, and never the data folder. Compiled dependencies stay unless `make clean ALL=1`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
rm -rf site end2end/test-results end2end/playwright-report "$CARGO_TARGET_DIR/site-build"
if [ -n "${ALL:-}" ]; then
  cargo clean
  rm -rf node_modules
else
  cargo clean --release --package holdfast --package workbench --package app --package server --package xtask
fi
