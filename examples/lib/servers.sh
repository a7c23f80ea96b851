#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# servers.sh - a named, a Postfix and an rsyslogd on loopback, with every file below one folder.
# To be sourced by bash after setup.sh and private.sh; private_root has unpacked bind9, postfix
# and rsyslog.
#
# named answers every question itself: its root zone is a wildcard, it asks nobody.  Each name has
# the address and the mail exchanger of the demo's mail sink, each address has a name.
#
# LIMITS: Debian's file locations.

SERVERS_NAMED=127.0.0.1         # where named listens, port 53: it takes only an interface's own address
SERVERS_SINK=127.77.0.25        # where smtp-sink takes every message, port 25
SERVERS_POSTFIX=127.77.0.26     # where Postfix listens, port 25, and 587 for those who may relay
SERVERS_POSTFIX_CLIENT=127.0.0.1 # the address from which Postfix asks named
SERVERS_SINK_OPTIONS=()         # more options of smtp-sink
SERVERS_PACKAGES=(rsyslog bind9 postfix)
# What tests/host starts beside, and the browser that opens a report; the demo does without.
SERVERS_TEST_PACKAGES=(unbound dnsmasq-base pdns-recursor dovecot-core dovecot-pop3d liblognorm-utils
    rsyslog-gnutls rsyslog-elasticsearch bind9-dnsutils fail2ban logrotate
    chromium chromium-common)
# What builds and tests the syslog-ng parser; the demo does without.
SERVERS_SYSLOG_NG_PACKAGES=(syslog-ng-core syslog-ng-dev libivykis-dev)

# write_named_conf DIR [SYNTAX]: SYNTAX is more text for the options block.  With SERVERS_NAMED_VIEW
# all is in a view of that name.
write_named_conf() {
    local view_begin='' view_end=''
    if [ -n "${SERVERS_NAMED_VIEW-}" ]; then
        view_begin="view \"$SERVERS_NAMED_VIEW\" {" view_end='};'
    fi
    cat >"$1/named.conf" <<CONF
options {
    directory "$1";
    pid-file "$1/named.pid";
    session-keyfile "$1/session.key";
    managed-keys-directory "$1";
    lock-file none;
    listen-on port 53 { $SERVERS_NAMED; };
    listen-on-v6 port 53 { ${SERVERS_NAMED_V6:-none}; };
    allow-query { any; };
    recursion no;
    dnssec-validation no;
    notify no;
    querylog yes;
    ${2-}
};
controls { };
logging {
    channel queries { file "$1/query.log"; print-time yes; print-category yes; print-severity yes; };
    channel rest { file "$1/named.log"; print-time yes; print-category yes; print-severity yes; };
    category queries { queries; };
    category default { rest; };
};
$view_begin
zone "." { type primary; file "$1/root.zone"; };
$view_end
CONF
}

write_root_zone() {
    cat >"$1/root.zone" <<ZONE
\$TTL 60
.                   SOA ns.dnsmon-demo. hostmaster.dnsmon-demo. 1 3600 600 86400 60
.                   NS  ns.dnsmon-demo.
ns.dnsmon-demo.     A   $SERVERS_NAMED
mx.dnsmon-demo.     A   $SERVERS_SINK
*.                  A   $SERVERS_SINK
*.                  MX  10 mx.dnsmon-demo.
*.                  PTR host.example.
*.                  TXT "v=spf1 -all"
ZONE
}

# start_named DIR [SYNTAX]: queries are logged to DIR/query.log in BIND's own form.
start_named() {
    mkdir -p "$1"
    write_named_conf "$1" "${2-}"
    write_root_zone "$1"
    : >"$1/query.log"
    start_process named "$1/stderr.log" env LD_LIBRARY_PATH="$(private_library_path)" \
        "$PRIVATE_ROOT/usr/sbin/named" -f -n 1 -c "$1/named.conf"
    wait_for 15 grep -q 'all zones loaded' "$1/named.log" && process_alive named && return 0
    show_tail "$1/stderr.log"
    show_tail "$1/named.log"
    fail "named did not start (is something else on $SERVERS_NAMED port 53?)"
}

# make_postfix_jail JAIL: the root folder in which Postfix and its tools run.
make_postfix_jail() {
    private_jail "$1" /usr/lib/postfix /usr/sbin/postconf /usr/sbin/postlog /usr/sbin/smtp-source \
        /usr/sbin/smtp-sink || return 1
    printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/:/bin/false' \
        'postfix:x:65001:65001::/var/spool/postfix:/bin/false' >"$1/etc/passwd"
    printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' 'postfix:x:65001:' 'postdrop:x:65002:' \
        >"$1/etc/group"
    printf '%s\n' '127.0.0.1 localhost' >"$1/etc/hosts"
    printf '%s\n' 'hosts: files dns' >"$1/etc/nsswitch.conf"
    printf 'nameserver %s\noptions attempts:1 timeout:2\n' "$SERVERS_NAMED" >"$1/etc/resolv.conf"
    printf '%s\n' 'smtp 25/tcp' 'submission 587/tcp' 'domain 53/udp' 'domain 53/tcp' \
        >"$1/etc/services"
    if [ -e /etc/localtime ]; then cp -L /etc/localtime "$1/etc/localtime"; fi
    make_postfix_queue "$1/var/spool/postfix"
    mkdir -p "$1/var/lib/postfix"
    chown 65001:65001 "$1/var/lib/postfix"
}

