#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_report.sh - dnsmon report over a packed log of a generated campus against `zcat | wc -l` of
# the same file and against replay, in one run: lines a second, ratios, and the most memory. Runs
# alternate, medians count.
#     tests/bench/bench_report.sh [LINES [RUNS]]     1,500,000 and 3; a month is 10000000
# Up to 5.7 million lines are days of a campus of 400 clients, more are its month with more clients.
# DNSMON_BUILD names the build folder (make check TESTS= there first). REPORT=FILE keeps the page.
set -u
export LC_ALL=C
. "$(dirname "$0")/lib_bench.sh"
build=${DNSMON_BUILD:-.}
lines=${1:-1500000} runs=${2:-3}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for program in "$build/dnsmon" "$build/tests/eval/gen/gen_campus"; do
    [ -x "$program" ] || { echo "bench_report: there is no $program (DNSMON_BUILD names the build folder)"; exit 1; }
done

# Lines of such a campus: 190,000 a day, and 2,600 a month for each client more.
days=$(((lines + 189999) / 190000)) clients=400
if [ "$days" -gt 30 ]; then
    days=30
    [ "$lines" -le 5700000 ] || clients=$((400 + (lines - 5700000) / 2600))
fi
"$build/tests/eval/gen/gen_campus" --seed 1 --clients "$clients" --days "$days" --thin --mail-scale 0.05 \
    --infect I1-I10,I13-I17 --starts 1 --conf "$work/conf" | gzip -1 >"$work/log.gz"
lines=$(zcat "$work/log.gz" | wc -l)
echo "$lines lines, $days days, $clients clients, $(stat -c %s "$work/log.gz") bytes packed"

count() { zcat "$work/log.gz" | wc -l; }
replay() { "$build/dnsmon" replay -c "$work/conf" "$work/log.gz"; }
# The most memory of the program and of each gnuplot, kB.
report() {
    python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open(sys.argv[1], "a"))
sys.exit(status)' "$work/rss" "$build/dnsmon" report -c "$work/conf" -o "$work/page.html" "$work/log.gz"
}
for _ in $(seq "$runs"); do
    for what in count replay report; do seconds $what >>"$work/$what"; done
done
base=$(median "$work/count")
for what in count replay report; do
    awk -v what="$what" -v s="$(median "$work/$what")" -v b="$base" -v n="$lines" 'BEGIN {
        label["count"] = "zcat | wc -l"; label["replay"] = "replay"; label["report"] = "report"
        printf "%-13s %7.3f s  %6.2f M lines/s  %5.2f times zcat | wc -l\n", label[what], s, n / s / 1e6, s / b }'
done
echo "report: at most $(sort -n "$work/rss" | tail -n 1) kB of memory; page of $(stat -c %s "$work/page.html") bytes, $(grep -c '<svg ' "$work/page.html") figures"
[ -z "${REPORT-}" ] || cp "$work/page.html" "$REPORT"
