#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_replay.sh - dnsmon replay on one thread, and on two, against `grep -c -F ' IN MX '` over the
# same file, in one run. Machines are noisy: the runs alternate, the medians count, and only the
# ratio means anything.
#     tests/bench/bench_replay.sh [LINES [RUNS]]     1,500,000 and 7; program: $DNSMON_BUILD/dnsmon
# BENCH_CONFIG=FILE: a configuration, for example one without a rule whose cost is asked.
set -u
export LC_ALL=C
program=${DNSMON_BUILD:-.}/dnsmon
lines=${1:-1500000} runs=${2:-7}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ -x "$program" ] || { echo "bench_replay: there is no $program (DNSMON_BUILD names the build folder)"; exit 1; }

# A campus mix in the form of BIND 9.18: 40 % A, 30 % AAAA, 20 % HTTPS, 5 % PTR, 0.2 % MX, the rest
# SRV, TXT, SOA (doc/SCIENCE.md D.1), 40,000 clients of which a few ask most, 100 lines a second.
campus() {
    awk -v lines="$lines" 'BEGIN {
        srand(7); split("www api cdn img static login edge push", host, " ")
        for (i = 0; i < lines; i++) {
            s = 32400 + i / 100; r = rand(); u = rand(); c = int(40000 * u * u * u)
            type = r < .42 ? "A" : r < .72 ? "AAAA" : r < .92 ? "HTTPS" : r < .95 ? "PTR" : \
                r < .97 ? "SRV" : r < .98 ? "TXT" : r < .982 ? "MX" : "SOA"
            v = rand()
            name = type == "PTR" ? sprintf("%d.%d.168.192.in-addr.arpa", 255 * v, 255 * r) : \
                host[1 + int(8 * rand())] ".d" int(20000 * v * v * v) ".example"
            printf "20-Nov-2026 %02d:%02d:%02d.%03d queries: info: client @0x7fbad7a6e098 10.0.%d.%d#%d (%s): query: %s IN %s +E(0)K (10.0.0.53)\n", \
                s / 3600, s % 3600 / 60, s % 60, (i % 100) * 10, c / 250, 1 + c % 250, 1024 + 60000 * u, name, name, type
        }
    }'
}

# seconds COMMAND...: wall clock of one run
seconds() {
    local from=$EPOCHREALTIME
    "$@" >"$work/out" || { echo "bench_replay: $1 failed" >&2; exit 1; }
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.4f\n", $2 - $1 }'
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

campus >"$work/log"
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
