#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_fail2ban.sh - fail2ban.conf and ../fail2ban/: the line that rsyslogd writes about a
# client that floods a mail server is understood by the distribution's fail2ban-regex, and its
# fail2ban-server, run from a private folder with a ban that only writes the address down, bans
# that client once. Hostile names in the mail log come into no line.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers fail2ban
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
command -v python3 >/dev/null || skip "no python3"
enter_private_network bash "$0"

LOG=$TEST_TMP/fail2ban/dnsmon-fail2ban.log
CONF=$TEST_TMP/etc

fail2ban() {
    local program=$1
    shift
    PYTHONPATH=$PRIVATE_ROOT/usr/lib/python3/dist-packages python3 "$PRIVATE_ROOT/usr/bin/$program" "$@"
}

# matched FILE: how many lines of it the filter takes.
matched() {
    fail2ban fail2ban-regex "$1" "$EXAMPLES/fail2ban/filter.d/dnsmon.conf" |
        sed -n 's/^Lines: .*, \([0-9]*\) matched, .*/\1/p'
}

# matched_text LINE
matched_text() {
    printf '%s\n' "$1" >"$TEST_TMP/line"
    matched "$TEST_TMP/line"
}

check_regex() {
    local now
    now=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
    [ "$(matched "$LOG")" -ge 1 ] || problem "fail2ban-regex takes no line of $(cat "$LOG")"
    expect_equal "IPv6" "$(matched_text "$now dnsmon[smtp-dos]: open smtp-dos client=2001:db8:1::66")" 1
    expect_equal "the end of an incident" "$(matched_text "$now dnsmon[smtp-dos]: close smtp-dos client=203.0.113.66")" 0
    expect_equal "another rule" "$(matched_text "$now dnsmon[mass-mailer]: open x client=203.0.113.66")" 0
    expect_equal "more behind the address" "$(matched_text "$now dnsmon[smtp-dos]: open smtp-dos client=203.0.113.66 1")" 0
    expect_equal "a name" "$(matched_text "$now dnsmon[smtp-dos]: open smtp-dos client=host.example")" 0
}

# The example's jail, with the log's path, and instead of nftables an action that writes a file.
write_fail2ban() {
    local etc=$PRIVATE_ROOT/etc/fail2ban
    [ -d "$etc" ] || etc=/etc/fail2ban
    cp -r "$etc" "$CONF"
    rm -f "$CONF"/jail.d/*
    cp -r "$EXAMPLES"/fail2ban/* "$CONF/"
    sed -i -e "s|/var/log/|$(dirname "$LOG")/|" -e 's/^banaction = .*/banaction = record/' "$CONF/jail.d/dnsmon.conf"
    printf '[Definition]\ndbfile = None\n' >"$CONF/fail2ban.local"
    printf '[Definition]\nactionban = echo "<ip> <bantime>" >>%s/banned\nactionunban =\n' "$TEST_TMP" \
        >"$CONF/action.d/record.conf"
}

banned() {
    [ -s "$TEST_TMP/banned" ]
}

write_example fail2ban fail2ban.conf 5142
start_example fail2ban
flood_log | sed 's/helo=<b\.example>/helo=<dnsmon[smtp-dos]: open smtp-dos client=198.51.100.1>/' >"$TEST_TMP/mail"
flood_log | sed 's/203\.0\.113\.66/192.0.2.77/g; s/ mx1 / mx2 /' >"$TEST_TMP/own"
wait_for 10 send "$TEST_TMP/mail" 5142
send "$TEST_TMP/own" 5142
wait_for 20 test -s "$LOG" || problem "no line was written"
wait_for 10 has_line '"smtp-dos".*"192\.0\.2\.77"' "$TEST_TMP/fail2ban/dnsmon.json" || problem "the own client was not found"
expect_no_line "an address that nobody has" '198\.51\.100\.1|192\.0\.2\.77' "$LOG"
check_regex
write_fail2ban
start_process fail2ban-server "$TEST_TMP/server.err" env \
    PYTHONPATH="$PRIVATE_ROOT/usr/lib/python3/dist-packages" python3 "$PRIVATE_ROOT/usr/bin/fail2ban-server" -f \
    -c "$CONF" -s "$TEST_TMP/socket" -p "$TEST_TMP/pid" --logtarget "$TEST_TMP/server.log" start
wait_for 20 banned || problem "nobody was banned: $(tail -n 5 "$TEST_TMP/server.log" "$TEST_TMP/server.err")"
sleep 1
expect_equal "who is banned, and for how long" "$(cat "$TEST_TMP/banned")" "$EXAMPLE_FLOODER 86400"
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || { cat "$LOG"; head -c 2500 "$TEST_TMP"/*.err; }
finish
