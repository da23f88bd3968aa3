#!/usr/bin/env bash
# Everything that must hold. Goes on after a failing step, so that one run shows all; the last line sums up.
# A check (format, lints, budget) counts as one; tests are counted one by one.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. scripts/tally.sh

set_up test || fail "set-up failed; nothing was tested"

say "The first time this takes 60 to 85 minutes on two cores: 20 for dependencies, 25 for the server, its lints and the site,
10 for the client of a cluster, 20 for tests. Later what has changed is compiled, and tests take 20."

check "format" cargo fmt --all --check

# Lints come out of the build that the tests need anyway: clippy-driver stands in for rustc, for the workspace's crates
# only, so the dependencies of `make run` are used and none is compiled or checked again
# (docs/decisions/0001-one-native-profile.md), and the workspace's own are compiled once: the server of the browser tests is
# the one that is linted. They are compiled for the shortest wait, not for speed. Warnings do not stop that build; they fail
# the check below.
export CLIPPY_ARGS="--cap-lints__CLIPPY_HACKERY__warn"
linted() { RUSTC_WORKSPACE_WRAPPER=clippy-driver "$@" --config scripts/test.toml; }
check "lints, site build" without_warnings linted cargo build --release --locked --all-targets --package xtask
aside "site, size budget" "$(program xtask)" site --check-budget
check "lints, native (ssr)" without_warnings linted cargo build --release --locked --all-targets
check "lints, load programs" without_warnings linted cargo build --release --locked --all-targets --package load
joined
aside "lints, WASM (hydrate)" without_warnings linted \
  cargo check --locked --package frontend --lib --profile wasm-release --target wasm32-unknown-unknown
# Apart from the rest: DataFusion with the features that it wants (docs/decisions/0037-a-client-of-its-own-for-ballista.md).
check "lints, client of a cluster" without_warnings linted \
  cargo build --release --locked --all-targets --package holdfast-ballista
joined

if have cargo-nextest; then
  rust_tests "Rust tests" linted cargo nextest run --cargo-profile release --locked --no-fail-fast
  rust_tests "site build tests" linted cargo nextest run --cargo-profile release --locked --no-fail-fast --package xtask
  rust_tests "load program tests" linted cargo nextest run --cargo-profile release --locked --no-fail-fast --package load
else
  rust_tests "Rust tests" linted cargo test --release --locked --no-fail-fast --lib --bins --tests --examples
  rust_tests "site build tests" linted cargo test --release --locked --no-fail-fast --package xtask
  rust_tests "load program tests" linted cargo test --release --locked --no-fail-fast --package load
fi
rust_tests "doc tests" linted cargo test --release --locked --no-fail-fast --doc

if have cargo-deny; then check "licences, advisories" cargo deny --workspace check; else skip "licences, advisories" "cargo-deny"; fi
if have cargo-machete; then check "unused dependencies" cargo machete; else skip "unused dependencies" "cargo-machete"; fi

check "TypeScript" npx tsc --noEmit
check "TypeScript client" npm run --silent client:check
browser_tests "browser tests"
conclude
