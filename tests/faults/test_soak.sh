#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Days of event time through rsyslogd while worker threads come and go: resident memory, what malloc
# has in use, and what the library says its clients take, at the quarters.
#   QUERIES  of a day (200,000)     CLIENTS  (1,000)     DAYS  (2)
#   SPEED    times real time; 0: as fast as it goes, in PARTS (8) parts, a second apart (0)
# As fast as it goes, the lines of one second of wall time are an hour's and more, and the sequencer
# holds them back: resident memory moves with the speed then, and each thread's arena keeps what was
# freed. A leak is in use (tests/faults/heap.c): from half of the time on that grows by what clients
# and the day's names need and no more.
. "$(dirname "$0")/lib_faults.sh"
setup
queries=${QUERIES:-200000} clients=${CLIENTS:-1000} days=${DAYS:-2} speed=${SPEED:-0}
parts=${PARTS:-8}
lines=$((queries * 51 / 50 * days))
free_port
cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
CONF

# resident PID: KiB.
resident() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# stat_of NAME COUNTER: its last value in the statistics.
stat_of() {
    grep -oE "\"$2\": ?[0-9]+" "$work/$1/stats" | tail -1 | grep -oE '[0-9]+$'
}

# sample NAME: one more number in `rss`, `used` and `held`, KiB.
sample() {
    rss="$rss $(resident "$pid")"
    used="$used $(tail -1 "$work/$1.heap" | cut -d' ' -f1)"
    held="$held $(($(stat_of "$1" clients.bytes || echo 0) / 1024))"
}

# submitted NAME NUMBER: the daemon has taken so many lines from its input and its queue is empty.
submitted() {
    grep '"name": "main Q"' "$work/$1/stats" 2>/dev/null | tail -1 |
        awk -v want="$2" '{ match($0, /"size": [0-9]+/); size = substr($0, RSTART + 8, RLENGTH - 8)
            match($0, /"enqueued": [0-9]+/); taken = substr($0, RSTART + 12, RLENGTH - 12)
            done = taken + 0 >= want + 0 && size + 0 <= 1 } END { exit !done }'
}

# in_parts NAME: as fast as it goes.
in_parts() {
    local part number=0
    for part in "$work"/part.*; do
        send "$part" "$port"
        number=$((number + $(count_lines "$part")))
        expect "$1: line $number" wait_until 60 submitted "$1" $number
        sleep 1.1 # idle: a worker ends
        sample "$1"
    done
}

# at_speed NAME: a sample every sixteenth of the time.
at_speed() {
    local i sender
    "$LOAD" day "$queries" "$clients" "$days" "$speed" >"/dev/tcp/127.0.0.1/$port" &
    sender=$!
    for ((i = 0; i < 16; i++)); do
        sleep $((86400 * days / speed / 16))
        sample "$1"
    done
    wait $sender
    expect "$1: all $lines lines" wait_until 60 submitted "$1" $lines
    sample "$1"
}

# at FRACTION LIST: the sample after so many sixteenths; `value`.
at() {
    local -a list
    read -r -a list <<<"$2"
    value=${list[$((${#list[@]} * $1 / 16 - 1))]}
}

# run NAME SED: a daemon with that change of its configuration; its samples in `rss`, `used` and `held`.
run() {
    local begin
    rss='' used='' held=''
    WORKERS=2 WORKER_MIN=500 WORKER_IDLE=100 fault_daemon "$1"
    # The queue short, so that it is not its memory that is measured; lines are counted, not kept.
    sed -i "s/queue.size=\"200000\"/queue.size=\"5000\"/; s|file=\".*/lines\"|file=\"/dev/null\"|; $2" "$work/$1.conf"
    DNSMON_HEAP=$work/$1.heap LD_PRELOAD=$DNSMON_BUILD/tests/faults/.libs/heap.so start "$1" "$port"
    eval "pid=\$pid_$1"
    begin=$(date +%s%N)
    if [ "$speed" -gt 0 ]; then at_speed "$1"; else in_parts "$1"; fi
    took=$((($(date +%s%N) - begin) / 1000000))
    stop "$1"
    echo "# $1, KiB resident:$rss"
    echo "# $1, KiB in use:$used"
    echo "# $1, KiB of clients:$held"
}

if [ "$speed" -eq 0 ]; then
    "$LOAD" day "$queries" "$clients" "$days" | split -a 4 -l $((lines / parts + 1)) - "$work/part."
    run bare '/type="omdnsmon"/d'
fi
run one ''
# quarters LIST: its values at the quarters.
quarters() {
    local sixteenth all=
    for sixteenth in 4 8 12 16; do
        at $sixteenth "$1"
        all="$all, $((value / 1024))"
    done
    echo "${all#, }"
}

at 8 "$used" && used_8=$value
at 16 "$used" && used_16=$value
at 8 "$held" && held_8=$value
at 16 "$held" && held_16=$value
grown=$((used_16 - used_8)) known=$((held_16 - held_8))
expect "in use, from half of the time on: $grown KiB more, of it clients $known" \
    test $((grown - known)) -le 2048
at 16 "$rss"
expect "resident: $((value / 1024)) MiB" test "$value" -le 49152
figure "$days days of $((lines / days)) lines in $((took / 1000)) s ($((86400000 * days / (took + 1)))x), at the quarters: resident $(quarters "$rss") MiB, in use $(quarters "$used"), of it clients $(quarters "$held")"
finish
