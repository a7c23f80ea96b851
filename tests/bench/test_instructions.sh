#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a line and an event cost, without a clock: instructions of dnsmon replay with all rules
# (valgrind's callgrind, the difference of two lengths of the same lines) against the bounds recorded
# in instructions.txt, and allocations a line in the steady state, which have to be none.
#
# LIMITS: a bound holds for one kind of machine and -O2, the compiler and the C library move it by a
# few percent; a build with a sanitizer or without -O2 is skipped. Instructions are not time: what
# waits for memory is seen by bench_scale.sh only.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_bench.sh
. "$DNSMON_SRC/tests/bench/lib_bench.sh"
export LC_ALL=C
work=$TEST_TMP
need_program
command -v valgrind >/dev/null || skip "there is no valgrind"
grep -q '^CFLAGS = .*-O2' "$DNSMON_BUILD/Makefile" || skip "$DNSMON_BUILD is not built with -O2"
! grep -q '^SAN_CFLAGS = .*-fsanitize' "$DNSMON_BUILD/Makefile" || skip "$DNSMON_BUILD has a sanitizer"
recorded=$DNSMON_SRC/tests/bench/instructions.txt
bound=$(awk -v machine="$(uname -m)" '$1 == machine { print $3 }' "$recorded")
[ -n "$bound" ] || skip "$recorded has no bound for $(uname -m)"

printf '[detectors]\nenable = all\n' >"$work/all.conf"
figure=$(instructions_a_line 20000 60000 "$work/all.conf") || problem "callgrind failed"
echo "instructions a line: $figure (bound $bound)"
[ "${figure:-$((bound + 1))}" -le "$bound" ] ||
    problem "$figure instructions a line, more than $bound: dearer than recorded in tests/bench/instructions.txt"

bound=$(awk -v row="$(uname -m)/event" '$1 == row { print $3 }' "$recorded")
figure=$(instructions_an_event 10000 20000) || problem "callgrind failed"
echo "instructions an event: $figure (bound $bound)"
[ "${figure:-$((bound + 1))}" -le "$bound" ] ||
    problem "$figure instructions an event, more than $bound: dearer than recorded in tests/bench/instructions.txt"

figure=$(steady_allocations 60000) || problem "bench_feed failed"
echo "allocations over 60000 lines of known clients and names: $figure"
expect_equal "allocations over 60000 lines of known clients and names" "$figure" 0
finish
