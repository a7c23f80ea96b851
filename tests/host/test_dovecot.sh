#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_dovecot.sh - the distribution's Dovecot, log-ins by POP3 of users whose names look like parts
# of its log line ("rip=", the end of a log-in), each from an address of its own, once through
# syslog and once to a file of Dovecot's own.  "dnsmon parse" names each log-in's true client and
# user, and makes nothing of failed ones.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers dovecot-core dovecot-pop3d
need_program
enter_private_network bash "$0"
cc -O2 -o "$TEST_TMP/talk" "$DNSMON_SRC/tests/host/talk.c" || fail "talk.c does not compile"

SERVER=127.77.0.110
JAIL=$TEST_TMP/jail
# Who logs in; of line N from 127.60.0.N.  No ':', which ends a user's name in a passwd-file.
cat >"$TEST_TMP/users" <<'USERS'
alice
bob@site.test
a, rip=10.9.8.7, lip=127.0.0.1
x>, method=PLAIN, rip=10.9.8.7, lip=127.0.0.1, mpid=1, session=<y
x>, rip=10.9.8.7
rip=10.9.8.7, y
pop3-login Login user=<z>, method=PLAIN, rip=10.9.8.7, lip=127.0.0.1
<script>alert(1)</script>
%r %u %{rip}
USERS

make_jail() {
    private_jail "$JAIL" /usr/lib/dovecot /usr/sbin/dovecot /usr/bin/doveconf
    printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'dovecot:x:65011:65011::/:/bin/false' \
        'dovenull:x:65012:65012::/:/bin/false' 'vmail:x:65013:65013::/mail:/bin/false' >"$JAIL/etc/passwd"
    printf '%s\n' 'root:x:0:' 'dovecot:x:65011:' 'dovenull:x:65012:' 'vmail:x:65013:' >"$JAIL/etc/group"
    mkdir -p "$JAIL"/{mail,run/dovecot,etc/dovecot,var/lib/dovecot,var/log}
    chown 65013:65013 "$JAIL/mail"
    while IFS= read -r user; do printf '%s:{PLAIN}secret::::::\n' "$user"; done \
        <"$TEST_TMP/users" >"$JAIL/etc/dovecot/users"
}

# write_conf LINE...
write_conf() {
    cat >"$JAIL/etc/dovecot/dovecot.conf" <<CONF
protocols = pop3
listen = $SERVER
ssl = no
disable_plaintext_auth = no
auth_username_chars =
auth_username_translation =
auth_username_format = %u
auth_failure_delay = 0
mail_location = maildir:/mail/box
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 1
service pop3-login {
    chroot =
    inet_listener pop3 {
        port = 110
    }
    inet_listener pop3s {
        port = 0
    }
}
passdb {
    driver = passwd-file
    args = username_format=%u /etc/dovecot/users
}
userdb {
    driver = static
    args = uid=vmail gid=vmail home=/mail
}
$(printf '%s\n' "$@")
CONF
}

# visit: everybody logs in, and one with a wrong password and a name that is a log-in's line.
visit() {
    local n=0 user
    while IFS= read -r user; do
        n=$((n + 1))
        printf '%s\n' "USER $user" 'PASS secret' STAT QUIT |
            "$TEST_TMP/talk" 127.60.0.$n "$SERVER" 110 >>"$TEST_TMP/replies" 2>&1 ||
            problem "$user could not talk to Dovecot"
    done <"$TEST_TMP/users"
    printf '%s\n' 'USER q>, method=PLAIN, rip=10.9.8.7, lip=127.0.0.1' 'PASS wrong' \
        'AUTH Login: user=<a>, method=PLAIN, rip=10.9.8.7' QUIT |
        "$TEST_TMP/talk" 127.60.0.99 "$SERVER" 110 >>"$TEST_TMP/replies" 2>&1
}

logged_in() {
    [ "$(grep -c 'Login: ' "$1")" -ge "$(wc -l <"$TEST_TMP/users")" ]
}

# run_dovecot LOG
run_dovecot() {
    start_process dovecot "$TEST_TMP/dovecot.err" chroot "$JAIL" /usr/sbin/dovecot -F
    wait_for 15 tcp_open "$SERVER" 110 || {
        show_tail "$TEST_TMP/dovecot.err"
        show_tail "$1"
        fail "Dovecot did not start"
    }
    visit
    wait_for 10 logged_in "$1" || problem "not everybody logged in: $(cut -c 1-200 "$1")"
    stop_process dovecot
}

check_log() {
    "$DNSMON_BUILD/dnsmon" parse "$1" >"$1.json" || problem "dnsmon parse ended with $?"
    grep '"kind":"pop3-login"' "$1.json" >"$TEST_TMP/logins"
    awk '{ print "127.60.0." NR, $0 }' "$TEST_TMP/users" >"$TEST_TMP/want"
    paste -d ' ' <(json_text client <"$TEST_TMP/logins") <(json_text sasl_user <"$TEST_TMP/logins") \
        >"$TEST_TMP/got"
    diff "$TEST_TMP/want" "$TEST_TMP/got" >"$TEST_TMP/diff" ||
        problem "$(basename "$1"): log-ins are not who came (< came, > parsed):
$(cat "$TEST_TMP/diff")"
}

cat >"$TEST_TMP/rsyslog.conf" <<CONF
global(workDirectory="$TEST_TMP")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$JAIL/dev/log" RateLimit.Interval="0")
action(type="omfile" file="$TEST_TMP/syslog.log" template="RSYSLOG_FileFormat")
CONF
make_jail || fail "no folder for Dovecot"
start_rsyslogd rsyslogd "$TEST_TMP/rsyslog.conf" "$TEST_TMP/rsyslogd.err"
write_conf
run_dovecot "$TEST_TMP/syslog.log"
stop_process rsyslogd
write_conf "log_path = /var/log/dovecot.log"
run_dovecot "$JAIL/var/log/dovecot.log"
check_log "$TEST_TMP/syslog.log"
check_log "$JAIL/var/log/dovecot.log"
finish
