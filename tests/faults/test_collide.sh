#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Addresses and names that are crafted to meet in one bucket: what they cost with the key, and
# without it. In steps along chains and probes, so the figure is no matter of the machine.
. "$(dirname "$0")/lib_faults.sh"
fault_setup
if "$DNSMON_BUILD/tests/unit/test_collisions" >"$work/out" 2>&1; then
    pass "crafted collisions"
else
    fail "crafted collisions:"
    grep -E 'ERROR|LINE|FAILED' "$work/out"
fi
figure "$(sed -n 's/^figure: //p' "$work/out")"
finish
