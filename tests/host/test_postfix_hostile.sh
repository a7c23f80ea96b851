#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_postfix_hostile.sh - the distribution's Postfix, visited by clients whose helo, senders,
# recipients and headers look like parts of a log line, with and without quotes around addresses
# (info_log_address_format), and an operator's reject texts that do too (doc/FORMATS.md, "Postfix").
# Of every line that "dnsmon parse" makes a record of, the client is one that was there and the one
# of its connection; sender and recipient are right or the record says "ambiguous".

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
enter_private_network bash "$0"
cc -O2 -o "$TEST_TMP/talk" "$DNSMON_SRC/tests/host/talk.c" || fail "talk.c does not compile"

cat >"$TEST_TMP/rsyslog.conf" <<CONF
global(workDirectory="$TEST_TMP" maxMessageSize="64k")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$TEST_TMP/jail/dev/log" RateLimit.Interval="0")
action(type="omfile" file="$TEST_TMP/mail.log" template="RSYSLOG_FileFormat")
CONF

# The operator's own words, chosen as badly as can be.
more_configuration() {
    cat >>"$TEST_TMP/jail/etc/postfix/main.cf" <<'CONF'
smtpd_recipient_restrictions = check_client_access texthash:/etc/postfix/client,
    check_sender_access texthash:/etc/postfix/sender, check_recipient_access texthash:/etc/postfix/rcpt,
    permit_mynetworks, reject_unauth_destination
header_checks = regexp:/etc/postfix/header_checks
smtpd_delay_reject = yes
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 100
smtpd_forbid_bare_newline = no
default_process_limit = 4
CONF
    cat >"$TEST_TMP/jail/etc/postfix/rcpt" <<'MAP'
operator@site.test 554 5.7.1 no; from=<x> to=<y> thanks
trailer@site.test 554 5.7.1 Blocked (https://bl.example/?a=<b>&c=[1.2.3.4]) - proto=SMTP helo=<z>
forged@site.test 550 5.7.1 go away, unknown[6.6.6.6]: 550 5.1.1 <a@b>: Recipient address rejected: User unknown; from=<p@q> to=<r@s> proto=SMTP helo=<t>
MAP
    cat >"$TEST_TMP/jail/etc/postfix/client" <<'MAP'
127.50.0.9 554 5.7.1 Service unavailable; client [6.6.6.6] blocked using bl.example; see [7.7.7.7]
MAP
    cat >"$TEST_TMP/jail/etc/postfix/sender" <<'MAP'
bad@third.example 550 5.7.1 sender from host[6.6.6.6]: not here
MAP
    cat >"$TEST_TMP/jail/etc/postfix/header_checks" <<'MAP'
/^Subject: rejectme/ REJECT not this; from=<o> to=<p>
/^Subject: warnme/ WARN
/^Subject: discardme (.*)/ DISCARD bye $1
MAP
}

# say CLIENT: standard input to port 25.
say() {
    "$TEST_TMP/talk" "$1" "$SERVERS_POSTFIX" 25 >>"$TEST_TMP/replies" 2>&1 ||
        problem "the dialogue of $1 broke off"
}

# reject CLIENT HELO SENDER RECIPIENT: is refused.
reject() {
    printf '%s\n' "HELO $2" "MAIL FROM:<$3>" "RCPT TO:<$4>" QUIT | say "$1"
}

# message CLIENT SENDER RECIPIENT SUBJECT
message() {
    printf '%s\n' "HELO client.example" "MAIL FROM:<$2>" "RCPT TO:<$3>" DATA "+Subject: $4" + +hello . \
        QUIT | say "$1"
}

# A dialogue a client, so that the client says which it was.
talk_to_postfix() {
    reject 127.50.0.1 'a proto=SMTP helo=<y> from unknown[6.6.6.6]' a@third.example x@else.example
    reject 127.50.0.2 '[6.6.6.6]' '' x@else.example
    reject 127.50.0.3 "$(printf 'h%.0s' {1..300})" a@third.example x@else.example
    reject 127.50.0.4 client.example '"x> to=<y"@third.example' '"q; from=<a> to=<b>"@else.example'
    reject 127.50.0.5 client.example '"x> to=<y> proto=SMTP helo=<z"@third.example' nobody@site.test
    reject 127.50.0.6 client.example rej@third.example operator@site.test
    reject 127.50.0.7 client.example rej@third.example trailer@site.test
    reject 127.50.0.8 client.example rej@third.example forged@site.test
    reject 127.50.0.9 client.example rej@third.example alice@site.test
    reject 127.50.0.10 client.example bad@third.example alice@site.test
    reject 127.50.0.11 client.example '"from unknown[6.6.6.6]: 550"@third.example' \
        '"RCPT from unknown[6.6.6.6]: 550 5.1.1 <a@b>: Relay access denied"@else.example'
    reject 127.50.0.12 client.example 'a\195\169\255@third.example' 'b\226\128\174c@else.example'
    message 127.50.0.20 a@third.example alice@site.test \
        'rejectme; from=<x> to=<y> from host[6.6.6.6]; from=<a> to=<b> proto=SMTP helo=<c>: no'
    message 127.50.0.21 a@third.example alice@site.test \
        'warnme from x[6.6.6.6]; from=<a> to=<b> proto=SMTP helo=<c>'
    message 127.50.0.22 a@third.example alice@site.test 'discardme from y[6.6.6.6]; from=<a>'
    message 127.50.0.23 '"a>, size=1, nrcpt=9 (queue active"@third.example' alice@site.test plain
    printf '%s\n' 'HELO client.example' '\255\254 from unknown[6.6.6.6]' 'NOOP unknown[6.6.6.6]' \
        'VRFY "x from unknown[6.6.6.6]"' QUIT | say 127.50.0.24
    printf '%s\n' 'EHLO client.example' 'AUTH PLAIN x' 'MAIL FROM:<a@third.example> SIZE=99999999999' QUIT |
        say 127.50.0.25
}

# run_postfix LOG [LINE]: one whole life of Postfix.  LINE: more of main.cf.
run_postfix() {
    write_postfix_conf "$TEST_TMP/jail"
    sed -i '/^smtpd_recipient_restrictions/d' "$TEST_TMP/jail/etc/postfix/main.cf"
    more_configuration
    printf '%s\n' "${2-}" >>"$TEST_TMP/jail/etc/postfix/main.cf"
    # start_postfix writes its configuration again, so the master is started here.
    start_process postfix "$TEST_TMP/master.log" env -i PATH=/usr/sbin:/usr/bin \
        MAIL_CONFIG=/etc/postfix MAIL_LOGTAG=postfix LANG=C chroot "$TEST_TMP/jail" \
        /usr/lib/postfix/sbin/master -c /etc/postfix -d
    wait_for 15 tcp_open "$SERVERS_POSTFIX" 25 || {
        show_tail "$TEST_TMP/master.log"
        show_tail "$TEST_TMP/mail.log"
        fail "Postfix did not start"
    }
    talk_to_postfix
    wait_for 10 settled || problem "Postfix did not finish its queue"
    stop_process postfix
    mv "$TEST_TMP/mail.log" "$1"
    kill -HUP "$(cat "$TEST_TMP/rsyslog.pid")"
}

settled() {
    [ "$(grep -c 'disconnect from' "$TEST_TMP/mail.log")" -ge 18 ] &&
        [ "$(grep -c ': removed' "$TEST_TMP/mail.log")" -ge 2 ]
}

# Each smtpd process serves one client after the other: the client of a line is that of the last
# "connect from" of its process; that line has nothing that a stranger chose but its own address.
true_clients() {
    sed -E -n -e 's/.* (postfix\/smtpd\[[0-9]+\]): connect from [a-z0-9.]+\[([0-9.]+)\]$/C \1 \2/p;t' \
        -e 's/.* (postfix\/smtpd\[[0-9]+\]): .*/L \1/p;t' -e 's/.*/L -/p' "$1" |
        awk '$1 == "C" { of[$2] = $3 } { print $2 == "-" ? "-" : of[$2] }'
}

check_log() {
    local log=$1 parsed=$1.json
    "$DNSMON_BUILD/dnsmon" parse "$log" >"$parsed" || problem "dnsmon parse ended with $?"
    expect_equal "lines" "$(wc -l <"$parsed")" "$(wc -l <"$log")"
    # The client of a record is that of its connection; cleanup's is known by the line's end.
    paste -d ' ' <(true_clients "$log") <(json_text client <"$parsed") <(json_text kind <"$parsed") |
        awk '$1 != "-" && NF == 3 && $1 != $2 { print NR ": " $0 }' >"$TEST_TMP/wrong"
    expect_equal "clients that are not of the connection ($(cat "$TEST_TMP/wrong"))" \
        "$(wc -l <"$TEST_TMP/wrong")" 0
    # No record of any kind names one of the forged addresses as client.
    json_text client <"$parsed" | grep -E '^(6\.6|7\.7|1\.2)\.' >"$TEST_TMP/forged"
    expect_equal "forged clients" "$(wc -l <"$TEST_TMP/forged")" 0
    expect_no_line "a message's numbers" '"kind":"smtp-from".*("nrcpt":9|"size":1,)' "$parsed"
    expect_no_line "clients from nowhere" '"client":"(1[013-9]|12[0-689]|[3-9])' "$parsed"
}

# record_is CLIENT REASON SENDER RECIPIENT: of the one reject of that client, unless its line says
# that it is ambiguous, which none with quoted addresses may.
record_is() {
    local record
    record=$(grep '"kind":"smtp-reject"' "$PARSED" | grep "\"client\":\"$1\"")
    expect_equal "records of $1" "$(grep -c . <<<"$record")" 1
    expect_equal "$1, reason" "$(json_text reason <<<"$record")" "$2"
    case $record in
    *'"ambiguous":true'*) [ "$QUOTED" = no ] || problem "$1 is ambiguous: $record" ;;
    *)
        expect_equal "$1, sender" "$(json_text sender <<<"$record")" "$(form "$3")"
        expect_equal "$1, recipient" "$(json_text recipient <<<"$record")" "$(form "$4")"
        ;;
    esac
}

