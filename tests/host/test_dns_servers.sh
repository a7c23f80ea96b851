#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_dns_servers.sh - the distribution's Unbound, dnsmasq and PowerDNS Recursor, asked for hostile
# names from many addresses, each with each of its log forms, and what "dnsmon parse" makes of it:
# for every question the client that asked, the type and the name.  Expected names follow from each
# server's rules of printing (doc/FORMATS.md, "Names of other servers"), worked out by hand.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers unbound dnsmasq-base pdns-recursor
need_program
enter_private_network bash "$0"
# shellcheck source=lib_dns.sh
. "$DNSMON_SRC/tests/host/lib_dns.sh"
build_askdns

# Columns, separated by tabs: TYPE, the name as asked, and as Unbound ('?' for most bytes), dnsmasq
# (bytes as they are, none of a name with one below 0x21; '\' is doubled by the parser) and PowerDNS
# (\DDD) print it.  "=": as asked.  Client of line N is 127.20.0.N.
cat >"$TEST_TMP/cases" <<'CASES'
A	www.example.com	=	=	=
MX	ExAmPlE.COM	=	=	=
NS	.	=	=	=
PTR	1.2.0.192.in-addr.arpa	=	=	=
AAAA	a\.b.example	a?b.example	<name unprintable>	=
TYPE65280	odd.example	=	=	=
TYPE0	zero.example	=	=	=
A	my\032printer.local	my?printer.local	my printer.local	=
A	a\010Nov\0321\032client\032192.0.2.9#1.x	a?Nov?1?client?192.0.2.9?1.x	<name unprintable>	=
A	x\041:.query:.evil.example	x??.query?.evil.example	x):.query:.evil.example	x):.query:.evil.example
A	my\032view:\032query:\032my.test	my?view??query??my.test	my view: query: my.test	=
A	it's\032/A/IN'\032denied.x	it?s??A?IN??denied.x	it's /A/IN' denied.x	=
A	\192\175\000\255.example	????.example	<name unprintable>	=
A	d\036a\064s\059q\034b\092.example	d?a?s?q?b?.example	d$a@s;q"b\\.example	d$a@s;q"b\\.example
A	evil\032from\03210.9.8.7	evil?from?10.9.8.7	evil from 10.9.8.7	=
A	evil\032from\03210\.9\.8\.7	evil?from?10?9?8?7	<name unprintable>	=
A	\032\032	??	  	=
A	a|b.q'|A'\032from\0321.2.3.4|A'	a?b.q??A??from?1.2.3.4?A?	a|b.q'|A' from 1.2.3.4|A'	=
A	a|b.q'|A'\032from\0321\.2\.3\.4:53	a?b.q??A??from?1?2?3?4?53	<name unprintable>	=
A	query[A]\032y\032from\032192.0.2.1	query?A??y?from?192.0.2.1	query[A] y from 192.0.2.1	=
A	1\03210.9.8.7/53\032query[A]\032y	1?10.9.8.7?53?query?A??y	1 10.9.8.7/53 query[A] y	=
A	x"\032remote="6.6.6.6:1"\032qname="y	x??remote??6.6.6.6?1??qname??y	x" remote="6.6.6.6:1" qname="y	=
A	x\092"\032remote="6.6.6.6	x???remote??6.6.6.6	x\\" remote="6.6.6.6	x\\"\032remote="6.6.6.6
A	info:\0326.6.6.6\032evil.example.\032MX\032IN	info??6.6.6.6?evil.example.?MX?IN	info: 6.6.6.6 evil.example. MX IN	=
A	client\0326.6.6.6#1	client?6.6.6.6?1	client 6.6.6.6#1	=
A	<script>alert(1)</script>.example	?script?alert?1???script?.example	=	=
A	x[A]	x?A?	=	=
A	-.-	=	=	=
A	x\013\010reply:\0326.6.6.6	x??reply??6.6.6.6	<name unprintable>	=
CASES
awk -F '\t' '{ print "127.20.0." NR, $1, $2 }' "$TEST_TMP/cases" >"$TEST_TMP/questions"

# ask SERVER
ask() {
    "$TEST_TMP/askdns" "$1" 53 0 <"$TEST_TMP/questions" >"$TEST_TMP/asked" ||
        problem "$1 did not answer every question: $(cat "$TEST_TMP/asked")"
}

