#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_syslogng_notify.sh - who gets mail: examples/syslog-ng/notify.conf in the distribution's
# syslog-ng with smtp(), Postfix behind it and smtp-sink. BIND's query log is written here.
#
#   live      An infected machine in each of seventeen departments, one in a network within a
#             network, one whose manager has no address, authorised mail servers that ask as much,
#             and addresses outside. Each mail goes to the manager of the longest prefix and names
#             his machine only; servers and outsiders are in none. Postfix is not there at first:
#             the mails wait.
#   outbreak  Sixty infected machines in one department, in the past. Four mails in any hour at
#             most, and he is told of each machine once.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
# shellcheck source=lib_examples_ng.sh
. "$DNSMON_SRC/tests/host/lib_examples_ng.sh"
enter_private_network bash "$0"
export LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs
# shellcheck source=lib_notify.sh
. "$DNSMON_SRC/tests/host/lib_notify.sh"

# query_log: "CLIENT TYPE NAME" as named's own log has it.
query_log() {
    awk '{ printf "D T queries: info: client @0x7f0000000000 %s#4242 (%s): query: %s IN %s +E(0) (127.0.0.1)\n", \
        $1, $3, $3, $2 }'
}

# just_now: the same lines, in the last five minutes.
just_now() {
    awk -v end="$(date +%s)" '{ line[NR] = $0 }
        END {
            for (n = 1; n <= NR; n++) {
                t = end - 300 + 299 * n / NR
                sub(/^D T/, strftime("%d-%b-%Y %H:%M:%S", int(t)) sprintf(".%03d", (t - int(t)) * 1000), line[n])
                print line[n]
            }
        }'
}

# reader NAME LOG: notify.conf as it is, but for its paths, reads LOG.
reader() {
    local dir=$TEST_TMP/$1
    mkdir -p "$dir"
    write_ng "$1" notify.conf 0 -e "s/\"localhost\") port(25)/\"$SERVERS_POSTFIX\") port(587)/" \
        -e 's/dnsmon@example\.edu")/dnsmon@site.test")/' -e "s|disk-buffer(|&dir(\"$dir\") |"
    sed -i "s|^source s_src.*|source s_src { file(\"$2\" flags(no-parse) follow-freq(0.1)); };|" "$dir.conf"
    cat >>"$dir.conf" <<CONF
source s_mail { unix-dgram("$JAIL/dev/log"); };
destination d_mail { file("$dir/mail.log"); };
log { source(s_mail); destination(d_mail); };
CONF
    write_dnsmon_conf notifiers=127.0.0.1 >"$dir/dnsmon.conf"
    start_ng "$1"
}

run_live() {
    live_questions | query_log | just_now >"$TEST_TMP/live.log"
    reader live "$TEST_TMP/live.log"
    wait_for 20 has_clients $((DEPARTMENTS + 3)) "$TEST_TMP/live/dnsmon.json" || problem "not all were found"
    start_postfix "$JAIL" "$TEST_TMP"
    wait_for 30 mails_are $((DEPARTMENTS + 2)) || problem "only $(mails | wc -l) mails came"
    stop_process live
    check_live "$TEST_TMP/live"
}

run_outbreak() {
    rm -f "$JAIL"/var/dump/*
    outbreak_questions | query_log | retime >"$TEST_TMP/past.log"
    reader outbreak "$TEST_TMP/past.log"
    wait_for 40 all_told
    stop_process outbreak
    sleep 2         # what came of the last lines is on its way through Postfix
    check_outbreak
}

start_named "$TEST_TMP/named"
make_postfix_jail "$JAIL" || problem "no folder for Postfix"
mkdir -m 1777 "$JAIL/var/dump"
# shellcheck disable=SC2034 # read by start_postfix
SERVERS_SINK_OPTIONS=(-d /var/dump/mail.)
run_live
run_outbreak
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || head -c 2500 "$TEST_TMP"/*.err
finish
