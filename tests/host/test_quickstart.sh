#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_quickstart.sh - examples/quickstart.sh on this build: names the three infected and none of
# the others, ends in time, leaves its events and nothing else: no process, no file elsewhere.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_program
[ "$(id -u)" = 0 ] || skip "the demo's servers need root"

OUT=$TEST_TMP/output
START=$SECONDS
TMPDIR=$TEST_TMP DNSMON_BUILD=$DNSMON_BUILD DNSMON_PRIVATE=$DNSMON_PRIVATE \
    bash "$DNSMON_SRC/examples/quickstart.sh" >"$OUT" 2>&1
expect_equal "exit status" $? 0
TOOK=$((SECONDS - START))
[ $TOOK -lt 120 ] || problem "it took $TOOK s"

for row in 'mass-mailing-worm +127\.10\.0\.66' 'spam-relay +127\.10\.0\.67' \
    'keyword-scanning-bot +127\.10\.0\.68'; do
    expect_line "named" "^  $row +.* as expected " "$OUT"
done
expect_no_line "nobody missed, nobody accused" 'MISSED|FALSE ALARM' "$OUT"
expect_equal "rows as expected" "$(grep -c ' as expected ' "$OUT")" 8
if [ -f "$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon.so" ]; then
    expect_no_line "the module did it" FALLBACK "$OUT"
fi

FOLDER=$(sed -n 's/^quickstart: working in //p' "$OUT")
[ -s "$FOLDER/detections.json" ] || problem "no events in $FOLDER/detections.json"
# Its folder is on the command line of everything that it starts.
for process in /proc/[0-9]*; do
    if cat "$process/cmdline" 2>/dev/null | tr '\0' ' ' | grep -q -F "$FOLDER"; then
        problem "left behind: process ${process#/proc/}"
    fi
done
[ $TEST_FAILURES -eq 0 ] || cat "$OUT"
finish
