#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_named.sh - the distribution's named, asked from many addresses, and its query log read by
# "dnsmon parse": who asked, what, and nothing else, also where a name looks like a log line.
# Expected names are what BIND's escaping rules give (doc/FORMATS.md: "\" before @ $ ( ) ; " . \, \DDD
# for every octet outside 0x21-0x7e).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
enter_private_network bash "$0"

# CLIENT TYPE NAME-AS-ASKED NAME-AS-LOGGED; the longest name has 250 octets to escape.
LONGEST=$(for length in 63 63 63 61; do
    for ((i = 0; i < length; i++)); do printf '\\001'; done
    printf .
done)
cat >"$TEST_TMP/cases" <<CASES
127.20.0.1 A www.example.com www.example.com
127.20.0.2 MX ExAmPlE.COM ExAmPlE.COM
127.20.0.3 NS . .
127.20.0.4 PTR 1.2.0.192.in-addr.arpa 1.2.0.192.in-addr.arpa
127.20.0.5 A my\\032printer.local my\\032printer.local
127.20.0.6 AAAA a\\.b.example a\\.b.example
127.20.0.7 HTTPS svc.example svc.example
127.20.0.8 TYPE65280 odd.example odd.example
127.20.0.9 A a\\010Nov\\0321\\032client\\032192.0.2.9#1.x a\\010Nov\\0321\\032client\\032192.0.2.9#1.x
127.20.0.10 A x\\041:.query:.evil.example x\\):.query:.evil.example
127.20.0.11 A my\\032view:\\032query:\\032my.test my\\032view:\\032query:\\032my.test
127.20.0.12 A it's\\032/A/IN'\\032denied.x it's\\032/A/IN'\\032denied.x
127.20.0.13 A \\192\\175\\000\\255.example \\192\\175\\000\\255.example
127.20.0.14 A d\\036a\\064s\\059q\\034b\\092.example d\\\$a\\@s\\;q\\"b\\\\.example
127.20.0.15 A ([192.0.2.4/24/0]) \\([192.0.2.4/24/0]\\)
127.20.0.16 MX ${LONGEST%.} ${LONGEST%.}
127.20.0.17 A evil\\032from\\03210.9.8.7 evil\\032from\\03210.9.8.7
127.20.0.18 A evil\\032from\\03210\\.9\\.8\\.7 evil\\032from\\03210\\.9\\.8\\.7
127.20.0.19 A |A'\\032from\\0321\\.2\\.3\\.4|A' |A'\\032from\\0321\\.2\\.3\\.4|A'
127.20.0.20 A client\\0326.6.6.6#1 client\\0326.6.6.6#1
127.20.0.21 A client\\032\\0640x1\\0326\\.6\\.6\\.6#1 client\\032\\@0x1\\0326\\.6\\.6\\.6#1
127.20.0.22 A a):\\032query:\\032x\\032IN\\032MX\\032+ a\\):\\032query:\\032x\\032IN\\032MX\\032+
127.20.0.23 A 2001:db8:111:2:12: 2001:db8:111:2:12:
127.20.0.24 A : :
127.20.0.25 A \\013\\010.x \\013\\010.x
127.20.0.26 A <script>alert\\0401\\041</script>.example <script>alert\\(1\\)</script>.example
127.20.0.27 TYPE0 zero.example zero.example
127.20.0.28 ANY [ECS.1.2.3.4/24/0] [ECS.1.2.3.4/24/0]
CASES

cc -O2 -o "$TEST_TMP/askdns" "$DNSMON_SRC/examples/demo/askdns.c" || exit 1

# check DIR: named in DIR, asked, and its log.
check() {
    start_named "$1"
    cut -d ' ' -f 1-3 "$TEST_TMP/cases" | "$TEST_TMP/askdns" "$SERVERS_NAMED" 53 0 ||
        problem "named did not answer every question"
    stop_process named
    expect_equal "lines in the log" "$(wc -l <"$1/query.log")" "$(wc -l <"$TEST_TMP/cases")"
    "$DNSMON_BUILD/dnsmon" parse - <"$1/query.log" >"$TEST_TMP/parsed" ||
        problem "dnsmon parse ended with $?"
    json_text kind <"$TEST_TMP/parsed" >"$TEST_TMP/kinds"
    paste -d ' ' <(json_text client <"$TEST_TMP/parsed") <(json_text qtype <"$TEST_TMP/parsed") \
        <(json_text qname <"$TEST_TMP/parsed") >"$TEST_TMP/got"
    cut -d ' ' -f 1,2,4 "$TEST_TMP/cases" >"$TEST_TMP/want"
    diff "$TEST_TMP/want" "$TEST_TMP/got" >"$TEST_TMP/diff" ||
        problem "not as asked (< asked, > parsed):
$(cut -c 1-200 "$TEST_TMP/diff")"
    expect_equal "lines that are no query" "$(grep -c -v '^query$' "$TEST_TMP/kinds")" 0
}

check "$TEST_TMP/named"
SERVERS_NAMED_VIEW='my view: query: x'
check "$TEST_TMP/view"
expect_equal "the view" "$(json_text view <"$TEST_TMP/parsed" | sort -u)" "$SERVERS_NAMED_VIEW"
finish
