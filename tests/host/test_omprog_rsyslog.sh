#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# dnsmon omprog under a real rsyslogd: omprog with confirmMessages="on" starts the program, which is
# killed (SIGKILL) again and again while lines come; rsyslogd starts it again and sends what was not
# confirmed. Nothing is lost and nothing counts twice: the findings are replay's. The same with
# transactions, without confirmations and kills, and with events over TCP to another rsyslogd.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
[ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
[ -f "$moddir/omprog.so" ] || skip "rsyslogd's omprog is not there"

# Without libtool's wrapper: the kills are to hit the program.
if [ -x "$DNSMON_BUILD/.libs/dnsmon" ]; then
    DNSMON=$DNSMON_BUILD/.libs/dnsmon
    export LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi
RANDOM=${DM_SEED:=$$}
echo "DM_SEED=$DM_SEED"

# one_conf NAME DEST ACTION...: a daemon that gives raw lines to the program.
one_conf() {
    local name=$1 dest=$2
    shift 2
    mkdir -p "$work/$name"
    free_port
    cat >"$work/$name.conf" <<CONF
global(workDirectory="$work/$name" shutdown.queue.doubleSize="on")
main_queue(queue.type="FixedArray" queue.size="200000" queue.timeoutShutdown="60000"
           queue.timeoutActionCompletion="60000")
module(load="$moddir/imptcp.so")
module(load="$moddir/omprog.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/$name/stats")
input(type="imptcp" address="127.0.0.1" port="$port" ruleset="lines")
template(name="raw" type="string" string="%rawmsg%\n")
ruleset(name="lines") {
    action(name="dnsmon" type="omprog" template="raw" output="$work/$name/said"
           binary="$DNSMON omprog -c $work/dnsmon.conf --output=$dest --state=$work/$name/state $PROGRAM_OPTIONS"
           action.resumeRetryCount="-1" action.resumeInterval="1" $*)
}
CONF
}

program_of() {
    pgrep -P "$1" -f 'dnsmon omprog'
}

# send_and_kill NAME KILLS: the lines in so many parts and one; the program is killed at a random
# moment after each part but the last. An idle program that was killed is not started again until
# there is a line.
send_and_kill() {
    local name=$1 kills=$2 part daemon pid
    local each=$((total / (kills + 1) + 1))
    eval "daemon=\$pid_$name"
    for ((part = 0; part <= kills; part++)); do
        tail -n +$((part * each + 1)) "$work/lines" | head -n $each >"$work/part"
        send "$work/part" "$port"
        [ $part -lt "$kills" ] || return
        wait_until 20 program_of "$daemon" >/dev/null || fail "$name: the program does not run"
        sleep "0.0$((RANDOM % 7))$((RANDOM % 10))"
        pid=$(program_of "$daemon")
        [ -n "$pid" ] && kill -KILL "$pid" && echo "$pid" >>"$work/$name/killed"
    done
}

# processed NAME COUNT: so many lines went through the action.
processed() {
    [ "$(sed -n 's/.*"name": "dnsmon".*"processed": \([0-9]*\).*/\1/p' "$work/$1/stats" 2>/dev/null | tail -1)" = "$2" ]
}

# same_events TEXT FILE: each finding of replay, told once or more, and no other.
same_events() {
    sort -u "$2" >"$work/found"
    if cmp -s "$work/found" "$work/replayed"; then
        pass "$1: $(count_lines "$work/found") events, as in replay ($(count_lines "$2") told)"
    else
        fail "$1: the events differ from replay:"
        diff "$work/found" "$work/replayed" | cut -c 1-300 | head -6
    fi
}

# Spread over the log: a client is over the threshold all the time.
awk -v start=$(($(date +%s) - 1800)) 'BEGIN {
    for (i = 0; i < 16000; i++) {
        t = start + int(i / 10); us = i % 10 * 100000;
        client = "192.0.2." (1 + int(i / 600) * 5 % 250 + i % 5); name = "d" i ".example";
        printf "<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN MX +E(0) (192.0.2.53)\n",
               strftime("%Y-%m-%dT%H:%M:%S", t, 1), us, client, name, name;
    }
}' >"$work/lines"
total=$(count_lines "$work/lines")
# With a state folder no incident is closed at the end.
"$DNSMON" replay -c "$work/dnsmon.conf" "$work/lines" | grep -v '"action":"close"' | sort >"$work/replayed"
expect "replay finds something" has_lines "$work/replayed" 100

# ---- confirmed, killed ----
PROGRAM_OPTIONS=--save-lines=3000
one_conf killed "$work/killed/events" 'confirmMessages="on" forceSingleInstance="on"'
start killed "$port"
send_and_kill killed 12
expect "killed: all lines go through" wait_until 60 processed killed "$total"
stop killed
expect_equal "killed: so often" 12 "$(count_lines "$work/killed/killed")"
same_events "killed" "$work/killed/events"

# ---- transactions, killed ----
PROGRAM_OPTIONS=
one_conf batches "$work/batches/events" 'confirmMessages="on" useTransactions="on"'
start batches "$port"
send_and_kill batches 3
expect "transactions: all lines go through" wait_until 60 processed batches "$total"
stop batches
same_events "transactions" "$work/batches/events"

# ---- not confirmed; events to another rsyslogd ----
free_port
cat >"$work/central.conf" <<CONF
global(workDirectory="$work/central" maxMessageSize="64k")
module(load="$moddir/imptcp.so")
input(type="imptcp" address="127.0.0.1" port="$port")
template(name="json" type="string" string="%msg%\n")
template(name="parts" type="string" string="%pri% %app-name% %msgid% %structured-data:1:16%\n")
:app-name, isequal, "dnsmon" action(type="omfile" file="$work/central/events" template="parts")
:app-name, isequal, "dnsmon" action(type="omfile" file="$work/central/json" template="json")
CONF
central=$port
start central "$central"
one_conf plain "tcp:127.0.0.1:$central" ''
start plain "$port"
send "$work/lines" "$port"
expect "plain: all lines go through" wait_until 30 processed plain "$total"
stop plain
expect "plain: all events arrive" wait_until 10 has_lines "$work/central/json" "$(count_lines "$work/replayed")"
stop central
sed 's/^ *{/{/' "$work/central/json" >"$work/central/objects"
same_events "plain" "$work/central/objects"
expect_equal "plain: events that are not RFC 5424 messages of ours" 0 \
    "$(grep -cvE '^1(29|33|34) dnsmon (mx-census|mass-mailer) \[dnsmon@32473 ' "$work/central/events")"
finish
