#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rsyslogd is stopped (SIGTERM) in every state, one after the other on the same state file: while it
# starts, while it reads a large configuration, in the first lines, in the stream, in a snapshot,
# during injection, during SIGHUP, twice; and with the main queue or the events queue full and stuck.
#   RUNS  how often (9)      SEED  of the moments (by the clock; printed)
# Each time it ends in time, with exit status 0 (143 before it has a handler), and the state file is
# read again and knows each line that rsyslogd wrote. At the end each infected client has been told
# of once. With a full queue events and lines may be lost, that is what the administrator asked for;
# the end, the state file and what it knew before are expected all the same.
. "$(dirname "$0")/lib_faults.sh"
setup
runs=${RUNS:-9}
[ "$runs" -le 240 ] || runs=240 # a /24 of clients each
SEED=${SEED:-$((EPOCHSECONDS % 32768))}
RANDOM=$SEED
echo "# seed $SEED, $runs runs"
each=5           # clients that turn infected in a run
most_s=20        # until it must have ended
states=(start load first stream snapshot inject hup twice)
free_port

# rules NAMES: as many hosts have names, so that reading takes its time.
rules() {
    mx_config "$work/new.conf"
    [ "$1" = 0 ] || awk -v n="$1" 'BEGIN {
        print "[hosts]"; for (i = 0; i < n; i++) print "h" i "=10.200." int(i / 250) "." 1 + i % 250 }' >>"$work/new.conf"
    mv "$work/new.conf" "$work/dnsmon.conf"
}

# infected RUN: 60 MX of each of the run's clients among lines of 10.9.9.9, ten seconds ago, and one now, so
# that they are released a second later.
infected() {
    awk -v run="$1" -v each=$each -v now="$(date +%s%3N)" 'function put(us, who, name) {
            printf "<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN MX +E(0) (192.0.2.53)\n",
                strftime("%Y-%m-%dT%H:%M:%S", int(us / 1000000), 1), us % 1000000, who, name, name
        }
        BEGIN {
            us = now * 1000 - 10000000
            for (i = 0; i < 60; i++) {
                for (c = 1; c <= each; c++) put(us++, "10.1." run "." c, "d" i ".example")
                put(us++, "10.9.9.9", "steady.example")
            }
            for (i = 0; i < 2000; i++) put(us++, "10.9.9.9", "steady.example")
            put(now * 1000, "10.9.9.9", "now.example")
        }'
}

moment() { # milliseconds, random
    sleep "$(printf '0.%03d' $((RANDOM % $1)))"
}

pouring() {
    infected "$1" >"$work/pour"
    send "$work/pour" "$port" &
    pourer=$!
}

# until_it COMMAND...: in a tight loop; six seconds at most.
until_it() {
    local end=$((${EPOCHREALTIME/[.,]/} + 6000000))
    while [ ${EPOCHREALTIME/[.,]/} -lt $end ]; do "$@" && return; done
    return 1
}

grown() {
    [ "$(stat -c %s "$work/one/events" 2>/dev/null || echo 0)" -gt "$had" ]
}

bare_start() {
    "$RSYSLOGD" -f "$work/one.conf" -i "$work/one/pid" -n -C >>"$work/one/out" 2>&1 &
    pid_one=$!
    daemons="$daemons $pid_one"
}

stop_in_start() { bare_start; moment 200; }
stop_in_load() { rules 20000; bare_start; moment 400; }
stop_in_first() { start one "$port"; pouring "$1"; moment 30; }
stop_in_stream() { start one "$port"; pouring "$1"; moment 300; }
stop_in_snapshot() {
    start one "$port"
    pouring "$1"
    wait $pourer
    kill -HUP "$pid_one"
    until_it test -e "$work/state.new" && in_snapshot=$((in_snapshot + 1))
}
stop_in_inject() {
    had=$(stat -c %s "$work/one/events" 2>/dev/null || echo 0)
    start one "$port"
    pouring "$1"
    wait $pourer
    until_it grown && in_injection=$((in_injection + 1))
}
stop_in_hup() { start one "$port"; pouring "$1"; moment 100; kill -HUP "$pid_one"; moment 20; }
stop_in_twice() { start one "$port"; pouring "$1"; moment 100; kill -TERM "$pid_one"; moment 100; }

