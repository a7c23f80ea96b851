#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# 100,000 lines over two TCP connections, with six reloads while they come: changed settings, a
# broken dnsmon.conf, a broken syslog-ng.conf. Every line is counted, every event arrives, and no
# incident is opened twice: nothing known was lost. Nor is it by a reload that fails halfway, with a
# source that cannot be opened (there syslog-ng itself closes the connections that it has).
#     test_syslogng_reload.sh [LINES]     tests/bench/bench_syslogng.sh runs it with a million
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
lines=${1:-100000}
clients=20
free_port

# write_config [MORE]
write_config() {
    {
        ng_head "$port"
        ng_parser dnsmon "statefile(\"$work/state\")"
        ng_events events
        echo "filter f_event { tags(\"dnsmon\"); };"
        echo "log { source(s_net); parser(p_dnsmon); filter(f_event); destination(d_events); };"
        echo "${1:-}"
    } >"$work/one.conf"
}

mx_over() {
    site_config "$work/dnsmon.conf"
    printf '[detector mx-census]\nover=%s\n' "$1" >>"$work/dnsmon.conf"
}

# reload TEXT WANTED: once a tenth more of the lines has come, so that they are still coming.
reload() {
    reloads=$((reloads + 1))
    wait_until 60 comes_to $(((reloads < 8 ? reloads : 7) * lines / 10)) || fail "$1: the lines do not come"
    ng_ctl one reload >"$work/reload.out" 2>&1
    grep -q successful "$work/reload.out" && got=done || got=refused
    expect_equal "reload $reloads, $1" "$2" "$got"
}

comes_to() {
    local seen
    seen=$(ng_counter one dnsmon messages)
    [ "${seen:-0}" -ge "$1" ]
}

# In blocks with a breath between, so that all six reloads find lines on their way.
send_slowly() {
    local block=$((lines / 40)) i
    for ((i = 0; i < 20; i++)); do
        tail -n +$((i * block + 1)) "$1" | head -n $block
        sleep 0.2
    done >"/dev/tcp/127.0.0.1/$port"
}

make_queries $clients $((lines / clients)) $(($(date +%s) - 300)) $((lines / 200)) >"$work/lines"
awk 'NR % 2 == 1' "$work/lines" >"$work/odd"
awk 'NR % 2 == 0' "$work/lines" >"$work/even"
reloads=0
mx_over 50
write_config
ng_start one "$port"
send_slowly "$work/odd" &
odd=$!
send_slowly "$work/even" &
even=$!

mx_over 60
reload "a changed dnsmon.conf" "done"
printf '[site]\nnetworks=192.0.2.0/99\n' >"$work/dnsmon.conf"
reload "a broken dnsmon.conf" refused
expect "its line is named" has_match "dnsmon.conf:2" "$work/one/out"
mx_over 70
write_config 'parser p_more { nonsense(); };'
reload "a broken syslog-ng.conf" refused
write_config
reload "the file mended" "done"
mx_over 80
reload "another change" "done"
reload "once more" "done"

wait $odd $even
expect "all $lines lines are counted" wait_until 60 ng_counter_is one dnsmon messages "$lines"
expect_equal "and read" "$lines" "$(ng_counter one dnsmon lines.bind.record)"

write_config 'source s_more { network(ip("198.51.100.1") port(1) transport("tcp")); }; log { source(s_more); destination(d_events); };'
reload "a source that cannot be opened" refused
write_config
expect "the daemon listens again" wait_until 10 is_open "$port"
make_queries $clients 2 "$(date +%s)" 100 >"$work/more"
send "$work/more" "$port"
expect "and goes on counting" wait_until 20 ng_counter_is one dnsmon messages $((lines + 2 * clients))
sleep 1.2
emitted=$(ng_counter one dnsmon events.emitted)
expect_equal "every event that left has arrived" "$emitted" "$(count_lines "$work/events")"
expect_equal "no event was lost inside" 0 "$(ng_counter one dnsmon events.lost)"
ng_stop one
grep -o '"action":"open","id":"[0-9a-f]*"' "$work/events" | sort >"$work/opened"
expect "incidents were opened" has_lines "$work/opened" $clients
expect_equal "none was opened twice" "$(count_lines "$work/opened")" "$(uniq "$work/opened" | wc -l)"
finish
