#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_rules.sh - what a line costs, and what each rule adds: instructions a line (valgrind's
# callgrind; the same at every run, unlike time) and ns of processor time a line, of dnsmon replay on
# one thread over bench_replay.sh's mix, with all rules, with the three of the foundation, with all
# but one and with none but one. The start of the program is taken off; the end of the day is in.
#     tests/bench/bench_rules.sh [LINES [RUNS [TIMED_LINES]]]     100,000, 5 and 500,000
# program: $DNSMON_BUILD/dnsmon, built with -O2. "without" is what all others cost, so a rule that
# shares its input with another one adds nothing there; "alone" is beside no rule at all. Machines are
# noisy: ns are medians of alternating runs. RULES="NAME...": rows of these rules only.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib_bench.sh"
program=${DNSMON_BUILD:-.}/dnsmon
lines=${1:-100000} runs=${2:-5} timed=${3:-500000}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ -x "$program" ] || { echo "bench_rules: there is no $program (DNSMON_BUILD names the build folder)"; exit 1; }
command -v valgrind >/dev/null || { echo "bench_rules: there is no valgrind"; exit 77; }
three="mx-census;mass-mailer;keyword-scan"
rules=${RULES-$(sed -n 's/^X(\(.*\))$/\1/p' "$here/../../lib/detect/detectors.def" | tr _ -)}

# count CONFIG LOG: instructions of one run. The program of a build folder is libtool's script.
count() {
    valgrind --tool=callgrind --trace-children=yes --callgrind-out-file=/dev/null \
        "$program" replay -c "$1" --threads 1 "$2" 2>"$work/valgrind" >"$work/out" ||
        { cat "$work/valgrind" >&2; exit 1; }
    sed -n 's/.*refs: *//p' "$work/valgrind" | tail -n 1 | tr -d ,
}

# processor CONFIG: seconds of processor time of one run
processor() {
    local TIMEFORMAT='%U %S'
    { time "$program" replay -c "$1" --threads 1 "$work/timed" >"$work/out"; } 2>&1 |
        awk '{ print $1 + $2 }'
}

campus "$lines" >"$work/log"
campus "$timed" >"$work/timed"
head -n 1 "$work/log" >"$work/first"
set -- all three
printf '[detectors]\nenable = all\n' >"$work/all.conf"
printf '[detectors]\nenable = %s\n' "$three" >"$work/three.conf"
for rule in $rules; do
    printf '[detectors]\ndisable = %s\n' "$rule" >"$work/without-$rule.conf"
    printf '[detectors]\nenable = %s\n' "$rule" >"$work/alone-$rule.conf"
    set -- "$@" "without-$rule" "alone-$rule"
done
for _ in $(seq "$runs"); do
    for name; do
        processor "$work/$name.conf" >>"$work/$name.s"
    done
done
printf '%-28s %12s %8s\n' 'rules' 'instructions' 'ns'
for name; do
    n=$(count "$work/$name.conf" "$work/log") && start=$(count "$work/$name.conf" "$work/first") || exit 1
    printf '%-28s %s\n' "$name" "$(median "$work/$name.s")" |
        awk -v n="$((n - start))" -v lines="$lines" -v timed="$timed" \
            '{ printf "%-28s %12.0f %8.0f\n", $1, n / lines, $2 * 1e9 / timed }'
done
