# Sourced by test.sh: runs steps, times them, counts what passed and failed, and sums up.
# What a step prints is shown and kept; the counts are read from the programs' own summaries.
tally_logs=$(mktemp -d)
trap 'rm -rf "$tally_logs"' EXIT
tally_rows=() tally_skipped=() tally_passed=0 tally_failed=0 tally_number=0
tally_faults="$tally_logs/faults"

# tally_run name command... : sets tally_status, tally_seconds, tally_log
tally_run() {
  local name=$1; shift
  tally_number=$((tally_number + 1)); tally_log="$tally_logs/$tally_number"
  step "$name"
  local start=$SECONDS
  "$@" </dev/null 2>&1 | tee "$tally_log"
  tally_status=${PIPESTATUS[0]}; tally_seconds=$((SECONDS - start))
}

# tally_row name passed failed note
tally_row() {
  tally_passed=$((tally_passed + $2)); tally_failed=$((tally_failed + $3))
  tally_rows+=("$(printf '%-24s %8s %8s %7ss  %s' "$1" "$2" "$3" "$tally_seconds" "$4")")
  say "-- $1: $2 passed, $3 failed, $tally_seconds s${4:+ ($4)}"
}

# check name command... : one thing that holds or does not
check() {
  tally_run "$@"
  if [ "$tally_status" = 0 ]; then tally_row "$1" 1 0 ""; return; fi
  tail -n 12 "$tally_log" | tally_fault "$1"
  tally_row "$1" 0 1 "FAILED"
}

# aside name command... : a check that goes on beside those that follow, until `joined` waits for it and counts it. For what
# has stretches that keep one core busy, and shares no lock of cargo's with what goes on beside it.
aside() {
  aside_name=$1; shift
  aside_log="$tally_logs/aside-$((tally_number + 1))"
  step "$aside_name: begun, beside what follows"
  (
    start=$SECONDS tally_log="$aside_log"
    "$@" </dev/null >"$aside_log" 2>&1
    status=$?
    printf '%s' $((SECONDS - start)) >"$aside_log.seconds"
    exit "$status"
  ) &
  aside_pid=$!
}

joined() {
  wait "$aside_pid"
  aside_status=$?
  check "$aside_name" aside_told
  local last=$((${#tally_rows[@]} - 1))
  tally_rows[last]+="$(printf ' (%s s beside others)' "$(cat "$aside_log.seconds")")"
}

aside_told() { cat "$aside_log"; return "$aside_status"; }

# tally_fault name < lines : what is told again under the table, because it stands far above it
tally_fault() {
  sed 's/\x1b\[[0-9;]*m//g' | while IFS= read -r line; do printf '%s: %s\n' "$1" "$line"; done >>"$tally_faults"
}

# skip name tool : neither passed nor failed, and said in the last line
skip() { tally_seconds=0; tally_skipped+=("$1"); tally_row "$1" 0 0 "$2 not installed, skipped"; }

# without_warnings command... : fails when the command fails or warns. Cargo repeats the warnings of what it need not
# compile again, so this holds for a warm build too.
without_warnings() {
  local log="$tally_log.warnings"
  "$@" 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || return 1
  ! grep -E -m 3 -A 3 '^(warning|error)(\[|:)' "$log"
}

# rust_tests name command... : counts from cargo-nextest's summary or libtest's. A run that ends badly with no failed
# test (it did not compile, it crashed) or that counts nothing at all is a failure of its own.
rust_tests() {
  local name=$1 counts passed failed
  tally_run "$@"
  counts=$(sed 's/\x1b\[[0-9;]*m//g' "$tally_log" | awk '
    /^test result:/ { p += $4; f += $6 }
    /^ *Summary \[.*tests? run:/ {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^passed/) p += $(i - 1)
        if ($i ~ /^(failed|timed)/) f += $(i - 1)
      }
    }
    END { print p + 0, f + 0 }')
  read -r passed failed <<<"$counts"
  # Nextest's list after its summary, or libtest's.
  sed 's/\x1b\[[0-9;]*m//g' "$tally_log" | awk '
    /^ *Summary \[/ { told = 1; next }
    told && /^ *(FAIL|TIMEOUT|ABORT|SIG[A-Z]+) / { print }
    /^test .* FAILED$/ { print }' | tally_fault "$name"
  tally_conclude "$name" "$passed" "$failed"
}

browser_tests() {
  local results="$tally_logs/browser.json" counts passed failed
  CI=true PLAYWRIGHT_JSON_OUTPUT_NAME="$results" \
    tally_run "$1" npx playwright test --config end2end --project chromium --reporter list,json
  counts=$(node -p 'const s = JSON.parse(require("fs").readFileSync(process.argv[1])).stats; `${s.expected} ${s.unexpected + s.flaky}`' \
    "$results" 2>/dev/null || printf '0 0')
  read -r passed failed <<<"$counts"
  node -e 'const told = (suite) => {
      for (const spec of suite.specs ?? []) for (const test of spec.tests) for (const result of test.results)
        if (!["passed", "skipped"].includes(result.status))
          console.log(`${spec.file}:${spec.line} ${spec.title}\n${(result.error?.message ?? result.status).split("\n").filter(Boolean).slice(0, 6).join("\n")}`);
      (suite.suites ?? []).forEach(told);
    };
    JSON.parse(require("fs").readFileSync(process.argv[1])).suites.forEach(told)' "$results" 2>/dev/null | tally_fault "$1"
  tally_conclude "$1" "$passed" "$failed"
}

tally_conclude() {
  local note=""
  if [ "$tally_status" != 0 ] && [ "$3" = 0 ]; then
    tail -n 12 "$tally_log" | tally_fault "$1"
    tally_row "$1" "$2" 1 "FAILED: ended with status $tally_status, see above"; return
  fi
  if [ "$2" = 0 ] && [ "$3" = 0 ]; then tally_row "$1" 0 1 "FAILED: no test has run"; return; fi
  [ "$3" = 0 ] || note="FAILED"
  tally_row "$1" "$2" "$3" "$note"
}

# The table, what failed, and the one line to trust.
conclude() {
  printf '\n%-24s %8s %8s %8s\n' "" passed failed time
  printf '%s\n' "${tally_rows[@]}"
  printf '%-24s %8s %8s %7ss\n\n' "in all" "$tally_passed" "$tally_failed" "$SECONDS"
  if [ -s "$tally_faults" ]; then head -n 40 "$tally_faults"; say; fi
  local skipped=""
  if [ "${#tally_skipped[@]}" != 0 ]; then printf -v skipped '; %s' "${tally_skipped[@]}"; skipped=", ${#tally_skipped[@]} skipped: ${skipped:2}"; fi
  say "$tally_passed passed, $tally_failed failed$skipped"
  [ "$tally_failed" = 0 ]
}
