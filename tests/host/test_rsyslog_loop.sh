#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An event that comes back is not read: in the same rsyslogd, and from a second one after a TCP hop
# in RFC 3164, RFC 5424, with its structured data alone, JSON with and without a header, the bare
# text, and with a tag of the site's own. Every copy is counted as looped, and no further event comes
# of it.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
free_port; in_port=$port
free_port; hop_port=$port
clients=3

mkdir -p "$work/near" "$work/far"
{
    conf_head near
    cat <<CONF
template(name="rfc5424" type="string" string="<%pri%>1 %timestamp:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %structured-data% %msg%\n")
template(name="data" type="string" string="<%pri%>1 %timestamp:::date-rfc3339% %hostname% site - - %structured-data% see the data\n")
template(name="rfc3164" type="string" string="<%pri%>%timestamp% %hostname% %syslogtag%%msg:::sp-if-no-1st-sp%%msg%\n")
template(name="json-header" type="string" string="<%pri%>%timestamp:::date-rfc3339% %hostname% site: %\$!all-json%\n")
template(name="json-cee" type="string" string="<%pri%>%timestamp% %hostname% site: @cee: %\$!all-json%\n")
template(name="json-bare" type="string" string="%\$!all-json%\n")
template(name="text-bare" type="string" string="%msg%\n")
input(type="imptcp" address="127.0.0.1" port="$in_port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" tag="${TAG:-dnsmon:}")
if \$inputname == "omdnsmon" then action(type="omfile" file="$work/near/seen-again")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$work/near/events" template="dnsmon-json")
CONF
    for form in rfc5424 data rfc3164 json-header json-cee json-bare text-bare; do
        echo "    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$hop_port\" protocol=\"tcp\" template=\"$form\")"
    done
    echo '    call RSYSLOG_DefaultRuleset'
    echo '}'
} >"$work/near.conf"
{
    conf_head far
    cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$hop_port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
action(type="omfile" file="$work/far/lines")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$work/far/events" template="dnsmon-json")
}
CONF
} >"$work/far.conf"

start far "$hop_port"
start near "$in_port"
make_queries $clients 60 $(($(date +%s) - 60)) 60 >"$work/lines"
send "$work/lines" "$in_port"
expect "events come" wait_until 20 has_lines "$work/near/events" $clients
# Long enough for a loop to show itself: unguarded, one line makes a million events in 3 s.
sleep 3
events=$(count_lines "$work/near/events")
expect "no storm: $events events of $clients clients" test "$events" -le $((clients * 4))
expect "each event was given back to the action" wait_until 10 counter_is near looped "$events"
expect_equal "messages = lines + events that came back" $((clients * 60 + events)) "$(counter near messages)"
expect "seven forms of each event reach the second rsyslogd" wait_until 20 has_lines "$work/far/lines" $((events * 7))
wait_until 5 counter_reaches far looped $((events * 7)) || true
expect_equal "all of them are seen as events" $((events * 7)) "$(counter far looped)"
stop near
stop far
expect_equal "and none makes an event there" 0 "$(count_lines "$work/far/events")"
[ "$failures" -gt 0 ] && head -7 "$work/far/lines"

if [ -z "${TAG:-}" ]; then
    echo "# again with a tag of the site's own"
    TAG="mailwatch:" "$0" || fail "with a tag of the site's own"
fi
finish
