#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_syslogng.sh - examples/syslog-ng/*.conf in the distribution's syslog-ng. Each passes its
# check; a resolver sends events to a central host that is stopped and started, and none is
# lost, nor when the resolver is restarted meanwhile; Elasticsearch's bulk format is checked by
# bulk.py; the lines for Postfix, fail2ban and the response policy zone are those of the rsyslog examples.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_program
# shellcheck source=lib_examples_ng.sh
. "$DNSMON_SRC/tests/host/lib_examples_ng.sh"
enter_private_network bash "$0"
export LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs

check_syntax() {
    local file name
    for file in "$EXAMPLES"/syslog-ng/*.conf; do
        name=check-$(basename "$file" .conf)
        write_ng "$name" "$(basename "$file")" 5140
        "$SYSLOGNG" -s -f "$TEST_TMP/$name.conf" >"$TEST_TMP/$name.said" 2>&1 || problem "syslog-ng does not accept $file"
        if grep . "$TEST_TMP/$name.said"; then problem "syslog-ng has something to say about $file"; fi
    done
    sed 's/inject-mode/injectmode/' "$TEST_TMP/check-resolver.conf" >"$TEST_TMP/wrong.conf"
    if "$SYSLOGNG" -s -f "$TEST_TMP/wrong.conf" >"$TEST_TMP/wrong.said" 2>&1; then
        problem "syslog-ng -s accepts an option that does not exist"
    fi
}

infect() {
    infected_log "$1" "$2" >"$TEST_TMP/queries"
    wait_for 10 send "$TEST_TMP/queries" "$3"
    wait_for 15 has_line "192\\.0\\.2\\.$2\"" "$TEST_TMP/$4/dnsmon.json" || problem "192.0.2.$2 was not found"
}

missing() {
    touch "$TEST_TMP/central/dnsmon.json"
    comm -23 <(sort -u "$TEST_TMP/resolver/dnsmon.json") <(sort -u "$TEST_TMP/central/dnsmon.json") | wc -l
}

all_arrived() {
    [ "$(missing)" = 0 ]
}

run_central() {
    write_ng central central.conf 5149 -e 's/ip("0.0.0.0") port(514)/ip("127.0.0.1") port(5145)/'
    write_ng resolver resolver.conf 5141 -e 's/"loghost\.example\.edu" port(514)/"127.0.0.1" port(5145)/' \
        -e "s|disk-buffer(|&dir(\"$TEST_TMP/resolver\") |"
    start_ng central
    start_ng resolver
    infect 10 12 5141 resolver
    wait_for 15 all_arrived || problem "both are there: $(missing) events missing"
    stop_process central
    infect 20 22 5141 resolver
    start_ng central
    wait_for 15 all_arrived || problem "the central host came back: $(missing) events missing"
    stop_process central
    infect 30 32 5141 resolver
    stop_process resolver || problem "the resolver had to be killed"
    start_ng resolver
    start_ng central
    wait_for 15 all_arrived || problem "both were away: $(missing) events missing"
    expect_line "an alarm as a line for people" \
        '^20[0-9T:.-]*Z (open|update) [a-z-]*: 192\.0\.2\.11 .*\(netadmin@example.edu\)$' "$TEST_TMP/central/dnsmon-alarms.log"
    stop_process resolver
    stop_process central
}

stored() {
    touch "$TEST_TMP/stored"
    cut -d ' ' -f 3- "$TEST_TMP/stored"
}

all_stored() {
    [ -z "$(comm -3 <(stored | sort) <(sort "$TEST_TMP/elastic/dnsmon.json"))" ]
}

run_elastic() {
    write_ng elastic elastic.conf 5142 -e 's|https://search.example.edu:9200|http://127.0.0.1:9200|' \
        -e '/^ *tls(/d' -e "s|disk-buffer(|&dir(\"$TEST_TMP/elastic\") |"
    start_ng elastic
    infect 10 12 5142 elastic
    touch "$TEST_TMP/busy"
    start_process bulk "$TEST_TMP/bulk.err" python3 "$DNSMON_SRC/tests/host/bulk.py" 9200 "$TEST_TMP"
    wait_for 15 test -s "$TEST_TMP/refused" || problem "nothing came while the server was busy"
    rm "$TEST_TMP/busy"
    wait_for 20 all_stored || problem "$(stored | wc -l) of $(wc -l <"$TEST_TMP/elastic/dnsmon.json") events stored"
    stop_process elastic
    expect_equal "faults of the requests" "$(sort "$TEST_TMP/faults" 2>/dev/null | uniq -c)" ""
    expect_equal "data streams" "$(cut -d ' ' -f 1 "$TEST_TMP/stored" | sort -u)" logs-dnsmon.event-default
}

run_lines() {
    local feed=$TEST_TMP/rpz/rpz.feed
    write_ng mailhost mailhost.conf 5143
    write_ng rpz rpz.conf 5144
    start_ng mailhost
    start_ng rpz
    flood_log >"$TEST_TMP/mail"
    wait_for 10 send "$TEST_TMP/mail" 5143
    # By TCP: only what cannot be forged counts.
    infected_log 66 66 | sed 's/ +E(0) / +E(0)T /' >"$TEST_TMP/queries"
    wait_for 10 send "$TEST_TMP/queries" 5144
    wait_for 15 test -s "$feed" || problem "no line for the response policy zone"
    wait_for 15 test -s "$TEST_TMP/mailhost/dnsmon_access" || problem "no line for Postfix"
    expect_line "for Postfix" "^$EXAMPLE_FLOODER REJECT too many refused attempts\$" "$TEST_TMP/mailhost/dnsmon_access"
    expect_line "for fail2ban" "^20[0-9T:.-]*Z dnsmon\[smtp-dos\]: (open|update) smtp-dos client=$EXAMPLE_FLOODER\$" \
        "$TEST_TMP/mailhost/dnsmon-fail2ban.log"
    CHECKZONE=true RNDC=true sh "$EXAMPLES/rsyslog/rpz-zone.sh" "$feed" "$TEST_TMP/rpz.zone" rpz.example.edu
    expect_line "for the zone" '^32\.66\.2\.0\.192\.rpz-client-ip CNAME \.$' "$TEST_TMP/rpz.zone"
}

check_syntax
run_central
run_elastic
run_lines
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || head -c 2500 "$TEST_TMP"/*.err
finish
