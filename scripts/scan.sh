#!/usr/bin/env bash
# Lets a public scanner, schemathesis, ask the API everything its description allows and much that it does not.
# Needs a built server (make build), Python 3 with venv, and PyPI the first time. `SCAN_EXAMPLES` says how much.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

version=4.32.5
tools="${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/scan"
[ -x "$(program holdfast)" ] || fail "nothing is built yet: run make build"
have curl || fail "curl is needed"
if ! "$tools/bin/st" --version 2>/dev/null | grep -q "$version"; then
  step "schemathesis $version into $tools"
  python3 -m venv "$tools" && "$tools/bin/pip" install --quiet "schemathesis==$version" || fail "schemathesis cannot be installed"
fi

folder=$(mktemp -d)
server=""
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap finish EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url="http://127.0.0.1:$port"
export HOLDFAST_SERVER__ADDR="127.0.0.1:$port" HOLDFAST_DATA_DIR="$folder/data" HOLDFAST_SITE_DIR="$PWD/site"
# The scanner is one program that asks without end.
export HOLDFAST_LIMITS__TOKEN_PER_SECOND=0 HOLDFAST_CONFIG="$folder/none.toml"

step "a server with an editor's token"
printf 'kelp holds fast\n' | "$(program holdfast)" user add scan@example.org Scan --role editor >/dev/null
"$(program holdfast)" serve >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "$url/health" >/dev/null && break || sleep 0.1; done
ask() { curl -fsS -b "$folder/jar" -c "$folder/jar" -H "Origin: $url" "$@"; }
ask -H "Accept: text/html" --data-urlencode email=scan@example.org --data-urlencode "password=kelp holds fast" "$url/account/log-in"
token=$(ask -H "Content-Type: application/json" -d '{"name":"scan","may_write":true,"days":1}' "$url/api/make_token" | tr -d '"')
case "$token" in hf_pat_*) ;; *) fail "no token was made" ;; esac

step "schemathesis"
# Whether a version, a lock or a text is the right one is in no schema, so 409, 412, 422 and 428 are no findings.
# The live socket answers no plain request, and the stream of events has no end; their own tests are in server/tests.
outcome=0
# It has no way to send TOML but as text. It leaves notes where it runs. A precondition is looked at before what a body says (RFC 9110, 13.2.1): 412 for a body that is wrong, too.
cd "$folder"
cat >hooks.py <<'EOF'
import schemathesis

schemathesis.serializer.alias("application/toml", "text/plain")
EOF
cat >schemathesis.toml <<'EOF'
hooks = "hooks.py"

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "423", "428", "429", "5xx"]
EOF
"$tools/bin/st" run "$url/api/v1/openapi.json" --checks all --exclude-checks positive_data_acceptance --max-examples "${SCAN_EXAMPLES:-100}" --seed 1 --no-color \
  --continue-on-failure -H "Authorization: Bearer $token" --exclude-path /api/v1/live --exclude-path /api/v1/events "$@" || outcome=$?
curl -fsS "$url/health" >/dev/null || fail "the server did not survive it"
errors=$(grep -c "internal error" "$folder/log" || true)
say "internal errors in the server's log: $errors"
[ "$errors" = 0 ] || grep -m 5 "internal error" "$folder/log"
exit "$outcome"
