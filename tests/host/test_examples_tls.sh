#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_tls.sh - resolver-tls.conf and central-tls.conf: events to the central host by TLS, with
# certificates of an authority of the test's own. Nothing is lost while the central host is there,
# and while it is away and the resolver waits; what waits comes without another event's help. While it
# is away and the resolver is stopped and started, one event at most (see resolver-tls.conf).
#
# A sender whose certificate has another name, and one without TLS, get nothing in; a central host
# whose certificate has another name is given nothing.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers rsyslog-gnutls
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
enter_private_network bash "$0"

TO=(-e 's/target="loghost.example.edu"/target="127.0.0.1"/'
    -e 's/resumeInterval="10"/resumeInterval="1"/')

# has_events NUMBER FILE
has_events() {
    [ -f "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# infect FIRST LAST: so many more clients, of which the resolver has written at least one event each.
infect() {
    infected_log "$1" "$2" >"$TEST_TMP/queries"
    EVENTS=$((EVENTS + $2 - $1 + 1))
    wait_for 10 send "$TEST_TMP/queries" 5141
    wait_for 15 has_events $EVENTS "$TEST_TMP/resolver/dnsmon.json" || problem "the resolver found too little"
}

# missing: how many events of the resolver's own file are not at the central host.
missing() {
    touch "$TEST_TMP/central/dnsmon.json"
    comm -23 <(sort -u "$TEST_TMP/resolver/dnsmon.json") <(sort -u "$TEST_TMP/central/dnsmon.json") | wc -l
}

at_most_missing() {
    [ "$(missing)" -le "$1" ]
}

# expect_arrived WHAT MISSING
expect_arrived() {
    wait_for 15 at_most_missing "$2" || problem "$1: $(missing) events missing"
}

# said PATTERN: one of the two, in its messages.
said() {
    cat "$TEST_TMP/other.err" "$TEST_TMP/central.err" | grep -q -E -- "$1"
}

# expect_refused WHAT REASON: the sender "other" finds something and none of it gets in, and some
# side says why.
expect_refused() {
    start_example other
    infected_log 200 201 >"$TEST_TMP/queries"
    wait_for 10 send "$TEST_TMP/queries" 5142
    wait_for 15 has_events 2 "$TEST_TMP/other/dnsmon.json" || problem "$1: nothing found"
    wait_for 10 said "$2" || problem "$1: nobody says why"
    stop_process other
    expect_no_line "$1 got in" '192\.0\.2\.20[01]' <(cat "$TEST_TMP"/central/*.json "$TEST_TMP"/central/*.log 2>/dev/null)
    rm -rf "$TEST_TMP/other/dnsmon.json" "$TEST_TMP"/other/dnsmon-fwd*
}

example_authority
EVENTS=0
example_certificate loghost.example.edu "$TEST_TMP/central"
example_certificate ns1.example.edu "$TEST_TMP/resolver"
write_example central central-tls.conf 0 -e 's/port="6514"/address="127.0.0.1" &/'
write_example resolver resolver-tls.conf 5141 "${TO[@]}"
start_example central
start_example resolver
infect 10 15
expect_arrived "both are there" 0

stop_process central || problem "the central host had to be killed"
infect 20 31
[ "$(missing)" -ge 12 ] || problem "the central host is away and has them"
start_example central
expect_arrived "the central host came back" 0

stop_process central
start_example central
infect 32 32
expect_arrived "the central host was restarted" 0

stop_process central
infect 40 45
stop_process resolver || problem "the resolver had to be killed"
[ -s "$TEST_TMP/resolver/dnsmon-fwd.qi" ] || problem "nothing of the queue is on disk"
start_example resolver
start_example central
expect_arrived "both were away" 1

example_certificate stranger.example.net "$TEST_TMP/other"
write_example other resolver-tls.conf 5142 "${TO[@]}"
expect_refused "a sender of another name" 'not permitted to talk to it'
write_example other resolver-tls.conf 5142 "${TO[@]}" -e 's/ *streamDriver[A-Za-z.]*="[^"]*"//g'
expect_refused "a sender without TLS" 'handshake|unexpected|TLS'
stop_process central
example_certificate other.example.edu "$TEST_TMP/central"
example_certificate ns1.example.edu "$TEST_TMP/other"
write_example other resolver-tls.conf 5142 "${TO[@]}"
start_example central
expect_refused "what was for a central host of another name" 'not permitted to talk to it'
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || head -c 2500 "$TEST_TMP"/*.err
finish
