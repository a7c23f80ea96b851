#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A module that was built for another layout of rsyslog's structures refuses to load, says what to
# do, and rsyslogd goes on without it. OMDNSMON_WRONG: such a module (make check builds one).
. "$(dirname "$0")/lib_rsyslog.sh"
setup
wrong=${OMDNSMON_WRONG:-$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon_wrong.so}
[ -f "$wrong" ] || skip "omdnsmon_wrong is not built (make check builds it)"

try() {
    cat >"$work/c.conf" <<CONF
module(load="$1")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0") { action(type="omfile" file="$work/events") }
action(type="omfile" file="$work/lines")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
CONF
    "$RSYSLOGD" -N1 -f "$work/c.conf" >"$work/out" 2>&1
}

expect "the right module loads" try "$OMDNSMON"
try "$wrong" && fail "a module with another layout was taken"
expect_has "a module with another layout refuses" "$work/out" "laid out differently"
expect_has "and says what to do" "$work/out" "--with-rsyslog-source="
expect_has "and rsyslogd says that it goes on without" "$work/out" "could not load module"
finish
