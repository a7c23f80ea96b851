#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Floods of names against everything that counts them, each of a client of its own and of a kind of
# its own (tests/faults/load.c), and infected clients in the same stream.
#   QUERIES  how many (300,000)
# The memory stays where it is; every infected client is found; a flooder has one event at most of
# each rule.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
queries=${QUERIES:-300000}

cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
[limits]
memory=16M
CONF
replay_peak sketches $((queries / 4))
quarter=$peak
replay_peak sketches "$queries"
grep '"action": *"open"' "$work/events" >"$work/opened"
found=$(grep -oE '"ip": ?"10\.1\.0\.[0-9]+"' "$work/events" | sort -u | wc -l)
expect_equal "infected clients found" 20 "$found"
# Each flooder's rules, each as often as it opened an incident.
sed -nE 's/.*"rule": ?\{ ?"id": ?"([a-z-]+)".*"client": ?\{ ?"ip": ?"(10\.2\.[0-9.]+)".*/\2 \1/p;
    s/.*"client": ?\{ ?"ip": ?"(10\.2\.[0-9.]+)".*"rule": ?\{ ?"id": ?"([a-z-]+)".*/\1 \2/p' \
    "$work/opened" | sort | uniq -c >"$work/flooders"
sed 's/^/# /' "$work/flooders"
expect "the MX flooder is found" grep -q ' 10\.2\.2\.1 ' "$work/flooders"
expect_equal "events of one rule and one flooder" "" "$(awk '$1 > 1' "$work/flooders")"
expect "no growth: $((quarter / 1024)) MiB, then $((peak / 1024)) MiB" test $((peak - quarter)) -lt $((16 * 1024))
expect "peak of $((peak / 1024)) MiB within 16 + 48" test "$peak" -le $((64 * 1024))
figure "$queries names of six kinds: peak $((peak / 1024)) MiB with memory=16M, $((quarter / 1024)) MiB after a quarter; $found of 20 infected found, $(wc -l <"$work/flooders") events of flooders, one a rule"
finish
