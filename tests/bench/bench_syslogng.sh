#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_syslogng.sh - syslog-ng with dnsmon() against syslog-ng that discards, that writes a file, and
# that counts with csv-parser() and grouping-by(), in one run: the same campus mix over two TCP
# connections, two threads, from the first byte sent until the daemon has read both to their end (it
# says so; one more connection was the look whether it listens). Machines are noisy: the cases alternate, the medians count, and only the ratios
# mean anything; the daemon's own CPU time a line is less noisy where others use the machine.
#     tests/bench/bench_syslogng.sh [LINES [RUNS]]     500000 and 5
#                                                  BENCH_CASES="discard parser" for these two alone
#     tests/bench/bench_syslogng.sh reloads [LINES]    1000000 lines with six reloads, all counted
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../host/lib_syslogng.sh"
if [ "${1:-}" = reloads ]; then
    exec bash "$here/../host/test_syslogng_reload.sh" "${2:-1000000}"
fi
. "$here/lib_bench.sh"
setup_syslogng
lines=${1:-500000} runs=${2:-5}
cases=${BENCH_CASES:-discard parser file grouping}
sed -i 's/^networks=.*/networks=10.0.0.0\/8/' "$work/dnsmon.conf"
campus "$lines" | sed 's/^20-Nov-2026 \([^ ]*\) queries: info: /<30>2026-11-20T\1Z ns1 named[1]: /' >"$work/lines"
awk 'NR % 2 == 1' "$work/lines" >"$work/odd"
awk 'NR % 2 == 0' "$work/lines" >"$work/even"

# path CASE: what stands behind the source.
path() {
    case $1 in
    discard) echo "log { source(s_net); };" ;;
    file) echo "log { source(s_net); destination { file(\"$work/out\"); }; };" ;;
    parser) ng_parser dnsmon "inject-mode(aggregate-only)"
        ng_events events
        echo "log { source(s_net); parser(p_dnsmon); destination(d_events); };" ;;
    grouping) cat <<CONF
parser p_csv { csv-parser(columns("q.word", "q.id", "q.client", "q.name") delimiters(" ") prefix("")); };
parser p_group {
    grouping-by(key("\${q.client}") scope(global) timeout(30) inject-mode(aggregate-only)
        aggregate(value("PROGRAM" "count") value("MESSAGE" "\${q.client} \$(context-length)")));
};
log { source(s_net); parser(p_csv); parser(p_group); destination { file("$work/out"); }; };
CONF
        ;;
    esac
}

received() {
    ng_ctl "$1" stats 2>/dev/null | sed -n 's/^center;;received;a;processed;//p'
}

# cpu PID: its user and system time so far, hundredths of a second.
cpu() {
    awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# one CASE: appends its seconds and CPU hundredths to files of its own.
one() {
    local from pid
    rm -rf "${work:?}/$1" "$work/out" "$work/events"
    free_port
    { ng_head "$port"; path "$1"; } >"$work/$1.conf"
    ng_start "$1" "$port"
    eval "pid=\$pid_$1"
    from=$EPOCHREALTIME
    send "$work/odd" "$port" &
    send "$work/even" "$port"
    wait $!
    until [ "$(grep -c 'Syslog connection closed' "$work/$1/out")" -ge 3 ]; do
        is_running "$pid" || { fail "$1: syslog-ng has ended"; finish; }
        sleep 0.01
    done
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.4f\n", $2 - $1 }' >>"$work/$1.s"
    sleep 0.1
    cpu "$pid" >>"$work/$1.cpu"
    [ "$(received "$1")" = "$lines" ] || fail "$1: $(received "$1") of $lines lines were received"
    if [ "$1" = parser ] && ! wait_until 5 ng_counter_is parser dnsmon lines.bind.record "$lines"; then
        fail "parser: $(ng_counter parser dnsmon lines.bind.record) of $lines lines were read"
    fi
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    forget "$pid"
}

for _ in $(seq "$runs"); do
    for what in $cases; do one "$what"; done
done
echo "case        seconds  1000 lines/s  of discard  CPU us/line"
for what in $cases; do
    awk -v what="$what" -v s="$(median "$work/$what.s")" -v d="$(median "$work/discard.s")" -v n="$lines" \
        -v cpu="$(median "$work/$what.cpu")" 'BEGIN {
            printf "%-10s %8.3f %13.0f %11.2f %12.2f\n", what, s, n / s / 1e3, d / s, cpu * 1e4 / n }'
done
finish
