#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every n-th allocation of a monitor's life fails, see starve.c.
#   STEP  of n (151: some hundred runs); 1: every allocation     JOBS  pieces at a time (2)
. "$(dirname "$0")/lib_faults.sh"
fault_setup
step=${STEP:-151} jobs=${JOBS:-2}
cat >"$work/first.conf" <<CONF
[site]
networks=192.0.2.0/24;2001:db8::/32
domains=campus.example
subdomains=cc.campus.example
timezone=UTC
holidays=2026-05-12
holidays-file=days
[hosts]
mx1=192.0.2.25;2001:db8::25
ns1=192.0.2.53
[roles]
mail-servers=192.0.2.25
resolvers=192.0.2.53
[managers]
192.0.2.0/26=staff\\sof the network@example.org
192.0.2.0/24=other@example.org
[signatures]
our-worm=A name=gate.example|www.gate.example; MX domains=4 within=10m
[events]
rate=20/h
storm-clients=3
CONF
printf '2026-05-13 a day off\n2026-05-14\n' >"$work/days"
sed 's/^rate=.*/rate=10\/h/; /^our-worm/s/A name/AAAA name/' "$work/first.conf" >"$work/second.conf"
sed 's/^rate=.*/rate=often/' "$work/first.conf" >"$work/broken-value.conf"
sed 's/^rate=/rates=/' "$work/first.conf" >"$work/broken-key.conf"
sed 's/^holidays-file=.*/holidays-file=gone/' "$work/first.conf" >"$work/broken-file.conf"

# piece N: every STEP * JOBS-th allocation from the N-th STEP on.
piece() {
    G_SLICE=always-malloc TMPDIR=$work "$DNSMON_BUILD/tests/faults/starve" "$work" \
        $((1 + $1 * step)) $((step * jobs)) >"$work/out.$1" 2>"$work/err.$1"
}
pids=()
for ((n = 0; n < jobs; n++)); do
    piece $n &
    pids+=($!)
done
status=0
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
tail -qn 40 "$work"/out.*
head -qn 60 "$work"/err.*
expect_equal "no allocation that fails ends the process, leaks or is taken for another error" 0 $status
figure "$(awk '/ allocations in a life/ { all = $1; runs += $6; bad += $8 }
    END { printf "%d allocations in a life, %d runs, %d failed", all, runs, bad }' "$work"/out.*)"
finish
