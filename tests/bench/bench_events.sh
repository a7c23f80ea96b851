#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_events.sh - what an event costs, counted: instructions (callgrind) of dnsmon replay to make and
# print one of 1 KB, in each of its forms. No clock, so that a second run prints the same;
# tests/bench/test_instructions.sh holds the first to a bound.
#
#     tests/bench/bench_events.sh [LINES]      40,000, of which one in 20 opens an incident that is
#                                              closed at the end; the difference to half of them
#
# program: $DNSMON_BUILD/dnsmon, built with -O2.
set -u
export LC_ALL=C
# shellcheck source=lib_bench.sh
. "$(dirname "$0")/lib_bench.sh"
lines=${1:-40000}
need valgrind
bench_folder
bound=$(awk -v row="$(uname -m)/event" '$1 == row { print $3 }' "$(dirname "$0")/instructions.txt")

header 'counted' 'figure' 'target'
figure=$(instructions_an_event $((lines / 2)) "$lines") || exit 1
row 'instructions an event, JSON' "$figure" "$([ -z "$bound" ] && echo - || verdict "$figure" '<=' "$bound")"
figure=$(instructions_an_event $((lines / 2)) "$lines" --text) || exit 1
row 'instructions an event, text' "$figure" -
