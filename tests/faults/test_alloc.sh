#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every n-th allocation of a monitor's life fails, see starve.c.
#   STEP  of n (61: some hundred runs); 1: every allocation
. "$(dirname "$0")/lib_faults.sh"
fault_setup
cat >"$work/dnsmon.conf" <<CONF
[site]
networks=192.0.2.0/24;2001:db8::/32
domains=campus.example
timezone=UTC
[hosts]
mx1=192.0.2.25
[roles]
mail-servers=192.0.2.25
[managers]
192.0.2.0/26=staff@example.org
192.0.2.0/24=other@example.org
[events]
rate=20/h
storm-clients=3
CONF
G_SLICE=always-malloc TMPDIR=$work "$DNSMON_BUILD/tests/faults/starve" "$work/dnsmon.conf" 1 "${STEP:-61}" >"$work/out" 2>"$work/err"
status=$?
tail -40 "$work/out"
head -60 "$work/err"
expect_equal "no allocation that fails ends the process, leaks or is taken for another error" 0 $status
figure "$(tail -1 "$work/out")"
finish
