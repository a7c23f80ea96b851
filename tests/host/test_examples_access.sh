#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_access.sh - access.conf: what smtp-dos suggests becomes an access(5) table that the
# distribution's postmap takes, and with which its Postfix refuses that client and nobody else. A
# client of the site's own that does the same is in no table.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
command -v python3 >/dev/null || skip "no python3"
enter_private_network bash "$0"
[ "$DNSMON_NAMESPACE" = own ] || skip "no network namespace to be had here"

JAIL=$TEST_TMP/jail
TABLE=$TEST_TMP/access/dnsmon_access
STRANGER=203.0.113.7

# postmap ARGUMENT...: in Postfix' own root.
postmap() {
    env -i PATH=/usr/sbin MAIL_CONFIG=/etc/postfix chroot "$JAIL" /usr/sbin/postmap "$@"
}

# greeting CLIENT: what Postfix answers to a recipient that is there.
greeting() {
    python3 - "$1" "$SERVERS_POSTFIX" <<'PYTHON'
import smtplib, sys
with smtplib.SMTP(sys.argv[2], 25, "client.example", 20, (sys.argv[1], 0)) as server:
    server.ehlo()
    server.mail("a@b.example")
    print(*server.rcpt("alice@site.test"))
PYTHON
}

loopback_address lo:1 $EXAMPLE_FLOODER 255.255.255.255 && loopback_address lo:2 $STRANGER 255.255.255.255 ||
    skip "the private network takes no more addresses"
write_example access access.conf 5142
cat >>"$TEST_TMP/access.conf" <<CONF
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$JAIL/dev/log" RateLimit.Interval="0")
CONF
make_postfix_jail "$JAIL" || problem "no folder for Postfix"
cp -a "$PRIVATE_ROOT/usr/sbin/postmap" "$JAIL/usr/sbin/"
copy_libraries "$JAIL"
start_named "$TEST_TMP/named"
start_example access
flood_log >"$TEST_TMP/mail"
flood_log | sed 's/203\.0\.113\.66/192.0.2.77/g; s/ mx1 / mx2 /' >"$TEST_TMP/own"
wait_for 10 send "$TEST_TMP/mail" 5142
send "$TEST_TMP/own" 5142
wait_for 20 test -s "$TABLE" || problem "no table was written"
wait_for 10 has_line '"smtp-dos".*"192\.0\.2\.77"' "$TEST_TMP/access/dnsmon.json" || problem "the own client was not found"
expect_equal "the table" "$(sort -u "$TABLE")" "$EXAMPLE_FLOODER REJECT too many refused attempts"

start_postfix "$JAIL" "$TEST_TMP"
expect_equal "the client, before" "$(greeting $EXAMPLE_FLOODER | cut -c 1-3)" 250
cp "$TABLE" "$JAIL/etc/postfix/dnsmon_access"
postmap /etc/postfix/dnsmon_access 2>"$TEST_TMP/postmap.err" || problem "postmap: $(cat "$TEST_TMP/postmap.err")"
expect_equal "postmap -q of the client" "$(postmap -q $EXAMPLE_FLOODER hash:/etc/postfix/dnsmon_access)" \
    "REJECT too many refused attempts"
expect_equal "postmap -q of another" "$(postmap -q $STRANGER hash:/etc/postfix/dnsmon_access)" ""
grep -F 'smtpd_client_restrictions =' "$EXAMPLES/rsyslog/access.conf" | sed 's/^# *//' >>"$JAIL/etc/postfix/main.cf"
for i in "${!PRIVATE_PIDS[@]}"; do
    if [ "${PRIVATE_NAMES[$i]}" = postfix ]; then kill -HUP "${PRIVATE_PIDS[$i]}"; fi
done
refused() {
    greeting $EXAMPLE_FLOODER | grep -q '^554 .*too many refused attempts'
}
wait_for 15 refused || problem "Postfix says to the client: $(greeting $EXAMPLE_FLOODER 2>&1 | tail -n 1)"
expect_equal "another client" "$(greeting $STRANGER | cut -c 1-3)" 250
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || { cat "$TABLE"; head -c 2500 "$TEST_TMP"/*.err; }
finish
