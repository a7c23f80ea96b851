#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_lines.sh - what a line costs, counted: instructions (callgrind) with all rules, with the three
# of the foundation and with none but one, and allocations. No clock, so that a second run prints the
# same; tests/bench/test_instructions.sh holds the first and the last to a bound.
#
#     tests/bench/bench_lines.sh [LINES]      60,000: the difference to a third of them is counted
#
# program: $DNSMON_BUILD/dnsmon, built with -O2.
set -u
export LC_ALL=C
# shellcheck source=lib_bench.sh
. "$(dirname "$0")/lib_bench.sh"
lines=${1:-60000}
need valgrind
bench_folder
bench_programs bench_feed
printf '[detectors]\nenable = all\n' >"$work/all.conf"
printf '[detectors]\nenable = mx-census;mass-mailer;keyword-scan\n' >"$work/three.conf"
printf '[detectors]\nenable = mx-census\n' >"$work/one.conf"
bound=$(awk -v machine="$(uname -m)" '$1 == machine { print $3 }' "$(dirname "$0")/instructions.txt")

header 'counted' 'figure' 'target'
for rules in 'all|all rules' 'three|mass-mailer, keyword-scan, mx-census' 'one|mx-census alone'; do
    figure=$(instructions_a_line $((lines / 3)) "$lines" "$work/${rules%|*}.conf") || exit 1
    target=-
    [ "${rules%|*}" != all ] || [ -z "$bound" ] || target=$(verdict "$figure" '<=' "$bound")
    row "instructions a line, ${rules#*|}" "$figure" "$target"
done
figure=$(steady_allocations "$lines") || exit 1
row "allocations over $lines lines of known clients and names" "$figure" "$(verdict "$figure" '<=' 0)"
figure=$(new_allocations "$lines") || exit 1
row "allocations over $lines lines of ever new names" "$figure" -