# wanted COLUMN: "CLIENT TYPE NAME" of every case.
wanted() {
    awk -F '\t' -v c="$1" '{ print "127.20.0." NR, $1, $c == "=" ? $2 : $c }' "$TEST_TMP/cases"
}

# parse_log LOG: $TEST_TMP/parsed, without the questions that looked whether the server is there.
parse_log() {
    "$DNSMON_BUILD/dnsmon" parse - <"$1" >"$TEST_TMP/all" || problem "dnsmon parse ended with $?"
    grep -v '"qname":"up\.ready\.example' "$TEST_TMP/all" >"$TEST_TMP/parsed"
    grep '"why"' "$TEST_TMP/parsed" | json_text why | grep -v -x -e 'no parser knows this line' \
        -e 'a line of this program that is of no use' >"$TEST_TMP/malformed"
    expect_no_line "malformed lines in $1" . "$TEST_TMP/malformed"
}

# check WHAT KIND COLUMN [PATTERN]: the records of a kind, all of them, are what was asked.
check() {
    grep -E "\"kind\":\"$2\".*${4-}" "$TEST_TMP/parsed" >"$TEST_TMP/kind"
    paste -d ' ' <(json_text client <"$TEST_TMP/kind") <(json_text qtype <"$TEST_TMP/kind") \
        <(json_text qname <"$TEST_TMP/kind" | sed 's/\(.\)\.$/\1/') >"$TEST_TMP/got"
    wanted "$3" >"$TEST_TMP/want"
    diff "$TEST_TMP/want" "$TEST_TMP/got" >"$TEST_TMP/diff" ||
        problem "$1, $2: not as asked (< asked, > parsed):
$(head -n 20 "$TEST_TMP/diff" | cut -c 1-200)"
}

check_unbound() {
    start_unbound "$TEST_TMP/unbound" "log-queries: yes" "log-replies: yes" "log-local-actions: yes"
    ask "$DNS_UNBOUND"
    stop_process unbound
    parse_log "$TEST_TMP/unbound/log"
    check Unbound query 3
    check Unbound response 3 '"rcode":"[A-Z]'
    check "Unbound, local actions" response 3 '"action":"'

    # With its tags, and a packet that is no question: its client is known, nothing else.
    echo "127.20.1.1 HEX 00010100000100000000000003777777" >>"$TEST_TMP/questions"
    start_unbound "$TEST_TMP/tagged" "log-queries: yes" "log-replies: yes" "log-tag-queryreply: yes"
    ask "$DNS_UNBOUND"
    stop_process unbound
    sed -i '$d' "$TEST_TMP/questions"
    parse_log "$TEST_TMP/tagged/log"
    expect_equal "clients of unreadable packets" \
        "$(grep '"rcode":"FORMERR"' "$TEST_TMP/parsed" | json_text client)" 127.20.1.1
    sed -i '/"rcode":"FORMERR"/d' "$TEST_TMP/parsed"
    check "Unbound, tagged" query 3
    check "Unbound, tagged" response 3
}

check_dnsmasq() {
    start_dnsmasq "$TEST_TMP/dnsmasq" --log-queries
    ask "$DNS_DNSMASQ"
    stop_process dnsmasq
    parse_log "$TEST_TMP/dnsmasq/log"
    check dnsmasq query 4

    start_dnsmasq "$TEST_TMP/extra" --log-queries=extra
    ask "$DNS_DNSMASQ"
    stop_process dnsmasq
    parse_log "$TEST_TMP/extra/log"
    check "dnsmasq, extra" query 4
    expect_no_line "dnsmasq, extra: a client without its port" '"kind":"query".*"port":null' \
        "$TEST_TMP/parsed"
}

check_recursor() {
    start_named "$TEST_TMP/named"
    start_recursor "$TEST_TMP/recursor"
    ask "$DNS_RECURSOR"
    stop_process recursor
    parse_log "$TEST_TMP/recursor/log"
    check Recursor query 5
    check Recursor response 5

    # Its classic lines do not name the question when the packet cache answers: without it.
    start_recursor "$TEST_TMP/classic" --structured-logging=no --disable-packetcache=yes
    ask "$DNS_RECURSOR"
    stop_process recursor
    stop_process named
    parse_log "$TEST_TMP/classic/log"
    check "Recursor, classic" query 5
}

check_unbound
check_dnsmasq
check_recursor
finish
