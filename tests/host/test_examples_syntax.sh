#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_syntax.sh - every configuration below examples/ passes the check of the program that it
# is for, says whom it is for, and is in the index examples/README.md. A new file is covered as it is.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers rsyslog-gnutls rsyslog-elasticsearch fail2ban logrotate
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module

# check_rsyslog FILE: what "rsyslogd -N1" says is its greeting and its end, nothing else.
check_rsyslog() {
    local name
    name=$(basename "$1" .conf)
    write_example "$name" "$(basename "$1")" 0
    : >"$TEST_TMP/$name/managers.rsyslog"
    mkdir -p "$TEST_TMP/$name/tls"
    touch "$TEST_TMP/$name"/tls/{ca.pem,host.pem,host.key}
    LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs check_rsyslogd "$TEST_TMP/$name.conf" "$TEST_TMP/$name.said" ||
        problem "rsyslogd does not accept $1"
    if grep -v -E 'version .*config validation run|End of config validation run' "$TEST_TMP/$name.said"; then
        problem "rsyslogd has something to say about $1"
    fi
}

# The check is one: a parameter that does not exist is refused.
check_refusal() {
    sed 's/template="dnsmon-json"/tmplate="dnsmon-json"/' "$TEST_TMP/resolver.conf" >"$TEST_TMP/wrong.conf"
    if LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs check_rsyslogd "$TEST_TMP/wrong.conf" "$TEST_TMP/wrong.said"; then
        problem "rsyslogd -N1 accepts a parameter that does not exist"
    fi
}

check_header() {
    local word
    for word in For Change Try; do
        head -n 20 "$1" | grep -q -E "^[#;] $word: " || problem "$1 does not say \"$word:\" at its top"
    done
}

check_index() {
    local path=${1#"$EXAMPLES"/}
    grep -q -F "]($path)" "$EXAMPLES/README.md" || problem "examples/README.md does not have $path"
}

check_fail2ban() {
    local etc=$PRIVATE_ROOT/etc/fail2ban
    [ -d "$etc" ] || etc=/etc/fail2ban
    cp -r "$etc" "$TEST_TMP/fail2ban"
    rm -f "$TEST_TMP"/fail2ban/jail.d/*
    cp -r "$EXAMPLES"/fail2ban/* "$TEST_TMP/fail2ban/"
    : >"$TEST_TMP/dnsmon-fail2ban.log"
    sed -i "s|/var/log/|$TEST_TMP/|" "$TEST_TMP/fail2ban/jail.d/dnsmon.conf"
    PYTHONPATH=$PRIVATE_ROOT/usr/lib/python3/dist-packages python3 "$PRIVATE_ROOT/usr/bin/fail2ban-client" \
        -c "$TEST_TMP/fail2ban" -t >"$TEST_TMP/fail2ban.said" 2>&1 || problem "fail2ban-client -t ended with $?"
    expect_line "what fail2ban-client -t says" '^OK: configuration test is successful' "$TEST_TMP/fail2ban.said"
}

check_logrotate() {
    cp "$EXAMPLES/logrotate/dnsmon" "$TEST_TMP/logrotate.conf"
    chmod 644 "$TEST_TMP/logrotate.conf"
    private /usr/sbin/logrotate -d -s "$TEST_TMP/logrotate.state" "$TEST_TMP/logrotate.conf" \
        >"$TEST_TMP/logrotate.said" 2>&1 || problem "logrotate -d ended with $?"
    expect_no_line "what logrotate -d says" '^error' "$TEST_TMP/logrotate.said"
}

# check_service: the unit's command, on a log of an infected client, in a folder of the test's own.
check_service() {
    local dir=$TEST_TMP/service command
    mkdir -p "$dir/log/named" "$dir/lib" "$dir/bin"
    ln -s "$DNSMON_BUILD/dnsmon" "$dir/bin/dnsmon"
    infected_log 66 66 | sed 's/192\.0\.2\.66/10.0.2.66/g; s/^<30>//' | gzip >"$dir/log/named/query.log.2.gz"
    command=$(sed -n "s|^ExecStart=/bin/sh -c '\(.*\)'\$|\1|p" "$EXAMPLES/systemd/dnsmon-lastmonth.service" |
        sed -e "s|/var/log/|$dir/log/|g" -e "s|/var/lib/dnsmon/|$dir/lib/|g")
    PATH=$dir/bin:$PATH sh -c "$command" || problem "dnsmon-lastmonth.service's command ended with $?"
    expect_line "what it finds" '^dnsmon: alarm [a-z-]* client=10\.0\.2\.66 ' "$dir/lib/last-month.txt"
    grep -q -x 'OnCalendar=\*-\*-01 04:00:00' "$EXAMPLES/systemd/dnsmon-lastmonth.timer" || problem "the timer has another day"
}

# all [FIND-TEST...]: every file of the folders that a site copies from.
all() {
    local dir
    for dir in rsyslog syslog-ng fail2ban elastic logrotate systemd; do
        if [ -d "$EXAMPLES/$dir" ]; then find "$EXAMPLES/$dir" -type f "$@"; fi
    done
}

for file in "$EXAMPLES"/rsyslog/*.conf; do check_rsyslog "$file"; done
check_refusal
check_fail2ban
check_logrotate
check_service
while IFS= read -r file; do check_header "$file"; done < <(all ! -name '*.sh' ! -name '*.rb' ! -name '*.json')
while IFS= read -r file; do check_index "$file"; done < <(all)
python3 -m json.tool "$EXAMPLES/elastic/index-template.json" >/dev/null || problem "index-template.json is no JSON"
for file in "$EXAMPLES"/rsyslog/*.sh; do sh -n "$file" || problem "sh refuses $file"; done
"$DNSMON_BUILD/dnsmon" check "$EXAMPLES/dnsmon.conf" >/dev/null || problem "dnsmon check refuses examples/dnsmon.conf"
finish
