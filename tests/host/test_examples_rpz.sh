#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_rpz.sh - rpz.conf and rpz-zone.sh: an infected client's queries, in the query log of the
# distribution's named, become a record of its response policy zone; from then on it gets no answer,
# and everybody else does, one whose address somebody forges included. The end of the alarm ends that.
# Lists of many machines are taken apart, old alarms and damaged lines are left out, a zone that named-checkzone refuses is not taken.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers bind9-dnsutils
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
enter_private_network bash "$0"

ZONE=rpz.example.edu
WORM=127.20.1.66
OTHER=127.20.1.10
FORGED=127.20.1.77
DIR=$TEST_TMP/rpz
NAMED=$TEST_TMP/named

# named as servers.sh starts it, with what rpz.conf says of named.conf, and rndc. A changed zone counts at
# once (min-update-interval; otherwise once a minute).
eval "plain_$(declare -f write_named_conf)"
write_named_conf() {
    plain_write_named_conf "$1" "response-policy { zone \"$ZONE\"; } qname-wait-recurse no min-update-interval 1;"
    sed -i -e 's/recursion no;/recursion yes; allow-recursion { any; };/' \
        -e 's|controls { };|include "'"$NAMED"'/key"; controls { inet 127.0.0.1 port 953 allow { any; } keys { rndc; }; };|' \
        "$1/named.conf"
    printf 'zone "%s" { type primary; file "%s/rpz.zone"; allow-query { none; }; };\n' $ZONE "$DIR" >>"$1/named.conf"
}

# tool NAME PATH: a command that runs a program of the private root.
tool() {
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s%s "$@"\n' "$(private_library_path)" "$PRIVATE_ROOT" "$2" \
        >"$TEST_TMP/$1"
    chmod 755 "$TEST_TMP/$1"
}

make_tools() {
    tool checkzone /usr/bin/named-checkzone
    tool rndc /usr/sbin/rndc
    sed -i "s|\"\\\$@\"|-s 127.0.0.1 -p 953 -c $NAMED/rndc.conf \"\$@\"|" "$TEST_TMP/rndc"
    tool dig /usr/bin/dig
    mkdir -p "$NAMED" "$DIR"
    private /usr/sbin/tsig-keygen rndc >"$NAMED/key" || problem "tsig-keygen made no key"
    { cat "$NAMED/key"; echo 'options { default-key "rndc"; };'; } >"$NAMED/rndc.conf"
}

# zone_of FEED: what cron does.
zone_of() {
    CHECKZONE=$TEST_TMP/checkzone RNDC=$TEST_TMP/rndc sh "$EXAMPLES/rsyslog/rpz-zone.sh" "$1" "$DIR/rpz.zone" $ZONE
}

# status CLIENT: of an answer to it.
status() {
    "$TEST_TMP/dig" -b "$1" @"$SERVERS_NAMED" +time=2 +tries=1 www.some.example A |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p'
}

# records: those of the zone.
records() {
    sed '1,/^; records/d' "$DIR/rpz.zone"
}

# feed LINE...: "AGE-IN-DAYS STATE RULE ADDRESS"
feed() {
    local line
    for line in "$@"; do
        printf '%s %s\n' "$(date -u -d "${line%% *} days ago" +%Y-%m-%dT%H:%M:%S.000Z)" "${line#* }"
    done
}

zone_loads() {
    grep -c "rpz: $ZONE: reload done: success" "$NAMED/named.log"
}

loaded_after() {
    [ "$(zone_loads)" -gt "$1" ]
}

check_zone_script() {
    local loads
    {
        feed '0 open mass-mailer 192.0.2.7' '2 update keyword-scan 2001:db8::7' '0 open mass-mailer 2001:db8:0:1::' \
            '0 open mass-mailer ::1' '0 open bot-join 2001:db8:1:2:3:4:5:6' \
            '4 open mass-mailer 192.0.2.8' '1 open mass-mailer 192.0.2.9' '0 close mass-mailer 192.0.2.9' \
            '1 open mass-mailer 192.0.2.10' '1 open bot-join 192.0.2.10' '0 close bot-join 192.0.2.10' \
            '0 open mass-mailer evil.example' '0 open mass-mailer 192.0.2.66 CNAME' '0 open mass-mailer'
    } >"$TEST_TMP/feed"
    loads=$(zone_loads)
    zone_of "$TEST_TMP/feed" || problem "rpz-zone.sh ended with $?"
    expect_equal "records" "$(records)" "$(printf '%s.rpz-client-ip CNAME .\n' 128.1.zz 128.6.5.4.3.2.1.db8.2001 \
        128.7.zz.db8.2001 128.zz.1.0.db8.2001 32.10.2.0.192 32.7.2.0.192)"
    wait_for 10 loaded_after "$loads" || problem "named has not taken the new zone"
    expect_no_line "named about the zone" 'rpz.*(invalid|error|bad|non-)' "$NAMED/named.log"
}

check_bad_zone() {
    cp "$DIR/rpz.zone" "$TEST_TMP/good.zone"
    feed '0 open mass-mailer 192.0.2.300' '0 open mass-mailer 192.0.2.7' >"$TEST_TMP/feed"
    if CHECKZONE=false RNDC=$TEST_TMP/rndc sh "$EXAMPLES/rsyslog/rpz-zone.sh" "$TEST_TMP/feed" "$DIR/rpz.zone" $ZONE \
        2>"$TEST_TMP/bad.err"; then
        problem "a zone that named-checkzone refuses is taken"
    fi
    cmp -s "$DIR/rpz.zone" "$TEST_TMP/good.zone" || problem "the old zone has not stayed"
}

