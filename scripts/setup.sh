#!/usr/bin/env bash
# Brings this machine to where Holdfast can be built, and with `setup.sh test` to where it can be tested.
# Every step is skipped when it is already done. On Debian as root missing packages are installed; elsewhere what is
# missing is named.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
purpose="${1:-run}"
wasm=wasm32-unknown-unknown

is_debian_root() { [ "$(id -u)" = 0 ] && have apt-get; }

# install "what it is for, how long" package...
install() {
  local why=$1; shift
  say "  installing $* ($why)"
  [ -n "${apt_is_fresh:-}" ] || { apt-get update -qq; apt_is_fresh=1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Compiles three lines: sees a missing standard library and one of another compiler's version alike.
rust_works_for() {
  printf 'pub fn works() -> String { String::new() }' |
    rustc "$@" --crate-type lib --emit metadata -o "$scratch/probe.rmeta" - >/dev/null 2>&1
}

# Debian's compiler has no standard library for WASM: build it once, from Debian's sources, into its folder.
build_wasm_std() {
  say "  building Rust's standard library for WASM (once, about a minute)"
  local crate="$scratch/std" to=/usr/lib/rustlib/$wasm/lib
  mkdir -p "$crate/src" "$to"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' >"$crate/Cargo.toml"
  printf '#![no_std]\n' >"$crate/src/lib.rs"
  (cd "$crate" && env -u RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$crate/target" \
    /usr/bin/cargo build --quiet --release --target $wasm -Zbuild-std=std,panic_abort,panic_unwind,proc_macro)
  rm -f "$to"/*.rlib "$crate/target/$wasm"/release/deps/libempty-*.rlib
  cp "$crate/target/$wasm"/release/deps/*.rlib "$to/"
}

setup_c_compiler() {
  have cc && return
  is_debian_root || fail "a C compiler is missing (SQLite is compiled from source): install gcc or clang"
  install "SQLite is compiled from source, 20 s" gcc libc6-dev
}

setup_rust() {
  rust_works_for --target $wasm && { say "  Rust with WASM: there ($(rustc --version))"; return; }
  if have rustup; then
    say "  adding the WASM target with rustup (20 s)"
    timeout 300 rustup target add $wasm >/dev/null 2>&1 || say "  rustup has no WASM target to offer here"
    rust_works_for --target $wasm && return
  fi
  is_debian_root || fail "Rust for WASM is missing: install Rust 1.92 or newer and run: rustup target add $wasm"
  install "Rust with WASM, clippy, rustfmt; 40 s" \
    rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web lld-22
  if have rustup; then rustup toolchain link distro /usr; fi
  . scripts/env.sh
  rust_works_for --target $wasm || build_wasm_std
  rust_works_for --target $wasm || fail "Rust for WASM does not work: see what this says: rustc --target $wasm"
}

# Links in a second where the default linker takes five. Only Linux, and only a convenience.
setup_linker() {
  have ld.lld && { say "  linker: there"; return; }
  if is_debian_root; then install "links faster, 10 s" lld; . scripts/env.sh; fi
}

setup_node() {
  if ! have node && is_debian_root; then install "site build, 40 s" nodejs npm; fi
  have node && have npm || fail "Node.js is missing: install version 20 or newer, with npm"
  local major; major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  [ "$major" -ge 20 ] || fail "Node.js $(node --version) is too old: install version 20 or newer"
  local stamp=node_modules/.holdfast wanted; wanted=$(cksum package-lock.json)
  [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && { say "  npm packages: there"; return; }
  say "  installing npm packages (npm ci, 10 s)"
  npm ci --silent
  printf '%s' "$wanted" >$stamp
}

setup_browser() {
  have chromium && { say "  Chromium: there"; return; }
  [ -n "${HOLDFAST_CHROMIUM:-}" ] && { say "  Chromium: $HOLDFAST_CHROMIUM"; return; }
  if is_debian_root; then install "browser tests, 30 s" chromium; return; fi
  say "  installing Playwright's Chromium (30 s)"
  npx playwright install chromium || fail "Chromium is missing: install it, or name it in HOLDFAST_CHROMIUM"
}

# Tests start servers of their own from it; the one that Debian starts on port 6379 is not used.
setup_redis() {
  have redis-server && { say "  Redis: there"; return; }
  is_debian_root || fail "redis-server is missing (tests start their own): install Redis 7 or newer"
  install "tests of the Redis backend, 5 s" redis-server
}

# The tests start servers of their own, on sockets in temporary folders. The cluster that Debian's package
# starts on the standard port is never touched.
setup_postgres() {
  local found
  found=$(ls /usr/lib/postgresql/*/bin/postgres /usr/local/pgsql/*/bin/postgres /opt/homebrew/opt/postgresql@*/bin/postgres \
    2>/dev/null || true)
  [ -n "$found" ] && { say "  PostgreSQL: there"; return; }
  is_debian_root || fail "PostgreSQL is missing (tests of the engine): install version 15 or newer (Debian: postgresql)"
  install "tests of the engine, 20 s" postgresql
}

# The tests of encrypted connections make certificates of their own with it.
setup_openssl() {
  have openssl && { say "  OpenSSL: there"; return; }
  is_debian_root || fail "openssl is missing (tests make certificates with it): install OpenSSL"
  install "tests of encrypted connections, 2 s" openssl
}

# Tests start one of their own with the settings in deploy/; the one that Debian starts on port 80 is not used. Debian keeps the
# program where not everybody looks.
setup_nginx() {
  if have nginx || [ -x /usr/sbin/nginx ]; then say "  nginx: there"; return; fi
  is_debian_root || fail "nginx is missing (tests read and run deploy/nginx.conf with it): install nginx 1.22 or newer"
  install "tests of deploy/nginx.conf, 5 s" nginx
}

step "set-up for $purpose"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
setup_c_compiler
setup_rust
setup_linker
setup_node
if [ "$purpose" = test ]; then setup_browser; setup_redis; setup_postgres; setup_openssl; setup_nginx; fi
