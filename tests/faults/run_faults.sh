#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run_faults.sh - the complete fault suite, as a table: tests/faults/run_faults.sh [--short] [WORD...]
#
# WORD     only the tests whose name contains it: kill, flood, ...
# --short  as tests/run.sh runs them; a row that has no short form is left out
#
# It needs a build with its test programs (tests/run.sh --build, make check TESTS=) and, for most, a
# stock rsyslogd; some an hour on two cores. Exit: 1 if a row failed.

cd "$(dirname "$0")" || exit 1
DNSMON_BUILD=${DNSMON_BUILD:-$(cd ../.. && pwd)}
export DNSMON_BUILD
short=no
words=()
for argument in "$@"; do
    case $argument in
    --short) short=yes ;;
    -*) sed -n '/^# run_faults/,/^# --short/s/^# //p' "$0"; exit 2 ;;
    *) words+=("$argument") ;;
    esac
done

# TEST VARIABLES: the complete form.
complete() {
    cat <<ROWS
kill KILLS=100
kill_syslogng KILLS=100
stop RUNS=100
disk SCHEDULE=1
slow SLOW_MS=4000 LINES=200000
reload HUPS=100 RATE=20000
workers ALL=1 BURSTS=50
flood ADDRESSES=10000000 MEMORY=64
names QUERIES=8000000
collide
sketches QUERIES=8000000
forged
shrink ADDRESSES=1000000
storm CLIENTS=5000
alloc STEP=1
starve RUNS=100
soak SPEED=50 DAYS=1 QUERIES=2000000 CLIENTS=2000
clock
clockstep
helgrind SECONDS_LONG=20 RATE=300
memcheck SECONDS_LONG=20 RATE=500
tsan SECONDS_LONG=60
ROWS
}

picked() {
    local word
    [ ${#words[@]} -gt 0 ] || return 0
    for word in "${words[@]}"; do [[ $1 != *"$word"* ]] || return 0; done
    return 1
}

failed=0
printf '| test | result | figure | s |\n| --- | --- | --- | --- |\n'
while read -r name variables; do
    picked "$name" || continue
    file=test_$name.sh
    [ -f "$file" ] || file=complete_$name.sh
    [ $short = no ] || [ $file = "test_$name.sh" ] || continue
    [ $short = no ] || variables=
    begin=$EPOCHSECONDS
    # shellcheck disable=SC2086 # NAME=VALUE words
    output=$(env $variables bash "$file" 2>&1 </dev/null)
    status=$?
    result=good
    [ $status -eq 0 ] || result=failed failed=$((failed + 1))
    [ $status -ne 77 ] || result=skipped
    printf '| %s | %s | %s | %s |\n' "$name" "$result" "$(sed -n 's/^# figure: //p' <<<"$output" | tail -1)" \
        $((EPOCHSECONDS - begin))
    [ $status -eq 0 ] || grep -E '^(NOT OK|SKIP|FAILED)' <<<"$output" >&2
done < <(complete)
[ $failed -eq 0 ]
