#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every n-th allocation of omdnsmon fails inside a real rsyslogd, see starve_module.c: start, lines of a
# name server and of a mail server, a SIGHUP with another configuration, one with a broken one, lines
# again, SIGTERM.
#   RUNS  of n, spread over all allocations (6); each runs twice: alone, and with 50 behind it
# A daemon that is starting may refuse to; one that runs goes on, ends by itself, and writes each line
# that it was sent.
. "$(dirname "$0")/lib_faults.sh"
setup
runs=${RUNS:-6}
preload=$DNSMON_BUILD/tests/faults/.libs/starve_module.so
[ -f "$preload" ] || skip "starve_module is not built (make check TESTS=)"
ldd "$OMDNSMON" | grep -qE 'lib[at]san' && skip "a sanitizer has a malloc() of its own"
free_port
# The module is asked first: a line that it stumbles over must still be written.
STATEFILE=$work/state
fault_daemon one

{
    make_queries 3 60 1795219200 1
    awk 'BEGIN { for (i = 0; i < 60; i++) {
        printf "<22>2026-11-21T00:%02d:00.500000Z mx1 postfix/smtpd[7]: connect from h%d.example[198.51.100.%d]\n", i, i, i;
        printf "<30>2026-11-21T00:%02d:01.500000Z ns1 named[1]: neither this nor that\n", i } }'
} >"$work/lines.1"
sed 's/T00:/T01:/; s/ d\([0-9]*\)\.example/ e\1.example/g' "$work/lines.1" >"$work/lines.2"
sent=$(cat "$work"/lines.[12] | wc -l)
sed -i 's/programname == "named"/hostname != "x"/' "$work/one.conf"
grep -q 'hostname != "x"' "$work/one.conf" || fail "the configuration was not changed"

# begin AT ROW: starts the daemon.   Returns: 1 if it ended instead; `ended` is its exit status.
begin() {
    LD_PRELOAD=$preload DNSMON_STARVE="$1 $2 $work/count" \
        "$RSYSLOGD" -f "$work/one.conf" -i "$work/one/pid" -n -C >"$work/one/out" 2>&1 &
    pid=$!
    daemons="$daemons $pid"
    while [ ! -s "$work/one/pid" ] || ! is_open "$port"; do
        if ! is_running $pid; then
            wait $pid
            ended=$?
            forget $pid
            return 1
        fi
        sleep 0.05
    done
}

# life AT ROW: sets `ended`, the daemon's exit status.
life() {
    rm -rf "$work/state" "$work/one/lines" "$work/one/events" "$work/one/pid" "$work/count"
    site_config "$work/dnsmon.conf"
    refused=0
    begin "$1" "$2" || { refused=1; return; }
    send "$work/lines.1" "$port"
    wait_until 20 has_lines "$work/one/lines" $((sent / 2))
    printf '[managers]\n192.0.2.0/24=staff@example.org\n' >>"$work/dnsmon.conf"
    kill -HUP "$pid"
    send "$work/lines.2" "$port"
    wait_until 20 has_lines "$work/one/lines" "$sent"
    echo 'networks=nothing' >>"$work/dnsmon.conf"
    kill -HUP "$pid"
    sleep 0.3 # a signal leaves no trace to wait for where its reading had no memory
    kill -TERM "$pid"
    wait "$pid"
    ended=$?
    forget "$pid"
}

# survived WHAT: names what is wrong.
survived() {
    local lines
    if [ $refused -eq 1 ] && [ "$ended" -eq 1 ]; then
        refusals=$((refusals + 1))
        return
    fi
    lines=$(count_lines "$work/one/lines")
    [ "$ended" -eq 0 ] && [ "$lines" -eq "$sent" ] && return
    fail "$1: exit status $ended, $lines of $sent lines"
    grep -F '[0x' "$work/one/out" | sed -n '1,8p'
    tail -3 "$work/one/out"
}

life 0 0
survived "nothing failed"
all=$(cat "$work/count")
expect "rsyslogd made allocations that were counted ($all)" [ "$all" -gt 100 ]
expect "and found the infected clients" has_match '"mass-mailer"' "$work/one/events"
bad=$failures done=0 refusals=0
for ((i = 0; i < runs; i++)); do
    n=$((1 + i * all / runs))
    life $n 1
    survived "allocation $n failed"
    life $n 50
    survived "allocations $n to $((n + 49)) failed"
    done=$((done + 2))
done
expect_equal "rsyslogd survives each of $done runs and loses no line" "$bad" "$failures"
figure "$all allocations of omdnsmon in rsyslogd's life, $done runs: $refusals refused to start, $((failures - bad)) ended it or lost a line"
finish
