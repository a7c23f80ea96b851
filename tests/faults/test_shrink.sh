#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# [limits] memory made smaller by SIGHUP while the table is full: what rsyslogd has resident before
# and after it, and how long lines wait.
#   ADDRESSES  forged ones that fill the table (500,000)
# The memory goes back to the kernel; the infected clients and their incidents stay.
. "$(dirname "$0")/lib_faults.sh"
setup
addresses=${ADDRESSES:-500000}
infected=20 before=128 after=16
free_port

# configure MEMORY
configure() {
    cat >"$work/new.conf" <<CONF
[site]
networks=10.0.0.0/8;2001:db8::/32
timezone=UTC
[limits]
memory=${1}M
[events]
rate=100000/h
storm-clients=1000
[detectors]
disable=daily-summary
CONF
    mv "$work/new.conf" "$work/dnsmon.conf"
}

resident() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
}

# stat_of COUNTER: its last value in the statistics.
stat_of() {
    grep -oE "\"$1\": ?[0-9]+" "$work/one/stats" | tail -1 | grep -oE '[0-9]+$'
}

is_below() {
    [ "$(stat_of clients.bytes)" -le $(($1 << 20)) ]
}

is_counted() {
    [ "$(stat_of clients.created)" -ge "$1" ]
}

found() {
    opened "$work/one/events" | grep -oE '10\.1\.0\.[0-9]+' | sort -u | wc -l
}

configure $before
fault_daemon one
sed -i "s|file=\".*/lines\"|file=\"/dev/null\"|; s/queue.size=\"200000\"/queue.size=\"5000\"/" "$work/one.conf"
start one "$port"
pid=$pid_one
"$LOAD" flood "$addresses" $infected >"$work/log"
send "$work/log" "$port"
# Two forged addresses may be the same; the last five seconds are held back.
expect "the table is full of forged addresses" wait_until 60 is_counted $((addresses * 8 / 10))
sleep 1
full=$(resident)
clients=$(stat_of clients.now)
expect "the infected are found" test "$(found)" -eq $infected
configure $after
kill -HUP "$pid"
expect "the table keeps the smaller memory at once" wait_until 10 is_below $after
small=$(resident)
# The program 7, seconds of the flood that were held back 10; the rest is pages on which something of
# those that are left stands between what is free (measured: 17 to 42 MiB above the cap).
expect "resident memory: $((full / 1024)) MiB, then $((small / 1024)) MiB" \
    test $((small / 1024)) -le $((after + 48)) -a $((full - small)) -ge 20480
closed=$(grep -c '"state": *"close"' "$work/one/events")
expect_equal "incidents that were closed by it" 0 "$closed"
configure $before
kill -HUP "$pid"
sed 's/T01:/T02:/' "$work/log" | head -200000 | send /dev/stdin "$port"
expect "and it grows again" wait_until 60 is_counted $((addresses + 100000))
stop one
figure "memory=${before}M with $clients clients, then ${after}M by SIGHUP: resident $((full / 1024)) MiB, then $((small / 1024)) MiB; $infected of $infected infected kept, their incidents open"
finish