# ended RUN STATE: SIGTERM, and what must hold then.
ended() {
    local begin status knows wrote
    begin=${EPOCHREALTIME/[.,]/}
    kill -TERM "$pid_one" 2>/dev/null
    if ! wait_until $most_s is_gone; then
        fail "run $1, $2: no end after $most_s s"
        kill -ABRT "$pid_one"
    fi
    wait "$pid_one"
    status=$?
    took=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
    [ $took -le $longest ] || longest=$took
    forget "$pid_one"
    rm -f "$work/one/pid"
    [ -z "$pourer" ] || { kill $pourer; wait $pourer; } 2>/dev/null
    pourer=
    [ $status = 0 ] || { [ $status = 143 ] && [[ $2 == start || $2 == load ]]; } ||
        fail "run $1, $2: exit status $status"
    [ ! -e "$work/state.new" ] || fail "run $1, $2: a half snapshot is left"
    knows=$("$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9) ||
        fail "run $1, $2: the state file is refused"
    [ "$2" != full ] || return
    wrote=$(grep -c ' 10\.9\.9\.9#' "$work/one/lines")
    [ "${knows% *}" = "$wrote" ] || fail "run $1, $2: it knows ${knows% *} of $wrote lines"
}

is_gone() {
    ! is_running "$pid_one" || [ "$(sed 's/.*) //; s/ .*//' "/proc/$pid_one/stat" 2>/dev/null)" = Z ]
}

in_snapshot=0 in_injection=0 longest=0 pourer=
rules 0
fault_daemon one
start one "$port"
pouring 0
wait $pourer
"$LOAD" flood "${CLIENTS:-30000}" 0 | sed 's/2026-05-12/'"$(date +%Y-%m-%d)"'/' >"$work/many"
send "$work/many" "$port"
expect "the first lines are written" wait_until 20 has_lines "$work/one/lines" $((${CLIENTS:-30000} + 300))
ended 0 first
for run in $(seq 1 "$runs"); do
    state=${states[$((run % ${#states[@]}))]}
    rules 0
    "stop_in_$state" "$run"
    ended "$run" "$state"
done

rules 0
start one "$port"
for run in $(seq 0 "$runs"); do infected "$run"; done >"$work/pour"
send "$work/pour" "$port"
all_told() {
    [ "$(opened "$work/one/events" | sed 's/.* //' | grep '^10\.1\.' | sort -u | wc -l)" = $(((runs + 1) * each)) ]
}
expect "every infected client is told of" wait_until 30 all_told
ended end end
opened "$work/one/events" | sed 's/.* //' | sort | uniq -d >"$work/twice"
expect_equal "clients that were told of twice" 0 "$(count_lines "$work/twice")"
[ "$runs" -lt 8 ] || expect "some were in a snapshot ($in_snapshot), some in an injection ($in_injection)" \
    test $((in_snapshot * in_injection)) -gt 0

# A queue that is full and stuck; the open descriptor lets the pipe be opened. rsyslogd slows imptcp
# down to a line a second when its queue has 70 %, so that is full; a queue smaller than imptcp's batch,
# 1,024, gets there before its worker is started, and stays so (8.2302).
# $1: which action hangs, main or events
mkfifo "$work/stuck"
exec 9<>"$work/stuck"
stuck() {
    local slow='queue.timeoutShutdown="100" queue.timeoutActionCompletion="100"' lines=$work/one/lines events=$work/one/events
    if [ "$1" = main ]; then lines=$work/stuck; else events=$work/stuck; fi
    cat >"$work/one.conf" <<CONF
global(workDirectory="$work/one")
main_queue(queue.type="FixedArray" queue.size="2000" $slow)
module(load="$moddir/imptcp.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/one/stats")
module(load="$OMDNSMON")
template(name="long" type="string" string="%msg% $(printf '%04000d' 0)\n")
template(name="longer" type="string" string="%\$!all-json% $(printf '%070000d' 0)\n")
input(type="imptcp" address="127.0.0.1" port="$port")
if \$programname == "named" then {
    action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" statefile="$work/state")
    action(type="omfile" file="$lines" template="long")
}
ruleset(name="events" queue.type="LinkedList" queue.size="2" queue.timeoutEnqueue="0" queue.dequeueBatchSize="1" $slow) {
    action(type="omfile" file="$events" template="longer")
}
CONF
}

is_full() {
    [ "$(sed -n "s/.*\"name\": \"$1\".*\"size\": \([0-9]*\),.*/\1/p" "$work/one/stats" 2>/dev/null | tail -1)" -ge "$2" ] 2>/dev/null
}

net=240 # new clients, so that there are events
for which in main events; do
    net=$((net + 1))
    before=$("$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9)
    stuck $which
    rm -f "$work/one/stats"
    start one "$port"
    pouring $net
    if [ $which = main ]; then
        expect "the main queue is full" wait_until 10 is_full "main Q" 1350
    else
        expect "the events queue is full" wait_until 20 is_full events 1
    fi
    ended $which full
    after=$("$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9)
    expect "what was known is known (${before% *}, ${after% *})" test "${after% *}" -gt "${before% *}"
done
figure "$((runs + 4)) stops (seed $SEED), $in_snapshot of them in a snapshot, $in_injection in an injection: all in time ($longest ms at most), 0 lines and 0 of $(((runs + 1) * each)) incidents lost, $(count_lines "$work/twice") told twice"
finish
