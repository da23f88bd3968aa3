# Sourced by every script: one toolchain, one target folder, one linker.
# What it sets is the same for `make run`, `make test` and `.ci/run`, so nothing is compiled twice.

# The distribution's toolchain where it is linked (scripts/setup.sh does that on Debian without a WASM target).
if command -v rustup >/dev/null 2>&1 && rustup toolchain list 2>/dev/null | grep -q '^distro'; then
  export RUSTUP_TOOLCHAIN=distro
fi

# Compiled dependencies live outside the checkout, so that a fresh clone finds them.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/target}"

# lld links the larger test programs in a second instead of five. The C compiler is told where it is, not cargo: a flag
# would make cargo compile every dependency again when lld comes or goes.
if [ "$(uname -s)" = Linux ] && command -v ld.lld >/dev/null 2>&1; then
  export COMPILER_PATH="$CARGO_TARGET_DIR/linker"
  mkdir -p "$COMPILER_PATH" && ln -sf "$(command -v ld.lld)" "$COMPILER_PATH/ld"
fi
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}" CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-1}"
