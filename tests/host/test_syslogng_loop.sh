#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two parsers in one log path: each makes its own events, and neither reads the other's, nor holds it
# up, though the second lets no line pass. An event that
# comes back is not read either: in the same daemon through a TCP hop in RFC 3164, RFC 5424, JSON, the
# bare text, and with a program name of the site's own. A parser named in two log paths is one: it
# reads both, and its events leave at the first.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
clients=3
cp "$work/dnsmon.conf" "$work/second.conf"
printf '[detector mx-census]\nover=20\n' >>"$work/second.conf"
free_port; in_port=$port

# hop NAME FLAGS TEMPLATE: destination d_NAME, which sends events back to source s_NAME.
hop() {
    free_port
    cat <<CONF
source s_$1 { network(ip("127.0.0.1") port($port) transport("tcp") flags($2) log-msg-size(65536)); };
destination d_$1 { network("127.0.0.1" port($port) transport("tcp") template("$3\n")); };
log { source(s_$1); parser(p_back); destination(d_back); };
CONF
    hops="$hops destination(d_$1);"
}

hops=
{
    ng_head "$in_port"
    ng_parser first
    cat <<CONF
parser p_second { dnsmon(config("$work/second.conf") tags("second") program("finder") inject-mode(aggregate-only)); };
parser p_back { dnsmon(config("$work/dnsmon.conf")); };
filter f_first { tags("dnsmon"); };
filter f_second { tags("second"); };
destination d_back { file("$work/back"); };
CONF
    ng_events first
    ng_events second
    hop h5424 syslog-protocol '<$PRI>1 $ISODATE $HOST $PROGRAM - $MSGID $SDATA $MSG'
    hop h3164 store-legacy-msghdr '<$PRI>$DATE $HOST $MSGHDR$MSG'
    hop hjson no-hostname '<$PRI>$DATE site: ${.dnsmon.json}'
    hop hbare no-parse '$MSG'
    echo "log { source(s_net); parser(p_first); parser(p_second);"
    echo "    log { filter(f_first); destination(d_first); $hops };"
    echo "    log { filter(f_second); destination(d_second); $hops }; };"
} >"$work/one.conf"
ng_start one "$in_port"
make_queries $clients 60 $(($(date +%s) - 60)) 60 >"$work/lines"
send "$work/lines" "$in_port"
expect "the first makes events" wait_until 20 has_lines "$work/first" $clients
expect "the second has its own threshold" wait_until 20 has_match 'more than 20' "$work/second"
# Long enough for a loop to show itself.
sleep 7
first=$(count_lines "$work/first")
second=$(count_lines "$work/second")
expect "no storm: $first and $second events" test $((first + second)) -le $((clients * 16))
expect_equal "the first reads the lines" $((clients * 60)) "$(ng_counter one first messages)"
expect_equal "the second sees the first's events" $((clients * 60 + first)) "$(ng_counter one second messages)"
expect_equal "and reads none of them" "$first" "$(ng_counter one second looped)"
expect "four forms of each event come back" wait_until 10 ng_counter_is one back messages $((4 * (first + second)))
expect "and none is read" wait_until 3 ng_counter_is one back looped $((4 * (first + second)))
expect_equal "nothing came of them" 0 "$(ng_counter one back events.emitted)"
ng_stop one

# One parser in two log paths.
free_port
other=$port
free_port
{
    ng_head "$port"
    ng_head "$other" | sed '1,2d; s/s_net/s_other/'
    ng_parser dnsmon "inject-mode(aggregate-only)"
    ng_events path1
    ng_events path2
    echo "log { source(s_net); parser(p_dnsmon); destination(d_path1); };"
    echo "log { source(s_other); parser(p_dnsmon); destination(d_path2); };"
} >"$work/two.conf"
ng_start two "$port"
awk 'NR % 2 == 1' "$work/lines" >"$work/odd"
awk 'NR % 2 == 0' "$work/lines" >"$work/even"
send "$work/odd" "$port"
send "$work/even" "$other"
expect "one parser reads both paths" wait_until 20 ng_counter_is two dnsmon messages $((clients * 60))
ng_stop two
same_as_replay "two log paths" "$work/path1" "$work/lines"
expect_equal "no event at the second" 0 "$(count_lines "$work/path2")"
finish
