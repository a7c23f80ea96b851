#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# examples/syslog-ng/*.conf pass the daemon's own check, as conf.d files of Debian's syslog-ng.conf,
# and work: what the resolver finds is in its file and in the central host's.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
free_port; in_port=$port
free_port; hop_port=$port

# example NAME: the file below the lines of a main configuration, with paths and ports of this test.
example() {
    {
        ng_head "$in_port" | sed 's/s_net/s_src/'
        sed -e "s#/etc/dnsmon#$work#; s#/var/lib/dnsmon#$work#; s#/var/log/#$work/$1-#" \
            -e "s#loghost.example.edu#127.0.0.1#; s#0.0.0.0#127.0.0.1#; s#port(514)#port($hop_port)#" \
            "$DNSMON_SRC/examples/syslog-ng/$1.conf"
    } >"$work/$1.conf"
    [ "$1" = resolver ] || sed -i "/^source s_src/,/^};/d" "$work/$1.conf"
    if ng_syntax "$1" && [ ! -s "$work/$1.syntax" ]; then
        pass "$1.conf passes the daemon's check"
    else
        fail "$1.conf: $(cat "$work/$1.syntax")"
    fi
}

example resolver
example central
ng_start central "$hop_port"
ng_start resolver "$in_port"
make_queries 5 300 $(($(date +%s) - 60)) 100 >"$work/lines"
send "$work/lines" "$in_port"
expect "events come" wait_until 30 has_lines "$work/resolver-dnsmon.json" 10
expect "all lines are read" wait_until 10 ng_counter_is resolver dnsmon messages "$(count_lines "$work/lines")"
sleep 6
ng_stop resolver
expect "the central host has as many" wait_until 10 has_lines "$work/central-dnsmon.json" "$(count_lines "$work/resolver-dnsmon.json")"
ng_stop central
expect "and the same" cmp -s "$work/resolver-dnsmon.json" "$work/central-dnsmon.json"
alarms=$(count_matches '"level":"alarm"' "$work/central-dnsmon.json")
expect "alarms are among them" test "$alarms" -gt 0
expect_equal "each has its line for people" "$alarms" "$(grep -c '^20.* \(open\|update\) [a-z-]*: 192\.0\.2\.' "$work/central-dnsmon-alarms.log")"
finish
