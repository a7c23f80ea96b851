#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Worker threads come and go under load: up to four on the main queue and on a ruleset's own, one more
# for every few messages that wait, ended after a tenth of a second without work; lines come in
# bursts with pauses. No line is lost, and the findings are those of replay, to the last count.
#   BURSTS  how many (8)   MOST  workers at most (4)   ALL=1  every number, not only 1 and MOST
. "$(dirname "$0")/lib_faults.sh"
setup
bursts=${BURSTS:-8}
most=${MOST:-4}
clients=40
each=2000

# one_run NAME WORKERS: own: the ruleset's queue, main: the main one.
one_run() {
    local name=$1 part
    local many="queue.workerThreads=\"$2\" queue.workerThreadMinimumMessages=\"10\" queue.timeoutWorkerThreadShutdown=\"100\" queue.timeoutShutdown=\"60000\" queue.timeoutActionCompletion=\"60000\""
    mkdir -p "$work/$name"
    free_port
    {
        cat <<CONF
global(workDirectory="$work/$name" shutdown.queue.doubleSize="on" processInternalMessages="on")
main_queue(queue.type="LinkedList" queue.size="50000" queue.dequeueBatchSize="64" $([[ $name != main* ]] || echo "$many"))
module(load="$moddir/imptcp.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/$name/stats")
module(load="$OMDNSMON")
input(type="imptcp" address="127.0.0.1" port="$port")
if \$programname startswith "rsyslog" then action(type="omfile" file="$work/$name/own")
else $([[ $name == main* ]] || echo call) $([[ $name == main* ]] && echo 'action(type="omdnsmon" config="'"$work"'/dnsmon.conf" ruleset="events")' || echo dns)
CONF
        [[ $name == main* ]] || echo 'ruleset(name="dns" queue.type="FixedArray" queue.size="50000" queue.dequeueBatchSize="64" '"$many"') {
    action(type="omdnsmon" config="'"$work"'/dnsmon.conf" ruleset="events") }'
        cat <<CONF
ruleset(name="events" queue.type="LinkedList" queue.size="20000" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/$name/events" template="dnsmon-json")
}
CONF
    } >"$work/$name.conf"
    start "$name" "$port"
    for part in "$work"/burst.*; do
        send "$part" "$port"
        sleep 0.4
    done
    expect "$name: all lines arrive" wait_until 30 counter_is "$name" messages "$total"
    stop "$name"
    canonical "$work/$name/events" >"$work/$name/found"
    gone=$(grep -c "worker thread .* terminated" "$work/$name/own")
    expect "$name: workers came and went ($gone)" test "$gone" -ge $(($2 > 1 ? bursts : 0))
    ended=$((ended + gone))
    if cmp -s "$work/$name/found" "$work/replayed"; then
        pass "$name: $(count_lines "$work/$name/found") events, as in replay"
    else
        fail "$name: the findings differ from replay:"
        diff "$work/$name/found" "$work/replayed" | cut -c 1-600 | head -6
    fi
}

make_queries $clients $each $(($(date +%s) - 300)) 300 >"$work/lines"
total=$(count_lines "$work/lines")
split -l $(((total + bursts - 1) / bursts)) "$work/lines" "$work/burst."
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/replay" || fail "replay"
canonical "$work/replay" >"$work/replayed"
expect "replay finds every client" has_lines "$work/replayed" $clients
ended=0 runs=0
for n in $(if [ "${ALL-}" ]; then seq 1 "$most"; else echo 1 "$most"; fi); do
    one_run "main$n" "$n"
    one_run "own$n" "$n"
    runs=$((runs + 2))
done
figure "$runs runs of $total lines in $bursts bursts, 1 to $most workers, $ended of them ended meanwhile: 0 lines lost, findings as in replay"
finish
