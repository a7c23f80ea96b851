#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Forged client addresses, IPv4 and IPv6, each asking once or twice, and infected clients among them.
#   ADDRESSES  how many (300,000)
# The memory stays within [limits] memory and CONSTANT; every infected client is found; the
# administrator is told once that the table is full.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
addresses=${ADDRESSES:-300000}
memory=${MEMORY:-8}
infected=40
# MiB beside [limits] memory: program and libraries 6, public suffix list 1, five seconds held back
# 4, the day's names and the mail servers' 4 (measured: 9 to 14; doc/RELIABILITY.md has the bound).
constant=24

cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8;2001:db8::/32
timezone=UTC
[limits]
memory=${memory}M
[detectors]
disable=daily-summary
CONF
replay_peak flood "$addresses" $infected
found=$(grep -oE '"ip": ?"10\.1\.0\.[0-9]+"' "$work/events" | sort -u | wc -l)
expect_equal "infected clients found" $infected "$found"
expect_equal "table-full is said once" 1 "$(grep -c '"id": *"table-full"' "$work/events")"
expect "peak of $((peak / 1024)) MiB within $memory + $constant" test "$peak" -le $(((memory + constant) * 1024))
figure "$addresses forged addresses: peak $((peak / 1024)) MiB with memory=${memory}M (limit $((memory + constant))), $found of $infected infected found, table-full once"
finish
