# Sourced by every script: one toolchain, one target folder, one linker.
# What it sets is the same for `make run`, `make test` and `.ci/run`, so nothing is compiled twice.

# The distribution's toolchain where it is linked (scripts/setup.sh does that on Debian without a WASM target).
if command -v rustup >/dev/null 2>&1 && rustup toolchain list 2>/dev/null | grep -q '^distro'; then
  export RUSTUP_TOOLCHAIN=distro
fi

# Compiled dependencies live outside the checkout, so that a fresh clone finds them.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/target}"

# lld links the larger test programs in a second instead of five.
if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && command -v ld.lld >/dev/null 2>&1; then
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-Clink-arg=-fuse-ld=lld"
fi
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}" CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-1}"
