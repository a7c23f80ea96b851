#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same lines over TCP through rsyslogd with one worker, with two, with workers that end for idle
# in between, and through replay: the same findings, to the last count. And the same queries as
# JSON objects with input="json": the same incidents with the same counts.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
[ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
clients=20
each=1500

# one_run NAME [ACTION]: the daemon with its omdnsmon action; sends every $work/lines* in turn.
one_run() {
    local name=$1 action part
    action='action(type="omdnsmon" config="'"$work"'/dnsmon.conf" ruleset="events")'
    action=${2:-$action}
    mkdir -p "$work/$name"
    free_port
    {
        conf_head "$name"
        cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
$action
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/$name/events" template="dnsmon-json")
}
CONF
    } >"$work/$name.conf"
    start "$name" "$port"
    for part in $PARTS; do
        send "$work/$part" "$port"
        [ "$part" = "$PARTS" ] || sleep 1
    done
    expect "$name: all lines arrive" wait_until 30 counter_is "$name" messages "$total"
    stop "$name"
    canonical "$work/$name/events" >"$work/$name/found"
}

# same_as NAME FOUND REPLAYED
same_as() {
    if cmp -s "$2" "$3"; then
        pass "$1: $(count_lines "$2") events, as in replay"
    else
        fail "$1: the findings differ from replay:"
        diff "$2" "$3" | cut -c 1-600 | head -6
    fi
}

# What a JSON record and a log line must agree in: rule, client, state, class, counts.
essence() {
    sed -n 's/.*"rule":{"id":"\([^"]*\)".*"client":{"ip":"\([^"]*\)".*"state":"\([^"]*\)".*"class":"\([^"]*\)".*"mx":\([0-9]*\).*/\1 \2 \3 \4 \5/p' "$1" | sort
}

make_queries $clients $each $(($(date +%s) - 120)) 500 >"$work/lines"
total=$(count_lines "$work/lines")
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/replay" || fail "replay"
canonical "$work/replay" >"$work/replayed"
expect "replay finds every client" has_lines "$work/replayed" $clients

PARTS=lines
WORKERS=1 one_run one_worker
same_as one_worker "$work/one_worker/found" "$work/replayed"
WORKERS=2 WORKER_MIN=100 one_run two_workers
same_as two_workers "$work/two_workers/found" "$work/replayed"

half=$((total / 2))
head -n "$half" "$work/lines" >"$work/first"
tail -n +$((half + 1)) "$work/lines" >"$work/second"
PARTS="first second"
WORKERS=2 WORKER_MIN=100 WORKER_IDLE=200 one_run idle_workers
same_as idle_workers "$work/idle_workers/found" "$work/replayed"

sed 's/^<30>\([^ ]*\) \([^ ]*\) .*client @[^ ]* \([0-9.]*\)#.*query: \([^ ]*\) IN MX.*/<30>\1 \2 named[1]: @cee: {"kind":"query","time":"\1","client":"\3","qname":"\4","qclass":"IN","qtype":"MX","flags":"+E(0)"}/' \
    "$work/lines" >"$work/objects"
PARTS=objects
one_run json 'module(load="'"$moddir"'/mmjsonparse.so") action(type="mmjsonparse") action(type="omdnsmon" input="json" config="'"$work"'/dnsmon.conf" ruleset="events")'
essence "$work/json/found" >"$work/json/essence"
essence "$work/replayed" >"$work/essence"
expect "the essence of every event" has_lines "$work/essence" $clients
same_as json "$work/json/essence" "$work/essence"
finish
