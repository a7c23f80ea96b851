#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The events ruleset is stuck (it writes to a pipe that nobody reads) and its queue is tiny: events
# are dropped and counted, and the lines go through as if nothing were. Then the main queue is full,
# since another action is stuck behind the module; when it moves again no line is lost.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
free_port
clients=200

mkdir -p "$work/one"
mkfifo "$work/stuck"
# A reader that reads nothing: opening works, and writing stops when the pipe (64 KiB) is full.
exec 9<>"$work/stuck"
stuck() {
    {
        conf_head one
        cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
template(name="long" type="string" string="%\$!all-json% $(printf '%070000d' 0)\n")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
action(type="omfile" file="$work/one/lines")
ruleset(name="events" queue.type="LinkedList" queue.size="20" queue.dequeueBatchSize="1"
        queue.timeoutEnqueue="$1" queue.timeoutShutdown="100" queue.timeoutActionCompletion="100") {
    action(type="omfile" file="$work/stuck" template="long")
}
CONF
    } >"$work/one.conf"
}

run() {
    rm -rf "$work/one" && mkdir -p "$work/one"
    stuck "$1"
    start one "$port"
    begin=$(date +%s%N)
    send "$work/lines" "$port"
    expect "queue.timeoutEnqueue=$1: all lines are written" wait_until 30 has_lines "$work/one/lines" "$(count_lines "$work/lines")"
    echo "# the lines took $((($(date +%s%N) - begin) / 1000000)) ms"
    expect "queue.timeoutEnqueue=$1: in under 5 s" test $((($(date +%s%N) - begin) / 1000000)) -lt 5000
    expect "queue.timeoutEnqueue=$1: events are dropped and counted" wait_until 30 counter_reaches one events.dropped $((clients - 30))
    dropped=$(counter one events.dropped)
    injected=$(counter one events.injected)
    expect "every event is either (dropped $dropped, injected $injected)" test $((dropped + injected)) -ge $clients
    begin=$(date +%s)
    stop one
    expect "it ends in time" test $(($(date +%s) - begin)) -lt 20
}

make_queries $clients 60 $(($(date +%s) - 60)) 1000 >"$work/lines"
run 0
# A site that forgot it: the warning says so, and the module looks before it puts.
run 2000

# A queue smaller than imptcp's batch of 1,024 can stay full for ever (8.2302); from 70 % on imptcp is
# slowed down, so that is full.
main_queue_full() {
    local reader
    rm -rf "$work/one" && mkdir -p "$work/one"
    cat >"$work/one.conf" <<CONF
global(workDirectory="$work/one" shutdown.queue.doubleSize="on")
main_queue(queue.type="FixedArray" queue.size="2000" queue.timeoutShutdown="60000" queue.timeoutActionCompletion="60000")
module(load="$moddir/imptcp.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/one/stats")
module(load="$OMDNSMON")
input(type="imptcp" address="127.0.0.1" port="$port")
template(name="long" type="string" string="%msg% $(printf '%04000d' 0)\n")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
action(type="omfile" file="$work/stuck" template="long")
ruleset(name="events" queue.type="LinkedList" queue.size="20000" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/one/events" template="dnsmon-json")
}
CONF
    start one "$port"
    send "$work/lines" "$port" &
    sender=$!
    expect "the main queue is full" wait_until 20 main_queue_has 1350
    cat <&9 >/dev/null &
    reader=$!
    wait $sender
    expect "it moves again, and every line is read" wait_until 30 counter_is one messages "$(count_lines "$work/lines")"
    stop one
    kill $reader
    wait $reader 2>/dev/null
    canonical "$work/one/events" >"$work/found"
    "$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/replay"
    canonical "$work/replay" >"$work/replayed"
    expect "the findings are those of replay ($(count_lines "$work/found"))" cmp -s "$work/found" "$work/replayed"
}

main_queue_has() {
    [ "$(sed -n 's/.*"name": "main Q".*"size": \([0-9]*\),.*/\1/p' "$work/one/stats" 2>/dev/null | tail -1)" -ge "$1" ] 2>/dev/null
}

main_queue_full
finish
