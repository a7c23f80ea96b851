#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Twelve thousand events at once, more than a file destination's queue holds (10,000): none is lost,
# neither in pass-through beside the lines nor when the daemon is told to end while they are made.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng
clients=12000
sed -i 's/^networks=.*/networks=198.18.0.0\/15/; s/^rate=.*/rate=3600000\/h\nstorm-clients=1000\nstorm-window=1s/; s/^disable=/&mx-census;/' \
    "$work/dnsmon.conf"
printf '[limits]\nmemory=1G\n' >>"$work/dnsmon.conf"

# In every second 750 other clients ask for the mail servers of eight domains each.
awk -v clients=$clients -v start=$(($(date +%s) - 60)) 'BEGIN {
    for (second = 0; second < clients / 750; second++)
        for (i = 0; i < 6000; i++) {
            c = second * 750 + i % 750; client = "198.18." int(c / 250) "." (1 + c % 250);
            name = "d" int(i / 750) "x" c % 97 ".example";
            printf "<30>%s.%06d+00:00 ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN MX +E(0) (192.0.2.53)\n",
                   strftime("%Y-%m-%dT%H:%M:%S", start + second, 1), int(i * 999999 / 6000), client, name, name;
        }
}' >"$work/lines"
total=$(count_lines "$work/lines")

# config NAME OPTION...: lines and events each into a file; sets port.
config() {
    free_port
    {
        ng_head "$port"
        ng_parser dnsmon "${@:2}"
        ng_events "$1" "$1.events"
        echo "filter f_event { tags(\"dnsmon\"); };"
        echo "destination d_lines { file(\"$work/$1.lines\" template(\"<\$PRI>\$ISODATE \$HOST \$MSGHDR\$MSG\\n\")); };"
        echo "options { frac-digits(6); };"
        echo "log { source(s_net); parser(p_dnsmon); if { filter(f_event); destination(d_$1); } else { destination(d_lines); }; };"
    } >"$work/$1.conf"
}

config through "inject-mode(pass-through)"
ng_start through "$port"
send "$work/lines" "$port"
expect "all incidents are told" wait_until 60 has_lines "$work/through.events" $clients
ng_stop through
same_as_replay "pass-through" "$work/through.events" "$work/lines"
expect_equal "and every line goes on" "$total" "$(count_lines "$work/through.lines")"

# Stopped as soon as the last line is read: most events are still to be made.
config ended "inject-mode(aggregate-only)"
ng_start ended "$port"
send "$work/lines" "$port"
expect "the lines are read" wait_until 60 ng_counter_is ended dnsmon messages "$total"
ng_stop ended
same_as_replay "stopped early" "$work/ended.events" "$work/lines"
expect_equal "no line goes on" 0 "$(count_lines "$work/ended.lines")"

# Stopped while lines come, with a state file: what has not been told by then is told by the next
# daemon. Nothing is closed, as replay would at its end.
opened() {
    sed '/"action":"close"/d' "$1" >"$1.opened"
}
send_slowly() {
    local i
    for ((i = 0; i < 32; i++)); do
        tail -n +$((i * 3000 + 1)) "$work/lines" | head -n 3000 || break
        sleep 0.1
    done >"/dev/tcp/127.0.0.1/$port"
}
config flight "statefile(\"$work/flight.state\")"
ng_start flight "$port"
send_slowly 2>/dev/null &
sender=$!
wait_until 30 has_lines "$work/flight.lines" $((total / 2))
ng_stop flight
wait $sender
stopped=$(count_lines "$work/flight.lines")
echo "stopped after $stopped of $total lines and $(count_lines "$work/flight.events") events"
expect "it was stopped in between" test "$stopped" -lt "$total"
ng_start flight "$port"
tail -n +$((stopped + 1)) "$work/lines" >"$work/rest"
send "$work/rest" "$port"
expect "the rest is read" wait_until 30 has_lines "$work/flight.lines" "$total"
cmp -s "$work/flight.lines" "$work/lines" || fail "the lines differ"
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/flight.replay"
opened "$work/flight.replay"
wait_until 15 has_lines "$work/flight.events" "$(count_lines "$work/flight.replay.opened")"
ng_stop flight
expect_equal "two daemons, one after the other, tell what one replay tells" \
    "$(sort "$work/flight.replay.opened" | cksum)" "$(sort "$work/flight.events" | cksum)"
finish