# form ADDRESS: as this log prints it.
form() {
    if [ "$QUOTED" = yes ]; then echo "$1"; else echo "${1//\"/}"; fi
}

check_rejects() {
    PARSED=$1.json
    record_is 127.50.0.1 relay_denied a@third.example x@else.example
    record_is 127.50.0.2 relay_denied '' x@else.example
    record_is 127.50.0.3 relay_denied a@third.example x@else.example
    record_is 127.50.0.4 relay_denied '"x> to=<y"@third.example' '"q; from=<a> to=<b>"@else.example'
    record_is 127.50.0.5 user_unknown '"x> to=<y> proto=SMTP helo=<z"@third.example' nobody@site.test
    record_is 127.50.0.6 recipient_rejected rej@third.example operator@site.test
    record_is 127.50.0.7 recipient_rejected rej@third.example trailer@site.test
    record_is 127.50.0.8 recipient_rejected rej@third.example forged@site.test
    record_is 127.50.0.9 access_denied rej@third.example alice@site.test
    record_is 127.50.0.10 access_denied bad@third.example alice@site.test
    record_is 127.50.0.11 relay_denied '"from unknown[6.6.6.6]: 550"@third.example' \
        '"RCPT from unknown[6.6.6.6]: 550 5.1.1 <a@b>: Relay access denied"@else.example'
    # A header that the operator's text repeats: who sent it cannot be told, and is not invented.
    expect_line "cleanup's line is ambiguous" \
        '"prog":"postfix/cleanup".*"client":null.*"action":"discard".*"ambiguous":true' "$PARSED"
}

make_postfix_jail "$TEST_TMP/jail" || problem "no folder for Postfix"
start_named "$TEST_TMP/named"
start_rsyslogd rsyslogd "$TEST_TMP/rsyslog.conf" "$TEST_TMP/rsyslogd.err"
run_postfix "$TEST_TMP/quoted.log"
run_postfix "$TEST_TMP/unquoted.log" "info_log_address_format = internal"
stop_processes
QUOTED=yes
check_log "$TEST_TMP/quoted.log"
check_rejects "$TEST_TMP/quoted.log"
QUOTED=no
check_log "$TEST_TMP/unquoted.log"
check_rejects "$TEST_TMP/unquoted.log"
finish
