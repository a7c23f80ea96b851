#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rsyslogd -N1 names every mistake that can be made in an omdnsmon action, and warns once about each
# queue layout that can lose events.
. "$(dirname "$0")/lib_rsyslog.sh"
setup

OUT='action(type="omfile" file="'$work'/events")'
QUEUE='queue.type="LinkedList" queue.timeoutEnqueue="0"'
EVENTS='ruleset(name="events" '$QUEUE') { '$OUT' }'
GOOD='action(type="omdnsmon" config="'$work'/dnsmon.conf" ruleset="events")'

verify() {
    printf 'module(load="%s")\n%s\n' "$OMDNSMON" "$1" >"$work/c.conf"
    "$RSYSLOGD" -N1 -f "$work/c.conf" >"$work/out" 2>&1
    status=$?
    grep -v 'config validation run' "$work/out" >"$work/said"
    return $status
}

# names WHAT CONFIGURATION STRING...: it is refused, and the message has the strings.
names() {
    local what=$1 conf=$2
    shift 2
    if verify "$conf"; then fail "$what: rsyslogd -N1 said it is good"; fi
    while [ $# -gt 0 ]; do
        expect_has "$what: names $1" "$work/said" "$1"
        shift
    done
}

action() {
    echo 'action(type="omdnsmon" '"$1"')'
}

verify "$EVENTS $GOOD"
expect_equal "a good configuration: no message" 0 "$(count_lines "$work/said")"
[ -s "$work/said" ] && cat "$work/said"

names "wrong parameter" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" colour=\"red\"")" "colour"
names "missing ruleset" "$EVENTS $OUT $(action "config=\"$work/dnsmon.conf\"")" "parameter ruleset"
names "a ruleset that does not exist" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"evnts\"")" "evnts"
names "missing configuration file" "$EVENTS $(action "config=\"$work/none.conf\" ruleset=\"events\"")" "$work/none.conf"
names "input of an unknown kind" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" input=\"xml\"")" '"xml"' '"json"'
names "facility of an unknown name" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" facility=\"local9\"")" "facility"
names "severity of an unknown name" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" severity=\"loud\"")" "severity"
for value in 8 9 none; do
    names "severity $value" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" severity=\"$value\"")" "severity is not"
done
names "facility as a number" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" facility=\"23\"")" "facility is not"
names "empty tag" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" tag=\"\"")" "tag"
printf '[site]\nnetworks=192.0.2.0/99\n' >"$work/broken.conf"
names "broken configuration file" "$EVENTS $(action "config=\"$work/broken.conf\" ruleset=\"events\"")" "broken.conf" "2" "networks"

# warns WHAT CONFIGURATION STRING: it is good, but for one line.
warns() {
    verify "$2" || fail "$1: refused"
    expect_equal "$1: one warning" 1 "$(count_matches "warning: omdnsmon" "$work/said")"
    expect_has "$1: says why" "$work/said" "$3"
}

quiet() {
    verify "$2" || fail "$1: refused"
    expect_equal "$1: no warning" 0 "$(count_matches "warning: omdnsmon" "$work/said")"
}

BARE='queue.type="LinkedList"'
warns "events ruleset without a queue" "ruleset(name=\"events\") { $OUT } $GOOD" "no queue of its own"
warns "events queue that waits" "ruleset(name=\"events\" $BARE) { $OUT } $GOOD" 'queue.timeoutEnqueue="0"'
warns "events ruleset before its producer" "$EVENTS ruleset(name=\"dns\" $BARE) { if \$msg contains \"x\" then { $GOOD } }" "define it after"
warns "the same through a call" "ruleset(name=\"sub\") { $GOOD } $EVENTS ruleset(name=\"dns\" $BARE) { call sub }" "define it after"
warns "action with a queue" "$EVENTS $(action "config=\"$work/dnsmon.conf\" ruleset=\"events\" $BARE")" "queue of its own"
warns "omdnsmon in the events ruleset" "ruleset(name=\"events\" $QUEUE) { $OUT $GOOD }" "in the events ruleset itself"
quiet "events ruleset before the main queue's action" "$EVENTS $GOOD"
quiet "events ruleset after its producer" "ruleset(name=\"dns\" $BARE) { $GOOD } $EVENTS"
quiet "events ruleset with a Direct queue" "ruleset(name=\"events\" queue.type=\"Direct\") { $OUT } $GOOD"
finish
