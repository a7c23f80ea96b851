#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_rsyslog_notify.sh - who gets mail: examples/rsyslog/notify.conf in the distribution's
# rsyslogd, ommail, Postfix and smtp-sink, named asked by real clients.
#
#   live      An infected machine in each of seventeen departments, one in a network within a
#             network, one whose manager has no address, authorised mail servers that ask as much,
#             and addresses outside. Each mail goes to the manager of the longest prefix and names
#             his machine only; servers and outsiders are in none.
#   loop      To deliver these mails Postfix asks for as many mail servers as a worm would:
#             [events] notifiers keeps that from being found, and without the key it is found.
#   outbreak  Sixty infected machines in one department. named's lines are given new times, over
#             two hours, since a manager's budget is an hour's: what rsyslogd reads is the log of
#             the past. Four mails in any hour at most, and he is told of each machine once.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
MODULE=$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon.so
[ -f "$MODULE" ] || skip "omdnsmon is not built ($MODULE)"
enter_private_network bash "$0"

# shellcheck source=lib_notify.sh
. "$DNSMON_SRC/tests/host/lib_notify.sh"

ask() {
    "$TEST_TMP/askdns" "$SERVERS_NAMED" 53 0 <"$1" >"$TEST_TMP/askdns.log" 2>&1 ||
        problem "named did not answer: $(tail -n 1 "$TEST_TMP/askdns.log")"
}

# write_rsyslog_conf NAME LOG: notify.conf as it is, but for its paths; what reads the logs.
write_rsyslog_conf() {
    local dir=$TEST_TMP/$1
    mkdir -p "$dir"
    write_dnsmon_conf "$NOTIFIERS" >"$dir/dnsmon.conf"
    DNSMON=$DNSMON_BUILD/dnsmon sh "$DNSMON_SRC/examples/rsyslog/managers.sh" "$dir/dnsmon.conf" \
        "$SERVERS_POSTFIX" 587 dnsmon@site.test >"$dir/managers.rsyslog" 2>"$dir/managers.err" ||
        problem "managers.sh ended with $?"
    expect_equal "what managers.sh says" "$(grep -c 'nobody is mailed for "Room 12' "$dir/managers.err")" 1
    expect_equal "how much it says" "$(wc -l <"$dir/managers.err")" 1
    cat >"$dir.conf" <<CONF
global(workDirectory="$dir" maxMessageSize="64k")
module(load="imfile")
module(load="imuxsock" SysSock.Use="off")
input(type="imfile" File="$2" Tag="named:" Facility="daemon")
input(type="imuxsock" Socket="$JAIL/dev/log" RateLimit.Interval="0")
if \$syslogfacility-text == "mail" then action(type="omfile" file="$dir/mail.log")
CONF
    sed -e "s|load=\"omdnsmon\"|load=\"$MODULE\"|" -e "s|/etc/dnsmon/|$dir/|" -e "s|/var/log/|$dir/|" \
        "$DNSMON_SRC/examples/rsyslog/notify.conf" >>"$dir.conf"
    LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs check_rsyslogd "$dir.conf" "$dir.check" ||
        problem "rsyslogd does not accept notify.conf: $(cat "$dir.check")"
}

start_reader() {
    LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs start_rsyslogd "$1" "$TEST_TMP/$1.conf" "$TEST_TMP/$1.err"
}

# check_loop: Postfix has asked for every manager's mail server.
check_loop() {
    local asked
    asked=$(grep -c -E 'client @?[^ ]* ?127\.0\.0\.1#.* IN MX ' "$TEST_TMP/named/query.log")
    [ "$asked" -ge $((DEPARTMENTS + 2)) ] || problem "Postfix asked for $asked mail servers only"
    expect_no_line "an event about the notifier" '127\.0\.0\.1"' "$TEST_TMP/live/dnsmon.json"
    write_dnsmon_conf "" >"$TEST_TMP/no-guard.conf"
    "$DNSMON_BUILD/dnsmon" replay -c "$TEST_TMP/no-guard.conf" --json "$TEST_TMP/named/query.log" \
        >"$TEST_TMP/no-guard.json" || problem "dnsmon replay ended with $?"
    expect_line "without notifiers= the notifier is found" '"ip": ?"127\.0\.0\.1"' \
        "$TEST_TMP/no-guard.json"
}

run_live() {
    start_named "$TEST_TMP/named"
    make_postfix_jail "$JAIL" || problem "no folder for Postfix"
    mkdir -m 1777 "$JAIL/var/dump"
    NOTIFIERS=notifiers=127.0.0.1
    write_rsyslog_conf live "$TEST_TMP/named/query.log"
    start_reader live
    SERVERS_SINK_OPTIONS=(-d /var/dump/mail.)
    start_postfix "$JAIL" "$TEST_TMP"
    live_questions >"$TEST_TMP/live.questions"
    ask "$TEST_TMP/live.questions"
    wait_for 40 mails_are $((DEPARTMENTS + 2)) || problem "only $(mails | wc -l) mails came"
    sleep 7         # the library looks at a line within 5 s: a wrong mail would be here then
    stop_process live
    sleep 1
    check_live "$TEST_TMP/live"
    check_loop
}

run_outbreak() {
    : >"$TEST_TMP/named/query.log"
    rm -f "$JAIL"/var/dump/*
    outbreak_questions >"$TEST_TMP/outbreak.questions"
    ask "$TEST_TMP/outbreak.questions"
    sleep 0.5
    grep -a ' IN ' "$TEST_TMP/named/query.log" | grep -a '127\.20\.200\.' >"$TEST_TMP/outbreak.log"
    expect_equal "questions in named's log" "$(wc -l <"$TEST_TMP/outbreak.log")" $((OUTBREAK * DOMAINS * 2))
    retime "$TEST_TMP/outbreak.log" >"$TEST_TMP/past.log"
    write_rsyslog_conf outbreak "$TEST_TMP/past.log"
    start_reader outbreak
    wait_for 40 all_told
    stop_process outbreak
    sleep 2         # what came of the last lines is on its way through Postfix
    check_outbreak
}

export TZ=UTC LC_ALL=C
cc -O1 -o "$TEST_TMP/askdns" "$DNSMON_SRC/examples/demo/askdns.c" || problem "askdns does not build"
run_live
run_outbreak
stop_processes
finish
