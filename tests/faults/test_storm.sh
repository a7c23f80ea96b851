#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An event storm: as many clients become infected within one minute.
#   CLIENTS  how many (5,000)
# By replay: each rule's outbreak is rolled up, every client is named once in a list, and no more events are sent than [events] rate allows.
# By rsyslogd: the same lines at full speed while nobody reads the events: the lines go through.
. "$(dirname "$0")/lib_faults.sh"
setup
clients=${CLIENTS:-5000}
cat >"$work/dnsmon.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=UTC
[detectors]
disable=daily-summary
CONF

# named FILE RULE: different clients that the events of a rule name, before they close.
named() {
    grep "\"id\": *\"$2\"" "$1" | grep -v '"action": *"close"' | grep -oE '"ip": ?"10\.1\.[0-9]+\.[0-9]+"' | sort -u | wc -l
}

"$LOAD" storm "$clients" >"$work/log"
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/log" >"$work/events" 2>"$work/err" || fail "replay"
for rule in mass-mailer mx-census; do
    expect_equal "$rule: clients named" "$clients" "$(named "$work/events" $rule)"
    sent=$(grep "\"id\": *\"$rule\"" "$work/events" | grep -cv '"action": *"close"')
    expect "$rule: in $sent events" test "$sent" -le 120 # [events] rate is 60 an hour, over two
done
total=$(grep -cv '"action": *"close"' "$work/events")

# A pipe that nobody reads, and a queue for 20 messages.
free_port
mkdir -p "$work/one"
mkfifo "$work/stuck"
exec 9<>"$work/stuck"
{
    conf_head one
    cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
if \$programname == "named" then {
    action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" statefile="$work/state")
    action(type="omfile" file="$work/one/lines")
}
template(name="long" type="string" string="%\$!all-json% $(printf '%070000d' 0)\n")
ruleset(name="events" queue.type="LinkedList" queue.size="20" queue.dequeueBatchSize="1"
        queue.timeoutEnqueue="0" queue.timeoutShutdown="100" queue.timeoutActionCompletion="100") {
    action(type="omfile" file="$work/stuck" template="long")
}
CONF
} >"$work/one.conf"
start one "$port"
begin=$(date +%s%N)
send "$work/log" "$port"
lines=$(count_lines "$work/log")
expect "rsyslogd: all $lines lines go through" wait_until 60 has_lines "$work/one/lines" "$lines"
took=$((($(date +%s%N) - begin) / 1000000))
rate=$((lines * 1000 / (took + 1)))
expect "rsyslogd: $rate lines a second" test $rate -ge 20000
stop one
figure "$clients infected in a minute: $(named "$work/events" mass-mailer) named, $total events; rsyslogd with a stuck events queue passes $rate lines/s"
finish
