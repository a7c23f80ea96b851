#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_replay.sh - dnsmon replay on one thread, and on two, against `grep -c -F ' IN MX '` over the
# same file, in one run. Machines are noisy: the runs alternate, the medians count, and only the
# ratio means anything. Processor time is that of the whole process, all threads. grep writes to a file: it
# stops at the first match where its output is /dev/null.
#
#     tests/bench/bench_replay.sh [LINES [RUNS]]     1,500,000 and 7; program: $DNSMON_BUILD/dnsmon
#
# BENCH_CONFIG=FILE: a configuration, for example one without a rule whose cost is asked.
set -u
export LC_ALL=C
# shellcheck source=lib_bench.sh
. "$(dirname "$0")/lib_bench.sh"
lines=${1:-1500000} runs=${2:-7}
bench_folder
program=$DNSMON_BUILD/dnsmon

# timed NAME COMMAND...: wall clock and processor time of one run to $work/NAME
timed() {
    local name=$1 TIMEFORMAT='%3R %3U %3S'
    shift
    { time "$@" >"$work/out"; } 2>"$work/time" || { cat "$work/time" >&2; exit 1; }
    awk '{ print $1, $2 + $3 }' "$work/time" >>"$work/$name"
}

# figure NAME COLUMN: its median
figure() {
    cut -d ' ' -f "$2" "$work/$1" >"$work/column"
    median "$work/column"
}

# ratio OF TO: how many times faster the first is
ratio() {
    echo "$(figure "$1" 1) $(figure "$2" 1)" | awk '{ printf "%.2f\n", $2 / $1 }'
}

campus "$lines" >"$work/log"
for _ in $(seq "$runs"); do
    timed grep grep -c -F ' IN MX ' "$work/log"
    for threads in 1 2; do
        timed "replay$threads" "$program" replay ${BENCH_CONFIG:+-c "$BENCH_CONFIG"} --threads $threads "$work/log"
    done
done

header "$lines lines" s 'M lines/s' 'of grep' 'processor, ns a line' target
for what in "grep|grep -c -F ' IN MX '|-" \
    "replay1|replay --threads 1|$(verdict "$(ratio replay1 grep)" '>=' 1.0 'of grep')" \
    "replay2|replay --threads 2|$(verdict "$(ratio replay2 replay1)" '>=' 1.8 'of one thread') ($(ratio replay2 replay1))"; do
    IFS='|' read -r name label target <<<"$what"
    s=$(figure "$name" 1)
    row "$label" "$s" "$(echo "$s" | awk -v n="$lines" '{ printf "%.2f", n / $1 / 1e6 }')" \
        "$(ratio "$name" grep)" "$(figure "$name" 2 | awk -v n="$lines" '{ printf "%.0f", $1 / n * 1e9 }')" "$target"
done
