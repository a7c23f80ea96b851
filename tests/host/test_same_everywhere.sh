#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One archive, DNS and mail, through replay, the stock rsyslogd with omdnsmon, the stock syslog-ng with
# dnsmon(), rsyslogd's omprog (confirmed) and syslog-ng's program(): identical events, every byte but
# who observed.
. "$(dirname "$0")/lib_syslogng.sh"
setup
rsyslog_work=$work
setup_syslogng
rm -rf "$rsyslog_work"
[ -x "$DNSMON_BUILD/.libs/dnsmon" ] && DNSMON=$DNSMON_BUILD/.libs/dnsmon
cat >>"$work/dnsmon.conf" <<CONF
[roles]
mail-servers=192.0.2.25
[hosts]
mx1=192.0.2.25
CONF

# 2,400 s of a small site, ten lines a second: users; every 600 s five clients that look for mail
# servers, by MX and by guessed names; at the end a peer that will not let go of mx1.
awk -v start=$(($(date +%s) - 2700)) 'function line(t, us, host, text) {
        printf "<30>%s.%06dZ %s %s\n", strftime("%Y-%m-%dT%H:%M:%S", t, 1), us, host, text
    }
    function ask(t, us, client, name, type) {
        line(t, us, "ns1", "named[1]: client @0x7f0000000000 192.0.2." client "#4242 (" name "): query: " \
            name " IN " type " +E(0)V (192.0.2.53)")
    }
    BEGIN {
        srand(7)
        for (i = 0; i < 24000; i++) {
            t = start + int(i / 10); us = i % 10 * 100000; wave = int(i / 6000)
            if (i % 3 == 0) ask(t, us, 100 + int(100 * rand()), "www.d" int(500 * rand()) ".example", "A")
            else if (i % 3 == 1) ask(t, us, 1 + wave * 5 + i % 5, "d" i ".example", "MX")
            else ask(t, us, 60 + wave, (i % 2 ? "mail." : "smtp.") "k" i ".example", "A")
            if (i > 18000) {
                line(t, us + 50000, "mx1", "postfix/smtpd[7]: connect from unknown[198.51.100.9]")
                if (i % 10 == 0) line(t, us + 60000, "mx1", "postfix/smtpd[7]: connect from h" i % 20 ".example[203.0.113." i % 20 "]")
            }
        }
    }' >"$work/lines"
total=$(count_lines "$work/lines")
"$DNSMON" replay -c "$work/dnsmon.conf" "$work/lines" >"$work/events.replay" || fail "replay"
canonical "$work/events.replay" >"$work/replayed"
for rule in mass-mailer keyword-scan mx-census smtp-dos; do
    expect "replay finds $rule" grep -q "\"id\":\"$rule\"" "$work/replayed"
done

# same HOST: its events are replay's.
same() {
    canonical "$work/events.$1" >"$work/found"
    if cmp -s "$work/found" "$work/replayed"; then
        pass "$1: $(count_lines "$work/found") events, as in replay"
    else
        fail "$1: the events differ from replay ($(count_lines "$work/found"), $(count_lines "$work/replayed")):"
        diff "$work/found" "$work/replayed" | cut -c 1-600 | head -6
    fi
}

# ---- rsyslogd, the module ----
free_port
{
    conf_head rsyslog
    cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/events.rsyslog" template="dnsmon-json")
}
CONF
} >"$work/rsyslog.conf"
start rsyslog "$port"
send "$work/lines" "$port"
expect "rsyslog: all lines arrive" wait_until 30 counter_is rsyslog messages "$total"
stop rsyslog
same rsyslog

# ---- rsyslogd, omprog ----
processed() {
    [ "$(sed -n 's/.*"name": "dnsmon".*"processed": \([0-9]*\).*/\1/p' "$work/omprog/stats" 2>/dev/null | tail -1)" = "$total" ]
}
free_port
{
    conf_head omprog
    cat <<CONF
module(load="$moddir/omprog.so")
input(type="imptcp" address="127.0.0.1" port="$port")
template(name="raw" type="string" string="%rawmsg%\n")
action(name="dnsmon" type="omprog" template="raw" confirmMessages="on" output="$work/omprog.said"
       binary="$DNSMON omprog -c $work/dnsmon.conf --output=$work/events.omprog")
CONF
} >"$work/omprog.conf"
start omprog "$port"
send "$work/lines" "$port"
expect "omprog: all lines go through" wait_until 30 processed
stop omprog
same omprog

# ---- syslog-ng, the parser ----
free_port
{
    ng_head "$port"
    ng_parser dnsmon
    ng_events dnsmon events.syslogng
    echo 'filter f_event { tags("dnsmon"); };'
    echo 'log { source(s_net); parser(p_dnsmon); filter(f_event); destination(d_dnsmon); };'
} >"$work/syslogng.conf"
ng_start syslogng "$port"
send "$work/lines" "$port"
expect "syslog-ng: all lines arrive" wait_until 30 ng_counter_is syslogng dnsmon messages "$total"
ng_stop syslogng
same syslogng

# ---- syslog-ng, program() ----
no_program() {
    ! pgrep -f "dnsmon omprog .*$work/events.program" >/dev/null
}
free_port
{
    ng_head
    cat <<CONF
source s_net {
    network(ip("127.0.0.1") port($port) transport("tcp") flags(no-parse) log-fetch-limit(1000) log-iw-size(100000));
};
destination d_dnsmon {
    program("exec $DNSMON omprog -c $work/dnsmon.conf --output=$work/events.program 2>>$work/program.said"
            template("\$MSG\n") keep-alive(yes));
};
log { source(s_net); destination(d_dnsmon); flags(flow-control); };
CONF
} >"$work/program.conf"
ng_start program "$port"
send "$work/lines" "$port"
expect "program(): all lines go through" wait_until 30 ng_program_took program d_dnsmon "$total"
ng_stop program
expect "program(): it ends" wait_until 10 no_program
same program
finish
