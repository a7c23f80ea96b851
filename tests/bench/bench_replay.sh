#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_replay.sh - dnsmon replay on one thread, and on two, against `grep -c -F ' IN MX '` over the
# same file, in one run. Machines are noisy: the runs alternate, the medians count, and only the
# ratio means anything.
#     tests/bench/bench_replay.sh [LINES [RUNS]]     1,500,000 and 7; program: $DNSMON_BUILD/dnsmon
# BENCH_CONFIG=FILE: a configuration, for example one without a rule whose cost is asked.
set -u
export LC_ALL=C
. "$(dirname "$0")/lib_bench.sh"
program=${DNSMON_BUILD:-.}/dnsmon
lines=${1:-1500000} runs=${2:-7}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ -x "$program" ] || { echo "bench_replay: there is no $program (DNSMON_BUILD names the build folder)"; exit 1; }

campus "$lines" >"$work/log"
for _ in $(seq "$runs"); do
    seconds grep -c -F ' IN MX ' "$work/log" >>"$work/grep"
    seconds "$program" replay ${BENCH_CONFIG:+-c "$BENCH_CONFIG"} --threads 1 "$work/log" >>"$work/one"
    seconds "$program" replay ${BENCH_CONFIG:+-c "$BENCH_CONFIG"} --threads 2 "$work/log" >>"$work/two"
done
grep_s=$(median "$work/grep")
for what in grep one two; do
    awk -v what="$what" -v s="$(median "$work/$what")" -v g="$grep_s" -v n="$lines" 'BEGIN {
        label["grep"] = "grep -c -F"; label["one"] = "replay --threads 1"; label["two"] = "replay --threads 2"
        printf "%-20s %6.3f s  %6.2f M lines/s  %5.2f of grep\n", label[what], s, n / s / 1e6, g / s }'
done
