#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A day of event time through rsyslogd, as fast as it goes (some thousand times real time), while
# worker threads come and go: resident memory after a quarter of the day and at its end.
#   QUERIES  of the day (400,000)      PARTS  in which they are sent, a second apart (8)
# What the sequencer holds back is the lines of one second of wall time, so the faster, the more.
. "$(dirname "$0")/lib_faults.sh"
setup
queries=${QUERIES:-400000}
parts=${PARTS:-8}
free_port
cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
CONF
"$LOAD" day "$queries" 5000 | split -a 4 -l $((queries * 51 / 50 / parts + 1)) - "$work/part."

# run NAME SED: a daemon with that change of its configuration; `quarter` and `end`, KiB, and `took`.
run() {
    local begin part number=0 rss=
    WORKERS=2 WORKER_MIN=500 WORKER_IDLE=100 fault_daemon "$1"
    # The queue short, so that it is not its memory that is measured; lines are counted, not kept.
    sed -i "s/queue.size=\"200000\"/queue.size=\"5000\"/; s|file=\".*/lines\"|file=\"/dev/null\"|; $2" "$work/$1.conf"
    start "$1" "$port"
    eval "pid=\$pid_$1"
    begin=$(date +%s%N)
    for part in "$work"/part.*; do
        send "$part" "$port"
        number=$((number + $(count_lines "$part")))
        expect "$1: line $number" wait_until 30 submitted "$1" $number
        rss="$rss $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")"
        sleep 1.1 # idle: a worker ends
    done
    took=$((($(date +%s%N) - begin) / 1000000))
    stop "$1"
    echo "# $1, KiB:$rss"
    # shellcheck disable=SC2086 # numbers
    set -- $rss
    end=${!#}
    shift $((parts / 4 - 1))
    quarter=$1
}

# submitted NAME NUMBER: the daemon has taken so many lines from its input and its queue is empty.
submitted() {
    grep '"name": "main Q"' "$work/$1/stats" 2>/dev/null | tail -1 |
        awk -v want="$2" '{ match($0, /"size": [0-9]+/); size = substr($0, RSTART + 8, RLENGTH - 8)
            match($0, /"enqueued": [0-9]+/); taken = substr($0, RSTART + 12, RLENGTH - 12)
            done = taken + 0 >= want + 0 && size + 0 <= 1 } END { exit !done }'
}

run bare '/type="omdnsmon"/d'
bare=$((end - quarter))
run one ''
grown=$((end - quarter))
expect "no growth: $((quarter / 1024)) MiB after a quarter of the day, $((end / 1024)) MiB after it; rsyslogd alone grows by $((bare / 1024)) MiB" \
    test $((grown - (bare > 0 ? bare : 0))) -le $((8192 + quarter / 10))
figure "a day of $((queries * 51 / 50)) lines in $((took / 1000)) s ($((86400000 / (took + 1)))x): $((quarter / 1024)) MiB after a quarter, $((end / 1024)) MiB after all; rsyslogd alone grows by $((bare / 1024)) MiB"
finish
