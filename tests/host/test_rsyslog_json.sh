#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# examples/rsyslog/normalise.conf with its rulebase bind.rb, but for the folders' names: the same
# lines give the same events through mmnormalize and input="json", as raw text, and in replay of
# the JSON that rsyslogd has made of them.
. "$(dirname "$0")/lib_rsyslog.sh"
setup
[ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
[ -f "$moddir/mmnormalize.so" ] || skip "rsyslogd has no mmnormalize ($moddir)"
examples=${DNSMON_SRC:-$(cd "$(dirname "$0")/../.." && pwd)}/examples/rsyslog
clients=10
each=60

# Hostile names, views, other releases' forms and other lines of named, in the same seconds.
odd_lines() {
    local when=$1 name
    while IFS= read -r name; do
        printf '<30>%s ns1 named[1]: %s\n' "$when" "client @0x7f00 192.0.2.200#4242 ($name): query: $name IN MX +E(0)K (192.0.2.53)"
    done <<'NAMES'
x\):.query:.evil.example
a\010Nov\0321\032client\032198.51.100.9#1.example
evil\032from\03210.9.8.7.example
d\$a\@s\;q\"b\\.example
it's\032/A/IN'\032denied.example
<script>alert\(1\)</script>.example
|A'\032from\0321\.2\.3\.4|A'.example
NAMES
    printf '<30>%s ns1 named[1]: %s\n' \
        "$when" 'client @0x7f00 192.0.2.201#4 (v.example): view my view: query: v.example IN MX + (192.0.2.53)' \
        "$when" 'client 192.0.2.202#4 (w.example): query: w.example IN MX -EDC (192.0.2.53)' \
        "$when" 'client 192.0.2.203#4: query: x.example IN MX + (192.0.2.53)' \
        "$when" 'client @0x7f00 192.0.2.204#4/key k.example (y.example): query: y.example IN MX +S (192.0.2.53)' \
        "$when" 'client @0x7f00 192.0.2.205#4 (z.example): response: z.example IN MX NXDOMAIN 0 1 1 +E(0) (192.0.2.53)'
}
# What nobody needs; no rule fits these.
other_lines() {
    printf '<30>%s ns1 named[1]: %s\n' "$1" 'all zones loaded' \
        "$1" "client @0x7f00 192.0.2.200#4 (x.example): query 'x.example/A/IN' denied"
}

# run NAME: starts $work/NAME.conf, sends the lines, ends it.
run() {
    start "$1" "$port"
    send "$work/lines" "$port"
    expect "$1: all lines arrive" wait_until 30 counter_is "$1" messages "$2"
    stop "$1"
    canonical "$work/$1/events" >"$work/$1/found"
}

# same_as WHAT FOUND: as the raw lines in replay.
same_as() {
    if cmp -s "$work/replayed" "$2"; then
        pass "$1: $(count_lines "$2") events, the same"
    else
        fail "$1: other events than from the raw lines:"
        diff "$work/replayed" "$2" | cut -c 1-600 | head -6
    fi
}

from=$(($(date +%s) - 120))
make_queries $clients $each "$from" 500 >"$work/queries"
odd_lines "$(date -u -d "@$from" +%Y-%m-%dT%H:%M:%S.5Z)" >"$work/odd"
other_lines "$(date -u -d "@$from" +%Y-%m-%dT%H:%M:%S.5Z)" >"$work/other"
cat "$work/odd" "$work/other" "$work/queries" >"$work/lines"
fit=$(($(count_lines "$work/odd") + $(count_lines "$work/queries")))
all=$(count_lines "$work/lines")
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/lines" >"$work/replay" || fail "replay"
canonical "$work/replay" >"$work/replayed"
expect "replay finds every client" has_lines "$work/replayed" $clients

free_port
{
    conf_head raw
    cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.timeoutShutdown="60000") {
    action(type="omfile" file="$work/raw/events" template="dnsmon-json")
}
CONF
} >"$work/raw.conf"
run raw "$all"
same_as "raw text in rsyslogd" "$work/raw/found"

# The example with other paths, and the JSON written out beside for replay.
free_port
{
    conf_head json
    cat <<CONF
template(name="objects" type="list") {
    constant(value="{\"time\":\"") property(name="timereported" dateFormat="rfc3339")
    constant(value="\",\"log_host\":\"") property(name="hostname" format="json")
    constant(value="\",") property(name="\$!all-json" position.from="2") constant(value="\n")
}
input(type="imptcp" address="127.0.0.1" port="$port")
CONF
    sed -e '/^#/d' -e '/^module(load="omdnsmon")/d' -e "s|load=\"mmnormalize\"|load=\"$moddir/mmnormalize.so\"|" \
        -e "s|/etc/rsyslog.d/bind.rb|$examples/bind.rb|" -e "s|/etc/dnsmon/|$work/|" \
        -e "s|/var/log/dnsmon.json|$work/json/events|" -e "s|/var/log/|$work/json/|" "$examples/normalise.conf"
    cat <<CONF
if \$parsesuccess == "OK" then action(type="omfile" file="$work/json/objects" template="objects")
CONF
} >"$work/json.conf"
run json "$fit"
same_as "mmnormalize and input=\"json\"" "$work/json/found"
expect_equal "lines that no rule fits" "$(count_lines "$work/other")" "$(count_lines "$work/json/named-other.log")"

"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/json/objects" >"$work/replay" || fail "replay of JSON lines"
canonical "$work/replay" >"$work/objects"
same_as "replay of rsyslogd's JSON" "$work/objects"
"$DNSMON" parse "$work/lines" >"$work/parsed" || fail "parse"
"$DNSMON" replay -c "$work/dnsmon.conf" --json "$work/parsed" >"$work/replay" || fail "replay of dnsmon parse"
canonical "$work/replay" >"$work/objects"
same_as "replay of what dnsmon parse printed" "$work/objects"

# Line by line: the client, the name and the type of each, hostile ones too.
fields() {
    sed -n -E 's/.*"kind": ?"(query|response)".*"client": ?"([^"]*)".*"qname": ?"(([^"\\]|\\.)*)".*"qtype": ?"([^"]*)".*/\2 \3 \5/p' | sed 's#\\/#/#g' | sort
}
fields <"$work/parsed" >"$work/parsed.fields"
"$DNSMON" parse "$work/json/objects" | fields >"$work/json/fields"
if cmp -s "$work/parsed.fields" "$work/json/fields"; then
    pass "client, name and type of $(count_lines "$work/json/fields") lines"
else
    fail "client, name and type differ (< raw, > through mmnormalize):"
    diff "$work/parsed.fields" "$work/json/fields" | head -20
fi
finish
