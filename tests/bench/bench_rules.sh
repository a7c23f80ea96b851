#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_rules.sh - what a line costs, and what each rule adds: instructions a line (valgrind's
# callgrind; the same at every run, unlike time) and ns of processor time a line, of dnsmon replay on
# one thread over bench_replay.sh's mix, with all rules, with the three of the foundation, with all
# but one and with none but one. The start of the program and its end are taken off from the instructions.
#     tests/bench/bench_rules.sh [LINES [RUNS [TIMED_LINES]]]     60,000, 5 and 500,000
# program: $DNSMON_BUILD/dnsmon, built with -O2. "without" is what all others cost, so a rule that
# shares its input with another one adds nothing there; "alone" is beside no rule at all. Machines are
# noisy: ns are medians of alternating runs. RULES="NAME...": rows of these rules only.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib_bench.sh
. "$here/lib_bench.sh"
lines=${1:-60000} runs=${2:-5} timed=${3:-500000}
need valgrind
bench_folder
program=$DNSMON_BUILD/dnsmon
three="mx-census;mass-mailer;keyword-scan"
rules=${RULES-$(sed -n 's/^X(\(.*\))$/\1/p' "$here/../../lib/detect/detectors.def" | tr _ -)}

# processor CONFIG: seconds of processor time of one run
processor() {
    local TIMEFORMAT='%U %S'
    { time "$program" replay -c "$1" --threads 1 "$work/timed" >"$work/out"; } 2>&1 |
        awk '{ print $1 + $2 }'
}

campus "$timed" >"$work/timed"
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
header rules 'instructions a line' 'ns a line'
for name; do
    row "$name" "$(instructions_a_line $((lines / 3)) "$lines" "$work/$name.conf")" \
        "$(median "$work/$name.s" | awk -v timed="$timed" '{ printf "%.0f", $1 * 1e9 / timed }')"
done
