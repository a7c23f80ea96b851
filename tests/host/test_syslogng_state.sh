#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# With a state file what is known outlives a restart: an open incident is not opened again, counts go
# on. The file is there before an event is. A damaged file is named and kept aside; one that cannot be
# written is named once and holds nothing up. At the start a wrong dnsmon.conf is refused.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
free_port
{
    ng_head "$port"
    ng_parser dnsmon "inject-mode(aggregate-only) statefile(\"$work/state\")"
    ng_events events
    echo "log { source(s_net); parser(p_dnsmon); destination(d_events); };"
} >"$work/one.conf"
printf '[detector mx-census]\nover=100\n' >>"$work/dnsmon.conf"

# queries NUMBER FROM EACH: one client, MX of names that it has not asked for before, ending now.
queries() {
    make_queries 1 $(($2 + $3)) $(($(date +%s) - 10)) 100 | tail -n "$3" |
        sed "s/192\\.0\\.2\\.10#/192.0.2.$1#/" >"$work/lines"
    send "$work/lines" "$port"
}

has_event_of() {
    has_match "192.0.2.$1\"" "$work/events"
}

census_of() {
    grep -c "mx-census.*192.0.2.$1\"" "$work/events"
}

ng_start one "$port"
queries 10 0 60
expect "an incident is opened" wait_until 20 has_event_of 10
expect_equal "60 of 100 is not over" 0 "$(census_of 10)"
expect "the event is in a state file before it is told" test -s "$work/state"
rm -f "$work/state"
ng_stop one
expect "the end has saved the state" test -s "$work/state"
opened=$(grep -c '"action":"open"' "$work/events")

ng_start one "$port"
queries 10 60 60
expect "what was counted before goes on" wait_until 20 has_match mx-census "$work/events"
expect_equal "only that is opened after a restart" $((opened + 1)) "$(grep -c '"action":"open"' "$work/events")"
ng_stop one
expect_equal "nothing was closed by a restart" 0 "$(count_matches '"action":"close"' "$work/events")"

echo "damage" >"$work/state"
ng_start one "$port"
expect "a damaged state file is named" wait_until 5 has_match "starting without" "$work/one/out"
expect "and kept aside" wait_until 5 test -f "$work/state.damaged"
ng_stop one

sed -i "s|$work/state|$work/none/state|" "$work/one.conf"
ng_start one "$port"
queries 11 0 60
expect "without a folder for the state events go on" wait_until 20 has_event_of 11
expect_equal "and it is said once" 1 "$(count_matches "was not saved" "$work/one/out")"
mkdir "$work/none"
queries 12 0 60
expect "the next event" wait_until 20 has_event_of 12
expect "with a folder it is saved again" test -s "$work/none/state"
expect "and that is said" wait_until 5 has_match "saved again" "$work/one/out"
ng_stop one

printf '[site]\nnetworks=192.0.2.0/99\n' >"$work/dnsmon.conf"
"$SYSLOGNG" -F --no-caps -f "$work/one.conf" -R "$work/one/persist" -c "$work/one/control" -p "$work/one/pid" \
    >"$work/refused" 2>&1
expect_equal "a start with a wrong file is refused" 1 $?
expect "with file, line and key" grep -q "dnsmon.conf:2.*networks" "$work/refused"
finish
