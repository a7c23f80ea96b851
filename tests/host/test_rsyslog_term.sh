#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SIGTERM in the middle of a stream, 20 times at different moments: every line that rsyslogd took is
# in the findings and no finding is lost. The measure is replay of the lines that rsyslogd wrote in
# the same ruleset: the events, with their counts, are the same.
#   RUNS  how many (20)
. "$(dirname "$0")/lib_rsyslog.sh"
setup
[ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
clients=10
each=15000

# Every client is one of mx-census, whose last word about it has the day's exact count.
sum_closed() {
    grep '"id":"mx-census"' "$1" | grep '"state":"close"' |
        sed -n 's/.*"mx":\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

layout_main='action(type="omdnsmon" config="CONF" ruleset="events") action(type="omfile" file="LINES")'
layout_own='ruleset(name="dns" queue.type="LinkedList" queue.size="100000" queue.timeoutShutdown="60000") { '$layout_main' } if 1 == 1 then call dns'

one_run() {
    local run=$1 layout=$2 delay=$3
    rm -rf "$work/one" && mkdir -p "$work/one"
    free_port
    {
        conf_head one
        echo "input(type=\"imptcp\" address=\"127.0.0.1\" port=\"$port\")"
        echo "$layout" | sed -e "s|CONF|$work/dnsmon.conf|" -e "s|LINES|$work/one/lines|"
        cat <<CONF
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/one/events" template="dnsmon-json")
}
CONF
    } >"$work/one.conf"
    start one "$port"
    send "$work/lines" "$port" &
    sender=$!
    sleep "$delay"
    stop one
    kill "$sender" 2>/dev/null
    wait "$sender" 2>/dev/null
    [ -f "$work/one/lines" ] || touch "$work/one/lines"
    [ -f "$work/one/events" ] || touch "$work/one/events"
    # rsyslogd's own messages are no part of the stream.
    grep -a 'query: ' "$work/one/lines" >"$work/one/accepted"
    "$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/one/accepted" >"$work/one/replayed" 2>"$work/one/err" ||
        fail "run $run: replay failed: $(cat "$work/one/err")"
    canonical "$work/one/events" >"$work/one/a"
    canonical "$work/one/replayed" >"$work/one/b"
    accepted=$(count_lines "$work/one/accepted")
    if cmp -s "$work/one/a" "$work/one/b"; then
        pass "run $run: $accepted lines, $(count_lines "$work/one/a") events, as in replay"
    else
        fail "run $run: $accepted lines; the findings differ from replay:"
        diff "$work/one/a" "$work/one/b" | cut -c 1-600 | head -6
    fi
    # Below 51 MX a client is no finding; so early an end has nothing to compare.
    [ "$accepted" -lt $((clients * 60)) ] && return
    expect_equal "run $run: MX in the last events = lines" "$accepted" "$(sum_closed "$work/one/a")"
}

make_queries $clients $each $(($(date +%s) - 60)) 1000 >"$work/lines"
runs=${RUNS:-20}
for run in $(seq 1 "$runs"); do
    # Half of them on the main queue, half on a ruleset's own; from 10 ms to 0.2 s after the start.
    if [ $((run % 2)) -eq 0 ]; then layout=$layout_own; else layout=$layout_main; fi
    one_run "$run" "$layout" "$(awk -v r="$run" 'BEGIN { print 0.01 * r }')"
done
finish
