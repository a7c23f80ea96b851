#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# valgrind over a whole run of a stock rsyslogd with the module, see lib_watched.sh: nothing is read or
# written that is not there, and at the end nothing of ours is lost: no block with one of our frames
# in the stack of its allocation.
#   SECONDS_LONG  how long lines come (4)     RATE  lines a second on each input (500)
# LIMITS: what is reachable at the end (GLib's and the C library's own) is no finding.
. "$(dirname "$0")/lib_watched.sh"
command -v valgrind >/dev/null || skip "valgrind is not there"
setup
export G_SLICE=always-malloc
watched valgrind --leak-check=full --show-leak-kinds=definite,indirect,possible --num-callers=30 \
    --fullpath-after= --log-file="$work/report" "$RSYSLOGD"
life "${SECONDS_LONG:-4}" "${RATE:-500}"
expect_equal "rsyslogd's exit status" 0 $status
expect "valgrind has watched to the end" grep -q 'LEAK SUMMARY\|no leaks are possible' "$work/report"
expect_none_ours "$work/report" any
figure "$lines lines, three actions, two workers each, $(grep -c . "$work/one/events") events: $reports invalid accesses or leaks with our frames"
finish
