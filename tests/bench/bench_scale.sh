#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_scale.sh - what a line costs when there are 100 clients, and when there are a million: the same
# number of lines of the same mix, after every client has been seen once, inside the library
# (bench_feed: no file is read meanwhile), clients drawn all alike and a few asking most.
#
#     tests/bench/bench_scale.sh [LINES [RUNS [MOST [FACTOR]]]]
#                                    500,000, 7, 1,000,000 clients, by factors of 10
#
# ns are the thread's processor time, medians of alternating runs; the ratio is to 100 clients.
# Instructions do not grow with the clients unless the code has a fault; ns do by what the processor's
# caches do not hold. 170 bytes of disk a line and client below TMPDIR.
set -u
export LC_ALL=C
# shellcheck source=lib_bench.sh
. "$(dirname "$0")/lib_bench.sh"
lines=${1:-500000} runs=${2:-7} most=${3:-1000000} factor=${4:-10}
need valgrind
bench_folder
bench_programs bench_feed
sizes=(100)
while [ $((sizes[-1] * factor)) -le "$most" ]; do sizes+=($((sizes[-1] * factor))); done

# warm CLIENTS: lines in front
warm() {
    if [ "$1" -lt 100000 ]; then echo 100000; else echo "$1"; fi
}

# measure DRAW: $work/DRAW.SIZE.ns and .instructions
measure() {
    local draw=$1 size
    for size in "${sizes[@]}"; do
        campus "$lines" "$size" "$draw" "$(warm "$size")" >"$work/log.$size"
    done
    for _ in $(seq "$runs"); do
        for size in "${sizes[@]}"; do
            feed_figure ns "$work/log.$size" "$(warm "$size")" >>"$work/$draw.$size.ns" || exit 1
        done
    done
    for size in "${sizes[@]}"; do
        CALLGRIND_OPTIONS=--toggle-collect=feed_measured callgrind \
            "$DNSMON_BUILD/tests/bench/bench_feed" "$work/log.$size" "$(warm "$size")" \
            >"$work/$draw.$size.instructions" || exit 1
    done
    rm -f "$work"/log.*
}

header clients drawn 'ns a line' 'of 100 clients' target 'instructions a line' 'of 100 clients' target
for draw in uniform skewed; do
    measure "$draw"
    for size in "${sizes[@]}"; do
        figures=()
        for what in ns instructions; do
            figures+=("$(median "$work/$draw.100.$what")" "$(median "$work/$draw.$size.$what")")
        done
        read -r ns ns_ratio count count_ratio < <(echo "${figures[@]}" | awk -v lines="$lines" '{
            printf "%.0f %.2f %.0f %.2f\n", $2, $2 / $1, $4 / lines, $4 / $3 }')
        row "$size" "$draw" "$ns" "$ns_ratio" "$(verdict "$ns_ratio" '<=' 1.20)" \
            "$count" "$count_ratio" "$(verdict "$count_ratio" '<=' 1.20)"
    done
done