# make_postfix_queue SPOOL: the folders that "postfix set-permissions" would make.
make_postfix_queue() {
    local spool=$1 dir
    mkdir -p "$spool"/pid
    for dir in active bounce corrupt defer deferred flush hold incoming private saved trace; do
        mkdir -p "$spool/$dir"
        chown 65001 "$spool/$dir"
        chmod 700 "$spool/$dir"
    done
    for dir in maildrop public; do
        mkdir -p "$spool/$dir"
        chown 65001:65002 "$spool/$dir"
    done
    chmod 1730 "$spool/maildrop"
    chmod 2710 "$spool/public"
}

# write_postfix_conf JAIL
write_postfix_conf() {
    mkdir -p "$1/etc/postfix"
    cat >"$1/etc/postfix/main.cf" <<CONF
compatibility_level = 3.6
myhostname = mx1.site.test
mydomain = site.test
mydestination = site.test
local_recipient_maps = texthash:/etc/postfix/recipients
local_transport = discard:
alias_maps =
alias_database =
mynetworks = 192.0.2.1/32
inet_interfaces = loopback-only
inet_protocols = ipv4
smtp_bind_address = $SERVERS_POSTFIX_CLIENT
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
mail_owner = postfix
setgid_group = postdrop
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C
biff = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtpd_client_connection_rate_limit = 0
CONF
    cat >"$1/etc/postfix/master.cf" <<CONF
$SERVERS_POSTFIX:25 inet n - n - - smtpd
$SERVERS_POSTFIX:587 inet n - n - - smtpd -o mynetworks=127.0.0.0/8
pickup     unix n - n 60 1 pickup
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
verify     unix - - n - 1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n - - proxymap
smtp       unix - - n - - smtp
relay      unix - - n - - smtp
error      unix - - n - - error
retry      unix - - n - - error
discard    unix - - n - - discard
local      unix - n n - - local
virtual    unix - n n - - virtual
lmtp       unix - - n - - lmtp
anvil      unix - - n - 1 anvil
scache     unix - - n - 1 scache
CONF
    printf '%s\n' 'alice@site.test ok' 'postmaster@site.test ok' >"$1/etc/postfix/recipients"
    : >"$1/etc/postfix/dynamicmaps.cf"
}

# start_postfix JAIL LOGDIR: logs to JAIL/dev/log, where somebody must listen already.
start_postfix() {
    write_postfix_conf "$1"
    start_process smtp-sink "$2/smtp-sink.log" chroot "$1" /usr/sbin/smtp-sink \
        -u nobody "${SERVERS_SINK_OPTIONS[@]}" "$SERVERS_SINK:25" 200
    start_process postfix "$2/master.log" env -i PATH=/usr/sbin:/usr/bin \
        MAIL_CONFIG=/etc/postfix MAIL_LOGTAG=postfix LANG=C chroot "$1" \
        /usr/lib/postfix/sbin/master -c /etc/postfix -d
    wait_for 15 tcp_open "$SERVERS_POSTFIX" 25 && wait_for 5 tcp_open "$SERVERS_SINK" 25 &&
        process_alive postfix && return 0
    show_tail "$2/master.log"
    show_tail "$2/smtp-sink.log"
    fail "Postfix did not start (its log is in $2)"
}

# send_mail JAIL PORT FROM TO [COUNT]: through the private Postfix.
send_mail() {
    chroot "$1" /usr/sbin/smtp-source -c -m "${5:-1}" -f "$3" -t "$4" "$SERVERS_POSTFIX:$2" \
        >/dev/null 2>&1
}

# check_rsyslogd CONF LOG: the configuration check; its messages are in LOG.
check_rsyslogd() {
    "$(dirname "$PRIVATE_ROOT")/rsyslogd" -N1 -f "$1" >"$2" 2>&1
}

# start_rsyslogd NAME CONF LOG: in the foreground of its own process, nothing of /etc is read.  A
# module that needs more libraries finds them by the caller's LD_LIBRARY_PATH.
start_rsyslogd() {
    start_process "$1" "$3" "$(dirname "$PRIVATE_ROOT")/rsyslogd" -n -C -f "$2" -i "${2%.conf}.pid"
    wait_for 10 test -s "${2%.conf}.pid" && process_alive "$1" && return 0
    show_tail "$3" 25
    fail "rsyslogd ($1) did not start with $2"
}
