#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# helgrind over a stock rsyslogd with the module, see lib_watched.sh. GLib's mutexes are replaced by
# pthread's (gmutex.c); a report counts if the access itself is ours, on either side.
#   SECONDS_LONG  how long lines come (4)     RATE  lines a second on each input (200)
. "$(dirname "$0")/lib_watched.sh"
command -v valgrind >/dev/null || skip "valgrind is not there"
setup
gmutex=$DNSMON_BUILD/tests/faults/.libs/gmutex.so
[ -f "$gmutex" ] || skip "gmutex.so is not built (make check TESTS=)"
PRELOAD=$gmutex watched valgrind --tool=helgrind --num-callers=20 \
    --fullpath-after= --log-file="$work/report" "$RSYSLOGD"
life "${SECONDS_LONG:-4}" "${RATE:-200}"
expect_equal "rsyslogd's exit status" 0 $status
expect "helgrind has watched" grep -q 'ERROR SUMMARY' "$work/report"
expect_none_ours "$work/report"
figure "$lines lines, three actions, two workers each, $(grep -c . "$work/one/events") events: $reports reports about the module or the library"
finish
