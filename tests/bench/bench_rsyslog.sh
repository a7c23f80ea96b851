#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_rsyslog.sh - rsyslogd with omdnsmon against rsyslogd that discards, in one run: the same lines
# over TCP (imptcp, one worker), from the first byte sent until the daemon has drained its queue and
# ended. Machines are noisy: the runs alternate, the medians count, and only the ratio means anything.
#     tests/bench/bench_rsyslog.sh [CLIENTS [LINES_EACH [RUNS]]]    2000, 500 and 5
. "$(dirname "$0")/../host/lib_rsyslog.sh"
setup
clients=${1:-2000} each=${2:-500} runs=${3:-5}
make_queries "$clients" "$each" 1700000000 10000 | sed 's/ IN MX / IN AAAA /' >"$work/lines"
lines=$(count_lines "$work/lines")

# one NAME ACTION [CHECK...]: seconds of one run; with CHECK, when that has come true
one() {
    local name=$1 from check=("${@:3}")
    rm -rf "${work:?}/$name"
    free_port
    {
        conf_head "$name"
        echo "input(type=\"imptcp\" address=\"127.0.0.1\" port=\"$port\")"
        echo "$2"
        echo "ruleset(name=\"events\" queue.type=\"LinkedList\" queue.timeoutEnqueue=\"0\") {"
        echo "    action(type=\"omfile\" file=\"$work/$name/events\" template=\"dnsmon-json\")"
        echo "}"
    } >"$work/$name.conf"
    start "$name" "$port"
    from=$EPOCHREALTIME
    send "$work/lines" "$port"
    [ "${#check[@]}" -eq 0 ] || wait_until 60 "${check[@]}" || fail "${check[*]}: never came true"
    stop "$name"
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.4f\n", $2 - $1 }'
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

module="action(type=\"omdnsmon\" config=\"$work/dnsmon.conf\" ruleset=\"events\")"
for _ in $(seq "$runs"); do
    one discard 'stop' >>"$work/discard.s"
    one module "$module" >>"$work/module.s"
done
# The figures count only if every line is read: impstats says so a second later.
one module "$module" counter_is module lines.bind.record "$lines" >/dev/null
for what in discard module; do
    awk -v what="$what" -v s="$(median "$work/$what.s")" -v d="$(median "$work/discard.s")" -v n="$lines" \
        'BEGIN { printf "%-8s %6.3f s  %6.3f M lines/s  %5.2f of discard\n", what, s, n / s / 1e6, d / s }'
done
finish
