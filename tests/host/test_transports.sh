#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_transports.sh - the distribution's named, Unbound, dnsmasq and PowerDNS Recursor, asked over
# UDP and TCP, IPv4 and IPv6: for each question the true client, and of named that TCP was TCP.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers unbound dnsmasq-base pdns-recursor
need_program
enter_private_network bash "$0"
# shellcheck source=lib_dns.sh
. "$DNSMON_SRC/tests/host/lib_dns.sh"
build_askdns

# In a network of our own the IPv6 client and the servers have addresses of their own.
V6_CLIENT=::1 V6_SERVER=::1
if [ "$DNSMON_NAMESPACE" = own ]; then
    V6_CLIENT=2001:db8:77::7 V6_SERVER=2001:db8:77::53
    for address in "$V6_CLIENT" "$V6_SERVER"; do
        ip -6 addr add "$address/128" dev lo nodad || fail "no IPv6 on the loopback interface"
    done
fi

# ask SERVER4: one question each way; its first label says which.
ask() {
    python3 - "$1" "$V6_SERVER" "$V6_CLIENT" <<'PYTHON'
import socket, struct, sys
v4, v6, client6 = sys.argv[1:]
def question(name):
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    return struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
for name, family, kind, source, server in (
        ("udp4.test.example", socket.AF_INET, socket.SOCK_DGRAM, "127.20.0.1", v4),
        ("tcp4.test.example", socket.AF_INET, socket.SOCK_STREAM, "127.20.0.2", v4),
        ("udp6.test.example", socket.AF_INET6, socket.SOCK_DGRAM, client6, v6),
        ("tcp6.test.example", socket.AF_INET6, socket.SOCK_STREAM, client6, v6)):
    s = socket.socket(family, kind)
    s.settimeout(10)
    s.bind((source, 0))
    s.connect((server, 53))
    q = question(name)
    s.sendall(struct.pack(">H", len(q)) + q if kind == socket.SOCK_STREAM else q)
    if not s.recv(512):
        sys.exit(name + ": no answer")
    s.close()
PYTHON
}

# check SERVER ADDRESS LOG: asked each way, then stopped; who asked what, by its log.
check() {
    ask "$2" || problem "$1 did not answer every question"
    stop_process "$1"
    "$DNSMON_BUILD/dnsmon" parse - <"$3" | grep '"kind":"query"' |
        grep -v '"qname":"up\.ready\.example' >"$TEST_TMP/$1.parsed"
    expect_equal "who asked $1 what" \
        "$(paste -d ' ' <(json_text client <"$TEST_TMP/$1.parsed") \
            <(json_text qname <"$TEST_TMP/$1.parsed" | sed 's/\.$//'))" \
        "127.20.0.1 udp4.test.example
127.20.0.2 tcp4.test.example
$V6_CLIENT udp6.test.example
$V6_CLIENT tcp6.test.example"
}

SERVERS_NAMED_V6=$V6_SERVER
start_named "$TEST_TMP/named"
check named "$SERVERS_NAMED" "$TEST_TMP/named/query.log"
expect_equal "the flags of named" "$(json_text flags <"$TEST_TMP/named.parsed" | paste -s -d ' ')" "+ +T + +T"

start_unbound "$TEST_TMP/unbound" "log-queries: yes" "do-ip6: yes" "interface: $V6_SERVER" \
    "access-control: ::0/0 allow"
check unbound "$DNS_UNBOUND" "$TEST_TMP/unbound/log"

start_dnsmasq "$TEST_TMP/dnsmasq" --log-queries --address="/test.example/$SERVERS_SINK" \
    --listen-address="$V6_SERVER"
check dnsmasq "$DNS_DNSMASQ" "$TEST_TMP/dnsmasq/log"

SERVERS_NAMED_V6=
start_named "$TEST_TMP/above"
start_recursor "$TEST_TMP/recursor" --local-address="$DNS_RECURSOR,$V6_SERVER" --allow-from=0.0.0.0/0,::/0
check recursor "$DNS_RECURSOR" "$TEST_TMP/recursor/log"
stop_process named
finish
