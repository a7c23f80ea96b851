#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_postfix.sh - the distribution's Postfix, driven with smtp-source: a message delivered, one
# relayed, an unknown recipient, a relay attempt from outside.  What rsyslogd wrote of it, in the
# traditional and in the ISO form, is read by "dnsmon parse" and compared with what was done.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
enter_private_network bash "$0"

cat >"$TEST_TMP/rsyslog.conf" <<CONF
global(workDirectory="$TEST_TMP")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$TEST_TMP/jail/dev/log" RateLimit.Interval="0")
action(type="omfile" file="$TEST_TMP/iso.log" template="RSYSLOG_FileFormat")
action(type="omfile" file="$TEST_TMP/traditional.log" template="RSYSLOG_TraditionalFileFormat")
CONF

run_servers() {
    start_named "$TEST_TMP/named"
    make_postfix_jail "$TEST_TMP/jail" || problem "no folder for Postfix"
    start_rsyslogd rsyslogd "$TEST_TMP/rsyslog.conf" "$TEST_TMP/rsyslogd.err"
    start_postfix "$TEST_TMP/jail" "$TEST_TMP"
    send_mail "$TEST_TMP/jail" 25 friend@else.example alice@site.test ||
        problem "the message to alice was not taken"
    send_mail "$TEST_TMP/jail" 587 alice@site.test friend@else.example ||
        problem "the message to else.example was not taken"
    send_mail "$TEST_TMP/jail" 25 friend@else.example nobody@site.test &&
        problem "an unknown recipient was taken"
    send_mail "$TEST_TMP/jail" 25 friend@else.example other@third.example &&
        problem "a stranger's message was relayed"
    wait_for 10 relayed || problem "the relayed message did not leave"
    stop_process postfix
    stop_process rsyslogd
    stop_processes
}

relayed() {
    grep -q 'status=sent (250' "$TEST_TMP/iso.log" &&
        [ "$(grep -c ': removed' "$TEST_TMP/iso.log")" = 2 ]
}

# count KIND FILE
count() {
    json_text kind <"$2" | grep -c -x "$1"
}

# compare KIND PATTERN LOG PARSED: as many records of the kind as lines that match.
compare() {
    expect_equal "$1 in $(basename "$3")" "$(count "$1" "$4")" "$(grep -c -E -- "$2" "$3")"
}

# reject_of REASON PARSED: the client that it names.
reject_of() {
    grep -E '"kind": ?"smtp-reject"' "$2" | grep -E "\"reason\": ?\"$1\"" | json_text client
}

check_log() {
    local log=$1 parsed=$1.json
    "$DNSMON_BUILD/dnsmon" parse - <"$log" >"$parsed" || problem "dnsmon parse ended with $?"
    compare smtp-connect 'smtpd\[[0-9]+\]: connect from' "$log" "$parsed"
    compare smtp-disconnect 'smtpd\[[0-9]+\]: disconnect from' "$log" "$parsed"
    compare smtp-reject 'NOQUEUE: reject:' "$log" "$parsed"
    compare smtp-from 'qmgr\[[0-9]+\]: [0-9A-Z]+: from=<' "$log" "$parsed"
    compare smtp-to ': to=<.*status=' "$log" "$parsed"
    expect_equal "rejects in all" "$(count smtp-reject "$parsed")" 2
    expect_equal "messages in all" "$(count smtp-from "$parsed")" 2
    expect_equal "deliveries in all" "$(count smtp-to "$parsed")" 2
    expect_equal "who asked for the unknown" "$(reject_of user_unknown "$parsed")" 127.0.0.1
    expect_equal "who asked to relay" "$(reject_of relay_denied "$parsed")" 127.0.0.1
}

run_servers
check_log "$TEST_TMP/iso.log"
check_log "$TEST_TMP/traditional.log"
[ $TEST_FAILURES -eq 0 ] || cut -c 1-220 "$TEST_TMP/iso.log"
finish
