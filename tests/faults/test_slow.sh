#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A slow disk below a stock rsyslogd: each write of the state file takes seconds, then each write of
# the events (slowdisk.c, preloaded). Lines flow on as without it, SIGHUP is answered meanwhile, and
# every event comes; only late. The end waits for the disk, no longer.
#   SLOW_MS  an fsync of the state file (1500); of the events file a write takes a tenth. Events that
#            come behind a snapshot wait for the next one, which is twenty times that away.
#   LINES    (50000)
. "$(dirname "$0")/lib_faults.sh"
setup
slow=$DNSMON_BUILD/tests/faults/.libs/slowdisk.so
[ -f "$slow" ] || skip "slowdisk.so is not built (make check TESTS=)"
ms=${SLOW_MS:-1500}
lines=${LINES:-50000}
clients=20
mx_config "$work/dnsmon.conf"
stock=$RSYSLOGD

# slowed PATH: rsyslogd is started with a disk that is slow for files whose path ends so.
slowed() {
    printf '#!/bin/sh\nexport LD_PRELOAD=%q SLOW_PATH=%q SLOW_MS=%q\nexec %q "$@"\n' "$slow" "$1" "$ms" "$stock" >"$work/slowed"
    chmod +x "$work/slowed"
    RSYSLOGD=$work/slowed
}

# the_lines: clients that are infected, and one whose many lines say how fast they flow.
the_lines() {
    make_queries $clients 60 $(($(date +%s) - 20)) 200 | sed 's/192\.0\.2\./10.1.0./g'
    make_queries 1 "$lines" $(($(date +%s) - 10)) $((lines / 10)) |
        sed 's/192\.0\.2\.10#/10.9.9.9#/; s/d[0-9]*\.example/steady.example/g'
    make_queries 1 1 "$(date +%s)" 1 | sed 's/192\.0\.2\.10#/10.9.9.8#/'
}

all_told() {
    [ "$(opened "$work/$name/events" | sed 's/.* //' | grep -c '^10\.1\.0\.')" -ge $clients ]
}

is_broken_named() {
    has_match "does not end" "$work/$name/out"
}

# run NAME: `flow` is how long the lines took, ms; `late` the last event behind the first line.
run() {
    local begin
    name=$1
    rm -f "$work/state"
    free_port
    fault_daemon "$name"
    # Little patience: what the end waits for is ours.
    sed -i 's/queue.timeoutShutdown="60000"/queue.timeoutShutdown="50"/; s/queue.timeoutActionCompletion="60000"/queue.timeoutActionCompletion="50"/' "$work/$name.conf"
    start "$name" "$port"
    the_lines >"$work/lines"
    begin=${EPOCHREALTIME/[.,]/}
    send "$work/lines" "$port"
    expect "$name: every line is written" wait_until 40 has_lines "$work/$name/lines" "$(count_lines "$work/lines")"
    flow=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
    eval "pid=\$pid_$name"
    echo "[site" >"$work/dnsmon.conf"
    kill -HUP "$pid"
    expect "$name: SIGHUP is answered within 2 s" wait_until 2 is_broken_named
    mx_config "$work/dnsmon.conf"
    expect "$name: every event comes" wait_until 60 all_told
    late=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
    expect "$name: every line was read" wait_until 20 counter_is "$name" messages "$(count_lines "$work/lines")"
    begin=${EPOCHREALTIME/[.,]/}
    stop "$name"
    ended=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
    expect "$name: it ends within two snapshots and ten seconds ($ended ms)" test $ended -lt $((2 * ms * 11 / 10 + 10000))
    expect "$name: the state can be read" "$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9
    expect_equal "$name: nobody is told of twice" "" "$(opened "$work/$name/events" | sort | uniq -d)"
}

run none
fast=$flow usual=$late
slowed /state.new
run slow_state
expect "a slow state file: the lines took $flow ms, without $fast ms" test $flow -lt $((fast * 2 + 1000))
expect "its events waited for it ($late ms, without $usual ms)" test $late -gt $ms
said="state file, $ms ms a snapshot: $flow ms for $lines lines, $late ms until all are told;"
slowed /events
run slow_events
expect "a slow events file: the lines took $flow ms, without $fast ms" test $flow -lt $((fast * 2 + 1000))
said="$said events file, $((ms / 10)) ms a write: $flow ms, $late ms; fast disk: $fast ms, $usual ms"

# The end with rsyslogd's own time-outs (10 ms for the events queue), no state file, and workers that
# have ended before for want of work: each open incident is closed with a last event, and writing them
# takes longer than rsyslogd alone would wait.
name=end_events
ms=1000 # a write takes a tenth
slowed /events
mx_config "$work/dnsmon.conf"
free_port
fault_daemon $name
sed -i 's/ statefile="[^"]*"//; s/queue.timeoutShutdown="60000"//; s/queue.timeoutActionCompletion="60000"//
    s/queue.timeoutWorkerthreadShutdown="60000"/queue.timeoutWorkerthreadShutdown="100"/
    s/queue.type="LinkedList"/& queue.dequeueBatchSize="4"/' "$work/$name.conf"
start $name "$port"
make_queries $clients 60 $(($(date +%s) - 20)) 200 | sed 's/192\.0\.2\./10.1.0./g' >"$work/lines"
send "$work/lines" "$port"
expect "$name: every line was read" wait_until 20 counter_is $name messages "$(count_lines "$work/lines")"
sleep 0.3
stop $name
closed=$(grep -c '"state": *"close"' "$work/$name/events")
expect_equal "every incident is closed with a last event" $clients "$closed"
figure "$said; ended at once: $closed of $clients last events"
finish