# ask CLIENT: as many questions as a worm asks, by TCP.
ask() {
    local i
    for ((i = 0; i < 40; i++)); do printf 'd%d.example MX\nin1.d%d.example A\n' $i $i; done >"$TEST_TMP/questions"
    "$TEST_TMP/dig" -b "$1" @"$SERVERS_NAMED" +tcp +noall -f "$TEST_TMP/questions" >"$TEST_TMP/dig.out" ||
        problem "named did not answer: $(cat "$TEST_TMP/dig.out")"
}

# forge CLIENT: the same by UDP, as anybody could send it in its name.
forge() {
    sed "s/\(.*\) \(.*\)/$1 \2 \1/" "$TEST_TMP/questions" >"$TEST_TMP/forged"
    "$TEST_TMP/askdns" "$SERVERS_NAMED" 53 0 <"$TEST_TMP/forged" >/dev/null || problem "named did not answer"
}

blocked() {
    zone_of "$DIR/rpz.feed" && [ "$(status "$1")" = NXDOMAIN ]
}

open_again() {
    zone_of "$DIR/rpz.feed" && [ "$(status "$1")" = NOERROR ]
}

# check_list: forty machines at once, of which the events are lists: each comes into the feed.
check_list() {
    write_example list rpz.conf 5141
    start_example list
    infected_log 100 139 | sed 's/ +E(0) / +E(0)T /' >"$TEST_TMP/many"
    wait_for 10 send "$TEST_TMP/many" 5141
    wait_for 20 forty_told || problem "of forty machines $(told | wc -l) came into the feed"
    stop_process list
    expect_line "a list among the events" '"clients": ?\[' "$TEST_TMP/list/dnsmon.json"
    expect_equal "what is in the feed" "$(sort "$TEST_TMP/list/rpz.feed" | cksum)" "$(blocking | sort | cksum)"
}

# blocking: the lines that the events of check_list must give.
blocking() {
    python3 - "$TEST_TMP/list/dnsmon.json" <<'PYTHON'
import json, sys
for line in open(sys.argv[1]):
    event = json.loads(line)
    own = event["dnsmon"]
    if own["level"] != "alarm" or event["rule"]["id"] != "mass-mailer":
        continue
    machines = own.get("clients", [])
    if "client" in event:
        machines = machines + [dict(own, ip=event["client"]["ip"])]
    for machine in machines:
        if machine["level"] == "alarm" and (machine.get("verified") or own["state"] == "close"):
            print(event["@timestamp"], own["state"], event["rule"]["id"], machine["ip"])
PYTHON
}

told() {
    cut -d ' ' -f 4 "$TEST_TMP/list/rpz.feed" 2>/dev/null | sort -u
}

forty_told() {
    [ "$(told | wc -l)" = 40 ]
}

make_tools
mkdir -p "$DIR"
printf '[site]\nnetworks=127.20.0.0/16\n[detectors]\ndisable=daily-summary;mx-census\n' >"$DIR/dnsmon.conf"
: >"$TEST_TMP/empty"
CHECKZONE=$TEST_TMP/checkzone RNDC=true sh "$EXAMPLES/rsyslog/rpz-zone.sh" "$TEST_TMP/empty" "$DIR/rpz.zone" $ZONE ||
    problem "rpz-zone.sh makes no zone of nothing"
cc -O1 -o "$TEST_TMP/askdns" "$DNSMON_SRC/examples/demo/askdns.c" || problem "askdns does not build"
start_named "$NAMED"
write_example rpz rpz.conf 0
sed -i "1a module(load=\"imfile\")\ninput(type=\"imfile\" File=\"$NAMED/query.log\" Tag=\"named:\" Facility=\"daemon\")" \
    "$TEST_TMP/rpz.conf"
start_example rpz
expect_equal "before" "$(status $WORM) $(status $OTHER)" "NOERROR NOERROR"
ask $WORM
forge $FORGED
wait_for 20 blocked $WORM || problem "the infected client is not blocked: $(cat "$DIR/rpz.feed" 2>/dev/null)"
wait_for 10 has_line "$FORGED" "$DIR/dnsmon.json" || problem "the forged questions were not found"
zone_of "$DIR/rpz.feed"
expect_equal "one whose address somebody forges" "$(status $FORGED)" NOERROR
expect_equal "everybody else" "$(status $OTHER)" NOERROR
expect_equal "records" "$(records)" "32.66.1.20.127.rpz-client-ip CNAME ."
"$TEST_TMP/checkzone" $ZONE "$DIR/rpz.zone" >"$TEST_TMP/checkzone.said" || problem "named-checkzone: $(cat "$TEST_TMP/checkzone.said")"
expect_no_line "named-checkzone of the zone" 'warning|error' "$TEST_TMP/checkzone.said"

# A restart of rsyslogd is no reason to let it go; the end of the incident is.
stop_process rpz
blocked $WORM || problem "a restart of rsyslogd ended the block"
feed "0 close mass-mailer $WORM" "0 close keyword-scan $WORM" >>"$DIR/rpz.feed"
wait_for 10 open_again $WORM || problem "the end of the alarm does not end the block"
check_zone_script
check_bad_zone
check_list
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || { cat "$DIR"/rpz.feed; head -c 2500 "$TEST_TMP"/rpz.err "$NAMED"/named.log; }
finish
