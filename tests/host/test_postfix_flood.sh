#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_postfix_flood.sh - mail for users that do not exist, from one address and from many.
#
# Two of the distribution's Postfix, each with named as its resolver, both logging to one rsyslogd
# with omdnsmon: mx1 is flooded by one client (smtp-source), mx2 by hundreds (smtpfrom), at the same
# time.  Rule smtp-dos must name the one, backscatter the many, and not the other way round.
#
# The clients' names lead nowhere, as those of dial-up lines often do; Postfix asks for each (PTR,
# then A), and since resolv.conf has a search list the C library asks for NAME.site.test, too: the
# unresolved names of doc/SCIENCE.md A.6, here of both servers.  What tells the two apart is who
# comes, so that this is what the test is about.
#
# Time is real, hence one setting: see write_dnsmon_conf.  LIMITS: the floods need addresses that
# are not loopback's (those are never counted as peers), so a network namespace of our own.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
need_program
MODULE=$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon.so
[ -f "$MODULE" ] || skip "omdnsmon is not built ($MODULE)"
enter_private_network bash "$0"
[ "$DNSMON_NAMESPACE" = own ] || skip "no network namespace to be had here"

export TZ=UTC LC_ALL=C
INNER=(192.0.2.25 192.0.2.26)           # mx1, mx2: from here they ask named
OUTER=(198.51.100.25 198.51.100.26)     # there they listen
SINK=(127.77.0.25 127.77.0.27)
ONE=198.51.100.77                       # where smtp-source comes from
FRIENDS=198.51.100                      # .30 to .39 send good mail
MANY=198.18                             # .0.0 to .3.255

add_addresses() {
    loopback_address lo:1 "${INNER[0]}" 255.255.255.255 &&
        loopback_address lo:2 "${INNER[1]}" 255.255.255.255 &&
        loopback_address lo:3 $ONE 255.255.255.0 &&
        loopback_address lo:4 $MANY.0.1 255.255.0.0 ||
        skip "the private network takes no more addresses"
}

# Instead of the wildcard of servers.sh: names that are not there must not be there.
write_root_zone() {
    local i
    cat >"$1/root.zone" <<ZONE
\$TTL 60
.                   SOA ns.dnsmon-demo. hostmaster.dnsmon-demo. 1 3600 600 86400 60
.                   NS  ns.dnsmon-demo.
ns.dnsmon-demo.     A   $SERVERS_NAMED
site.test.          MX  10 mx1.site.test.
mx1.site.test.      A   ${OUTER[0]}
77.100.51.198.in-addr.arpa. PTR cust77.dsl.example.net.
\$GENERATE 30-39 \$.100.51.198.in-addr.arpa. PTR mail\$.example.org.
\$GENERATE 30-39 mail\$.example.org. A $FRIENDS.\$
ZONE
    for i in 0 1 2 3; do
        printf '$GENERATE 0-255 $.%d.18.198.in-addr.arpa. PTR b-%d-$.dyn.example.net.\n' $i $i
    done >>"$1/root.zone"
}

write_dnsmon_conf() {
    cat >"$TEST_TMP/dnsmon.conf" <<CONF
[site]
networks=192.0.2.0/24
domains=site.test
timezone=UTC
[roles]
mail-servers=192.0.2.25;192.0.2.26
[hosts]
mx1=192.0.2.25
mx2=192.0.2.26
CONF
}

write_rsyslog_conf() {
    cat >"$TEST_TMP/rsyslog.conf" <<CONF
global(workDirectory="$TEST_TMP" maxMessageSize="64k")
module(load="imfile" mode="inotify")
module(load="imuxsock" SysSock.Use="off")
module(load="$MODULE")
input(type="imfile" File="$TEST_TMP/named/query.log" Tag="named:" Facility="daemon")
input(type="imuxsock" Socket="$TEST_TMP/mx1/dev/log" HostName="mx1" RateLimit.Interval="0")
input(type="imuxsock" Socket="$TEST_TMP/mx2/dev/log" HostName="mx2" RateLimit.Interval="0")
action(type="omdnsmon" config="$TEST_TMP/dnsmon.conf" ruleset="detections")
if \$syslogfacility-text == "mail" then
    action(type="omfile" file="$TEST_TMP/mail.log" template="RSYSLOG_FileFormat")
ruleset(name="detections" queue.type="LinkedList" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$TEST_TMP/events.json" template="dnsmon-json")
}
CONF
}

# start_mail_server NUMBER
start_mail_server() {
    SERVERS_POSTFIX=${OUTER[$1]} SERVERS_SINK=${SINK[$1]} SERVERS_POSTFIX_CLIENT=${INNER[$1]} \
        start_postfix "$TEST_TMP/mx$(($1 + 1))" "$TEST_TMP/logs$1"
}

start_servers() {
    local i
    start_named "$TEST_TMP/named" "listen-on port 53 { ${INNER[0]}; ${INNER[1]}; };"
    make_postfix_jail "$TEST_TMP/mx1" || problem "no folder for Postfix"
    cp -a "$TEST_TMP/mx1" "$TEST_TMP/mx2"
    for i in 0 1; do
        printf 'nameserver %s\nsearch site.test\noptions attempts:1 timeout:2\n' "${INNER[$i]}" \
            >"$TEST_TMP/mx$((i + 1))/etc/resolv.conf"
        mkdir "$TEST_TMP/logs$i"
    done
    LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs \
        start_rsyslogd rsyslogd "$TEST_TMP/rsyslog.conf" "$TEST_TMP/rsyslogd.err"
    start_mail_server 0
    start_mail_server 1
}

# Good mail to both, for as long as the floods take.
send_good_mail() {
    local i
    for ((i = 0; i < 200; i++)); do
        printf '%s.%d friend%d@example.org alice@site.test\n' $FRIENDS $((30 + i % 10)) $i
    done >"$TEST_TMP/good"
    "$TEST_TMP/smtpfrom" "${OUTER[0]}" 25 2000 <"$TEST_TMP/good" >"$TEST_TMP/good.0" 2>&1 &
    "$TEST_TMP/smtpfrom" "${OUTER[1]}" 25 2000 <"$TEST_TMP/good" >"$TEST_TMP/good.1" 2>&1 &
}

# One client; -A goes on after a refusal, -N makes every recipient another.
flood_from_one() {
    chroot "$TEST_TMP/mx1" /usr/sbin/smtp-source -A -N -s 2 -w 1 -m 400 -f forged@example.net \
        -t user@site.test "${OUTER[0]}:25" >"$TEST_TMP/one.log" 2>&1 &
}

flood_from_many() {
    awk -v net=$MANY 'BEGIN {
        for (i = 0; i < 2000; i++) {
            a = (i * 389) % 1000                    # every address twice, in no order
            printf "%s.%d.%d a%d@spam%d.example.net guess%d@site.test\n", net, int(a / 250),
                1 + a % 250, i, i, i
        }
    }' >"$TEST_TMP/many"
    "$TEST_TMP/smtpfrom" "${OUTER[1]}" 25 50 <"$TEST_TMP/many" >"$TEST_TMP/many.log" 2>&1 &
}
