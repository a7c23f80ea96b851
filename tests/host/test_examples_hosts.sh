#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_hosts.sh - the hosts of a site, each an rsyslogd of the distribution: a resolver
# (resolver.conf) and a mail server (mailhost.conf) look at their own logs and send what they find to
# the central host (central.conf); or one host gets all lines and looks at them (collector.conf).
# Last, logrotate takes the central host's files away, and it goes on with new ones.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers logrotate
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
enter_private_network bash "$0"

TO_CENTRAL=(-e 's/target="loghost.example.edu" port="514"/target="127.0.0.1" port="5140"/')

check_central() {
    local dir=$TEST_TMP/central
    expect_line "the resolver's event at the central host" \
        "\"rule\": ?\{ ?\"id\": ?\"mass-mailer\".*\"client\": ?\{ ?\"ip\": ?\"$EXAMPLE_WORM\"" "$dir/dnsmon.json"
    expect_line "the mail server's event at the central host" \
        "\"rule\": ?\{ ?\"id\": ?\"smtp-dos\".*\"client\": ?\{ ?\"ip\": ?\"$EXAMPLE_FLOODER\"" "$dir/dnsmon.json"
    expect_line "an alarm as a line for people" \
        "^20[0-9T:.-]*Z (open|update) [a-z-]*: $EXAMPLE_WORM .*\(netadmin@example.edu\)\$" "$dir/dnsmon-alarms.log"
    expect_line "the other as well" "^20[0-9T:.-]*Z (open|update) smtp-dos: .*$EXAMPLE_FLOODER" "$dir/dnsmon-alarms.log"
    # What a host sent is what it wrote for itself.
    expect_equal "events of the two hosts that did not arrive" "$(sort "$TEST_TMP"/{resolver,mailhost}/dnsmon.json |
        comm -23 - <(sort "$dir/dnsmon.json") | wc -l)" 0
    expect_equal "lines that were no event" "$(cat "$dir/remote.log" 2>/dev/null)" ""
}

check_collector() {
    local dir=$TEST_TMP/collector
    expect_equal "clients that the collector names" "$(clients_in "$dir/dnsmon.json" | tr '\n' ' ')" \
        "$EXAMPLE_WORM $EXAMPLE_FLOODER "
    expect_equal "raw lines that it keeps" "$(wc -l <"$dir/remote/127.0.0.1.log")" \
        "$(cat "$TEST_TMP"/{queries,mail} | wc -l)"
}

# both CENTRAL-FILE: has the two.
both() {
    has_line "$EXAMPLE_WORM" "$1" && has_line "$EXAMPLE_FLOODER" "$1"
}

# rotate: as cron would, the central host's own HUP instead of Debian's script.
rotate() {
    local dir=$TEST_TMP/central
    sed -e "s|/var/log/|$dir/|g" -e "s|/usr/lib/rsyslog/rsyslog-rotate|kill -HUP \$(cat $TEST_TMP/central.pid)|" \
        -e '/^# What Postfix/,$d' "$EXAMPLES/logrotate/dnsmon" >"$TEST_TMP/logrotate.conf"
    chmod 644 "$TEST_TMP/logrotate.conf"
    private /usr/sbin/logrotate -f -s "$TEST_TMP/logrotate.state" "$TEST_TMP/logrotate.conf" \
        >"$TEST_TMP/logrotate.said" 2>&1 || problem "logrotate: $(cat "$TEST_TMP/logrotate.said")"
    [ -s "$dir/dnsmon.json.1" ] && [ -s "$dir/dnsmon-alarms.log.1" ] || problem "logrotate did nothing"
    infected_log 67 67 >"$TEST_TMP/more"
    send "$TEST_TMP/more" 5141
    wait_for 15 has_line 192.0.2.67 "$dir/dnsmon.json" || problem "the central host writes no new dnsmon.json"
}

write_example central central.conf 0 -e 's/port="514"/address="127.0.0.1" port="5140"/'
write_example resolver resolver.conf 5141 "${TO_CENTRAL[@]}"
write_example mailhost mailhost.conf 5142 "${TO_CENTRAL[@]}"
write_example collector collector.conf 0 -e 's/port="514"/address="127.0.0.1" port="5143"/'
for name in central resolver mailhost collector; do start_example $name; done
infected_log 66 66 >"$TEST_TMP/queries"
flood_log >"$TEST_TMP/mail"
wait_for 10 send "$TEST_TMP/queries" 5141
send "$TEST_TMP/mail" 5142
send "$TEST_TMP/mail" 5143
send "$TEST_TMP/queries" 5143
wait_for 20 both "$TEST_TMP/central/dnsmon.json" || problem "the central host has not got both"
wait_for 10 both "$TEST_TMP/collector/dnsmon.json" || problem "the collector has not found both"
for name in resolver mailhost collector; do stop_process $name || problem "$name had to be killed"; done
sleep 0.5
check_central
check_collector
[ -s "$TEST_TMP/mailhost/state" ] || problem "mailhost.conf's state file was not written"
start_example resolver
rotate
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || head -c 3000 "$TEST_TMP"/*.err "$TEST_TMP"/*/dnsmon-alarms.log
finish
