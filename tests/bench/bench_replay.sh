#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_replay.sh - dnsmon replay on one thread, and on two, against `grep -c -F ' IN MX '` over the
# same file, in one run. Machines are noisy: the runs alternate, the medians count, and only the
# ratio means anything. grep writes to a file: it stops at the first match where its output is
# /dev/null.
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

campus "$lines" >"$work/log"
for _ in $(seq "$runs"); do
    seconds grep -c -F ' IN MX ' "$work/log" >>"$work/grep"
    seconds "$program" replay ${BENCH_CONFIG:+-c "$BENCH_CONFIG"} --threads 1 "$work/log" >>"$work/one"
    seconds "$program" replay ${BENCH_CONFIG:+-c "$BENCH_CONFIG"} --threads 2 "$work/log" >>"$work/two"
done

# ratio OF TO: how many times faster the first is
ratio() {
    echo "$(median "$work/$1") $(median "$work/$2")" | awk '{ printf "%.2f\n", $2 / $1 }'
}

header "$lines lines" s 'M lines/s' 'of grep' target
for what in "grep|grep -c -F ' IN MX '|-" \
    "one|replay --threads 1|$(verdict "$(ratio one grep)" '>=' 1.0 'of grep')" \
    "two|replay --threads 2|$(verdict "$(ratio two one)" '>=' 1.8 'of one thread') ($(ratio two one))"; do
    IFS='|' read -r name label target <<<"$what"
    s=$(median "$work/$name")
    row "$label" "$s" "$(echo "$s" | awk -v n="$lines" '{ printf "%.2f", n / $1 / 1e6 }')" \
        "$(ratio "$name" grep)" "$target"
done
