#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SIGHUP takes a new configuration in without losing what is known; a broken one is named and the
# old one stays. impstats has the counters. With a state file what is known outlives a restart, and
# a damaged one is kept aside.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
free_port
mkdir -p "$work/one"
{
    conf_head one
    cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" statefile="$work/state")
if \$programname == "rsyslogd" then action(type="omfile" file="$work/one/own")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$work/one/events" template="dnsmon-json")
}
CONF
} >"$work/one.conf"

mx_over() {
    site_config "$work/dnsmon.conf"
    printf '[detector mx-census]\nover=%s\n' "$1" >>"$work/dnsmon.conf"
}

has_event_of() {
    has_match "192.0.2.$1\"" "$work/one/events"
}

hup() {
    kill -HUP "$pid_one"
    sleep 0.7
}

# queries NUMBER OF EACH: one client, MX, ending now.
queries() {
    make_queries 1 "$2" $(($(date +%s) - 10)) 100 | sed "s/192\\.0\\.2\\.10#/192.0.2.$1#/" >"$work/lines"
    send "$work/lines" "$port"
    sent=$((sent + $2))
}

sent=0
mx_over 100
start one "$port"
queries 10 60
expect "impstats counts the lines" wait_until 10 counter_reaches one messages 60
grep '"omdnsmon"' "$work/one/stats" | tail -1 | cut -c 1-400

printf '[site]\nnetworks=192.0.2.0/99\n' >"$work/dnsmon.conf"
hup
expect "a broken configuration is named" wait_until 5 has_match "networks" "$work/one/out"
expect "it runs on" is_running "$pid_one"

mx_over 30
hup
queries 11 60
expect "the new threshold is in force" wait_until 20 has_event_of 11
queries 10 1
expect "and what was counted before is not lost" wait_until 20 has_event_of 10
expect "SIGHUP has saved the state" test -s "$work/state"
stop one
expect "the end has saved the state" test -s "$work/state"
events=$(count_lines "$work/one/events")

start one "$port"
queries 10 5
sleep 7
expect_equal "after a restart nothing is said twice" "$events" "$(count_lines "$work/one/events")"
stop one

echo "damage" >"$work/state"
start one "$port"
expect "a damaged state file is named" wait_until 5 has_match "starting without" "$work/one/out"
expect "and kept aside" wait_until 5 test -f "$work/state.damaged"
stop one
finish
