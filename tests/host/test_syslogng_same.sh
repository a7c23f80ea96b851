#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same lines through syslog-ng over one TCP connection, over two with two threads, and as JSON,
# and through replay: the same events. The daemon is stopped as soon as it has read the last line,
# with events still to come: none is lost. And what an event looks like as a message.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
clients=20

# one_run NAME SEND LINES [OPTION...]: the daemon, fed by SEND FILE PORT.
one_run() {
    local name=$1 port=
    free_port
    {
        ng_head "$port"
        ng_parser dnsmon "${@:4}"
        ng_events "$name" "$name.events"
        cat <<CONF
filter f_event { tags("dnsmon"); };
destination d_text {
    file("$work/$name.text" template("\$PRI|\$ISODATE|\$HOST|\$PROGRAM|\$MSGID|\$TAGS|\${.dnsmon.rule.id}|\${.dnsmon.client.ip}|\${.SDATA.dnsmon@32473.rule}|\${.dnsmon.count.mx}|\${.dnsmon.evidence[0].type}|\$MSG\n"));
};
log { source(s_net); parser(p_dnsmon); filter(f_event); destination(d_$name); destination(d_text); };
CONF
    } >"$work/$name.conf"
    ng_start "$name" "$port"
    "$2" "$3" "$port"
    expect "$name: all lines arrive" wait_until 30 ng_counter_is "$name" dnsmon messages "$(count_lines "$3")"
    ng_stop "$name"
}

make_queries $clients 1500 $(($(date +%s) - 120)) 500 >"$work/lines"
WORKERS=2 one_run one send "$work/lines"
same_as_replay "one connection" "$work/one.events" "$work/lines"
expect "a message as promised" grep -qE "^129\|20[0-9T:+-]*\|ns1\|dnsmon\|mass-mailer\|dnsmon\|mass-mailer\|192\.0\.2\.[0-9]+\|mass-mailer\|[0-9]+\|MX\|dnsmon: alarm mass-mailing-worm client=" "$work/one.text"

# Two connections run apart by what is in their buffers: the library waits 5 s of log time.
make_queries $clients 1500 $(($(date +%s) - 120)) 7500 >"$work/dense"
WORKERS=4 one_run two ng_send_two "$work/dense"
same_as_replay "two connections" "$work/two.events" "$work/dense"

# The text that the parser reads is its template(): here the object behind a mark.
sed 's/^<30>\([^ ]*\) \([^ ]*\) .*client @[^ ]* \([0-9.]*\)#.*query: \([^ ]*\) IN MX.*/<30>\1 \2 named[1]: @cee: {"kind":"query","time":"\1","client":"\3","qname":"\4","qclass":"IN","qtype":"MX","flags":"+E(0)"}/' \
    "$work/lines" >"$work/objects"
WORKERS=2 one_run json send "$work/objects" 'input(json) template("$(substr \"$MSG\" 6)")'
essence() {
    sed -n 's/.*"rule":{"id":"\([^"]*\)".*"client":{"ip":"\([^"]*\)".*"state":"\([^"]*\)".*"class":"\([^"]*\)".*"mx":\([0-9]*\).*/\1 \2 \3 \4 \5/p' | sort
}
expect_equal "the essence of JSON lines" "$(essence <"$work/one.events" | cksum)" "$(essence <"$work/json.events" | cksum)"
finish
