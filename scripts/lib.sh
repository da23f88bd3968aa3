# Sourced by the scripts: the checkout as working directory, the shared environment, how to say things.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. scripts/env.sh

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs what is missing, and looks at the environment again: what is compiled with another toolchain than the next run
# has is compiled again by that one.
set_up() { scripts/setup.sh "$1" && . scripts/env.sh; }

# The programs that `cargo build` has left in the target folder.
program() { printf '%s/release/%s' "$CARGO_TARGET_DIR" "$1"; }
