#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_state.sh - many clients in memory and in a state file (bench_clients, bench_state): bytes a
# client, how long a save takes and how long it holds the feeds up, how much later a daemon starts.
#
#     tests/bench/bench_state.sh [CLIENTS [RUNS]]     1,000,000 and 5; the file is below TMPDIR
#
# The disk's part of a save is in the row "save" only. Beside other load the wall clock is too long;
# processor time is not.
set -u
export LC_ALL=C
# shellcheck source=lib_bench.sh
. "$(dirname "$0")/lib_bench.sh"
clients=${1:-1000000} runs=${2:-5}
bench_folder
bench_programs bench_clients bench_state

header "$clients clients, one in 50 suspect" figure target
"$DNSMON_BUILD/tests/bench/bench_clients" "$clients" >"$work/clients"
bytes=$(sed -n 's/.*suspect: \([0-9.]*\) bytes.*/\1/p' "$work/clients")
[ -n "$bytes" ] || { echo "bench_state: bench_clients failed" >&2; exit 1; }
row 'bytes a client, resident' "$bytes" "$(verdict "$bytes" '<=' 128)"
row "bytes a client, by the client table's account" \
    "$(sed -n 's/.*resident, \([0-9.]*\) by.*/\1/p' "$work/clients")" -
"$DNSMON_BUILD/tests/bench/bench_state" "$work/state" "$clients" "$runs" >"$work/figures" || exit 1
figure() {
    awk -v name="$1" '{ for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }' "$work/figures"
}
load=$(figure load_s)
row 'reading the state file at start, s' "$load" "$(verdict "$load" '<=' 1 s)"
row 'the same, processor time, s' "$(figure load_cpu_s)" -
row 'saving it, s' "$(figure save_s)" -
row 'of this, processor time, s' "$(figure save_cpu_s)" -
row 'longest a feed waited meanwhile, s' "$(figure wait_s)" -
row 'bytes of the file' "$(figure bytes)" -
