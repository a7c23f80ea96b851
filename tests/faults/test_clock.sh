#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The clock of the log jumps, after two days of twenty mail servers: an hour or ten years, forwards
# or back. The lock is not held for long (each day that was jumped over is not gone through), and
# what an infected client asks behind the jump is found.
# What else clocks do, steps while lines are held back, DST, two sources, is in
# tests/unit/test_clocks.c.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
{
    printf '[site]\nnetworks=10.0.0.0/8\ntimezone=UTC\n[hosts]\n'
    for s in $(seq 20 39); do echo "mx$s=10.2.0.$s"; done
    printf '[roles]\nmail-servers=%s\n' "$(seq -s ';' -f '10.2.0.%.0f' 20 39)"
} >"$work/dnsmon.conf"

# lines MINUTES STEP: mail servers' lines from then on, MINUTES since 2026-05-12, every STEP minutes.
mail_lines() {
    awk -v from="$1" -v to="$2" -v step="$3" 'BEGIN {
        for (m = from; m < to; m += step) for (s = 20; s < 40; s++) {
            t = strftime("%Y-%m-%dT%H:%M:", 1778544000 + m * 60, 1) s ".000000Z"
            print t " mx" s " postfix/smtpd[7]: connect from h.test[198.51.100." s "]"
            print t " ns1 named[1]: client @0x7f 10.2.0." s "#42 (a.example): query: a" m ".example IN MX +E(0) (192.0.2.53)"
        }
    }'
}

# infected MINUTE: seventy names of mail servers in a minute, by two log hosts.
infected_lines() {
    awk -v m="$1" 'BEGIN {
        for (i = 0; i < 140; i++) {
            t = strftime("%Y-%m-%dT%H:%M:%S", 1778544000 + m * 60 + int(i / 2), 1) ".000000Z"
            print t " ns" 1 + i % 2 " named[1]: client @0x7f 10.1.0.66#42 (a.example): query: d" i ".example IN MX +E(0) (192.0.2.53)"
        }
    }'
}

two_days=2880
mail_lines 0 $two_days 5 >"$work/base"
TIMEFORMAT=%U
{ time "$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/base" >"$work/events"; } 2>"$work/base_s"

# jump NAME MINUTES
jump() {
    local extra
    { cat "$work/base"; infected_lines $((two_days + $2)); } >"$work/log"
    { time "$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/log" >"$work/events"; } 2>"$work/s"
    extra=$(awk 'NR == FNR { base = $1; next } { printf "%d", ($1 - base) * 1000 }' "$work/base_s" "$work/s")
    expect "$1: $extra ms more" test "$extra" -lt 200
    expect "$1: the infected client is found" grep -qE '"client": ?\{ ?"ip": ?"10\.1\.0\.66"' "$work/events"
    all="$all $1 ${extra} ms;"
}

all=
jump "one hour ahead" 60
jump "one hour back" -60
jump "ten years ahead" $((3652 * 1440))
jump "ten years back" -$((3652 * 1440))
figure "jumps, time beside the lines themselves:${all%;}"
finish
