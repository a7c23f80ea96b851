#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Twenty clients ask names that nobody has, each once, of every type: what counts names (sets of
# domains, the day's prefixes, the mail servers' domains) meets its limits.
#   QUERIES  how many (300,000)
# Twice and four times as many names take no more memory; every one of the clients is found.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
queries=${QUERIES:-300000}

cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
[hosts]
mx1=10.2.0.20
[roles]
mail-servers=10.2.0.20
[limits]
memory=16M
CONF
replay_peak names $((queries / 4))
quarter=$peak
replay_peak names "$queries"
found=$(grep -oE '"client": ?\{ ?"ip": ?"10\.2\.0\.[0-9]+"' "$work/events" | sort -u | wc -l)
expect "clients found: $found" test "$found" -ge 19
expect "no growth: $((quarter / 1024)) MiB, then $((peak / 1024)) MiB" test $((peak - quarter)) -lt $((16 * 1024))
expect "peak of $((peak / 1024)) MiB within 16 + 48" test "$peak" -le $((64 * 1024))
figure "$queries random names: peak $((peak / 1024)) MiB with memory=16M, $((quarter / 1024)) MiB after a quarter; $found of 20 clients found"
finish
