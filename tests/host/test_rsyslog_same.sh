#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same lines over TCP through rsyslogd with one worker, with two, and through replay: the same
# findings, to the last count. And once with input="json", where the lines come as objects.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
[ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
clients=20
each=1500

one_run() {
    local name=$1
    mkdir -p "$work/$name"
    free_port
    {
        conf_head "$name"
        cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/$name/events" template="event-json")
}
CONF
    } >"$work/$name.conf"
    start "$name" "$port"
    send "$work/lines" "$port"
    expect "$name: all lines arrive" wait_until 30 counter_is "$name" messages "$total"
    stop "$name"
    canonical "$work/$name/events" >"$work/$name/found"
    if cmp -s "$work/$name/found" "$work/replayed"; then
        pass "$name: $(count_lines "$work/$name/found") events, as in replay"
    else
        fail "$name: the findings differ from replay:"
        diff "$work/$name/found" "$work/replayed" | cut -c 1-600 | head -6
    fi
}

make_queries $clients $each $(($(date +%s) - 120)) 500 >"$work/lines"
total=$(count_lines "$work/lines")
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/replay" || fail "replay"
canonical "$work/replay" >"$work/replayed"
expect "replay finds every client" has_lines "$work/replayed" $clients
WORKERS=1 one_run one_worker
WORKERS=2 WORKER_MIN=100 one_run two_workers
finish
