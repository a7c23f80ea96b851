#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SIGHUP under full load, each with another configuration: thresholds, networks, roles and managers
# change, every third file is broken.
#   HUPS  how many (10)     RATE  lines a second (5000)
# No line is lost, nothing that was counted is lost, every infected client is told of and none twice,
# the old configuration stays where the new one is broken, and what a new one says of networks and
# roles holds at once.
. "$(dirname "$0")/lib_faults.sh"
setup
hups=${HUPS:-10}
rate=${RATE:-5000}
free_port

# configure NETWORKS OVER SERVERS: the file as a whole, moved into its place.
configure() {
    mx_config "$work/new.conf"
    sed -i "s|^networks=.*|networks=$1|" "$work/new.conf"
    printf '[detector mx-census]\nover=%s\n[roles]\nmail-servers=%s\n[managers]\n10.1.0.0/16=staff-%s@example.org\n' \
        "$2" "$3" "$2" >>"$work/new.conf"
    mv "$work/new.conf" "$work/dnsmon.conf"
}

broken() {
    printf '[site]\nnetworks=10.0.0.0/8\n[detector mx-census]\nover=a lot\n' >"$work/new.conf"
    mv "$work/new.conf" "$work/dnsmon.conf"
}

refused() {
    count_matches '"a lot" is not a whole number' "$work/one/out"
}

is_refused() {
    [ "$(refused)" -ge "$1" ]
}

# ask CLIENT NUMBER: MX, now.
ask() {
    make_queries 1 "$2" "$(($(date +%s) - 1))" "$2" | sed "s/192\\.0\\.2\\.10#/10.5.0.$1#/" >"$work/asks"
    send "$work/asks" "$port"
}

is_found() {
    has_match "10.5.0.$1\"" "$work/one/events"
}

configure 10.0.0.0/8 50 10.0.0.25
fault_daemon one
start one "$port"
ask 1 30 # before any SIGHUP; 30 more come at the end
"$LOAD" turning $(($(date +%s%3N) - 20000)) 1000 $rate 600 >"/dev/tcp/127.0.0.1/$port" 2>/dev/null &
sender=$! begin=${EPOCHREALTIME/[.,]/}
broken_ones=0
for h in $(seq 1 "$hups"); do
    case $((h % 3)) in
    0) broken && broken_ones=$((broken_ones + 1)) ;;
    1) configure "10.0.0.0/8;198.51.100.0/24" $((50 + h % 7)) "10.0.0.25;10.0.0.26" ;;
    2) configure "10.0.0.0/9" $((60 + h % 5)) "10.0.0.25" ;;
    esac
    kill -HUP "$pid_one"
    if [ $((h % 3)) = 0 ]; then
        wait_until 5 is_refused $broken_ones || fail "SIGHUP $h: the broken file is not refused"
    else
        sleep 0.3
    fi
done
expect_equal "each broken file is refused" $broken_ones "$(refused)"
kill $sender
wait $sender 2>/dev/null
ms=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))

# What is in force: over=40 was never seen before, and then a broken file.
configure "10.5.0.0/16;10.9.0.0/16" 40 "10.5.0.25"
kill -HUP "$pid_one"
sleep 0.7
broken
kill -HUP "$pid_one"
expect "a last broken file" wait_until 5 is_refused $((broken_ones + 1))
ask 25 90 # a mail server now
ask 1 30
ask 2 42
expect "the threshold of the last good file is in force" wait_until 20 is_found 2
expect "what was asked before the first SIGHUP counts" is_found 1
expect "a new mail server is one at once" test -z "$(is_found 25 && echo found)"
configure "10.6.0.0/16;10.9.0.0/16" 40 "10.6.0.25"
kill -HUP "$pid_one"
sleep 0.7
ask 3 60
configure "10.0.0.0/8" 40 "10.6.0.25"
kill -HUP "$pid_one"
sleep 0.7
ask 4 60
expect "a new network is ours at once" wait_until 20 is_found 4
expect "what is no network of ours any more is not looked at" test -z "$(is_found 3 && echo found)"

lines=$(grep -c . "$work/one/lines")
expect "no line is lost: $lines" wait_until 10 counter_is one messages "$lines"
expect_equal "all were read" "$lines" "$(counter one lines.bind.record)"
stop one
knows=$("$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9)
steady=$(grep -c ' 10\.9\.9\.9#' "$work/one/lines")
expect_equal "no count is lost" "$steady" "${knows% *}"
# The highest threshold was 64; who asked more than that under one configuration or another is found.
sed -n 's/.* \(10\.1\.[0-9.]*\)#.*/\1/p' "$work/one/lines" | sort | uniq -c | awk '$1 > 64 { print $2 }' | sort >"$work/infected"
opened "$work/one/events" | sed 's/.* //' | sort >"$work/told"
expect_equal "every infected client is told of" 0 "$(comm -23 "$work/infected" "$work/told" | wc -l)"
expect_equal "none is told of twice" 0 "$(uniq -d "$work/told" | wc -l)"
figure "$hups SIGHUPs, $broken_ones of them broken, under $((lines * 1000 / ms)) lines/s: 0 of $lines lines lost, 0 of $steady counts lost, $(count_lines "$work/infected") infected clients told of once"
finish
