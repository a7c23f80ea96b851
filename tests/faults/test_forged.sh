#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Somebody forges an innocent client's address: an hour of MX, keyword, PTR and worm-like queries of
# it by UDP.
# It gets its incidents, none of them verified, and nothing that would have it blocked is suggested;
# the same lines by TCP, or with the server's cookie, are verified.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
[detectors]
disable=daily-summary
CONF
{
    "$LOAD" storm 1
    "$LOAD" storm 1 | sed 's/(d\([^)]*\)): query: [^ ]*/(mail.d\1): query: mail.d\1/; s/ IN MX / IN A /'
    "$LOAD" storm 1 | sed 's/(d0-\([0-9]*\)[^)]*): query: [^ ]*/(\1.2.0.192.in-addr.arpa): query: \1.2.0.192.in-addr.arpa/
        s/ IN MX / IN PTR /'
} | sort -s -k1,1 >"$work/udp"
sed 's/ +E(0) / +E(0)T /' "$work/udp" >"$work/tcp"
sed 's/ +E(0) / +E(0)V /' "$work/udp" >"$work/cookie"
sed 's/ +E(0) / +E(0)K /' "$work/udp" >"$work/other-cookie"

# of FILE VALUE: events about the client whose "verified" is that.
of() {
    grep '"ip": *"10\.1\.0\.1"' "$work/$1.events" | grep -cE "\"verified\": *$2"
}

for how in udp tcp cookie other-cookie; do
    "$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/$how" >"$work/$how.events" 2>"$work/err" || fail "replay"
    rules=$(grep '"ip": *"10\.1\.0\.1"' "$work/$how.events" | grep -oE '"id": ?"[a-z]+-[a-z]+"' | sort -u | wc -l)
    expect "$how: $rules rules speak of the client" test "$rules" -ge 2
    expect_equal "$how: suggestions" 0 "$(grep -cE '"suggest": *"[^"]' "$work/$how.events")"
done
for how in udp other-cookie; do
    expect_equal "$how: verified events" 0 "$(of $how true)"
    expect "$how: $(of $how false) that are not" test "$(of $how false)" -ge 3
done
for how in tcp cookie; do
    expect "$how: $(of $how true) verified events" test "$(of $how true)" -ge 3
done
figure "a client's address forged in $(count_lines "$work/udp") UDP queries: $(of udp false) events, 0 verified, 0 suggestions; by TCP $(of tcp true) verified"
finish
