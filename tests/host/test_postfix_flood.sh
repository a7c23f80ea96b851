#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_postfix_flood.sh - mail for users that do not exist, from one address and from many.
#
# Two of the distribution's Postfix, each with named as its resolver, both logging to one rsyslogd
# with omdnsmon: mx1 is flooded by one client (smtp-source), mx2 by hundreds (smtpfrom), at the same
# time.  Rule smtp-dos must name the one, backscatter the many, and not the other way round.  Then
# the access(5) line that smtp-dos suggests is given to mx1, which must refuse the client with it.
#
# The clients' names lead nowhere, as those of dial-up lines often do; Postfix asks for each (PTR,
# then A), and since resolv.conf has a search list the C library asks for NAME.site.test, too: the
# unresolved names of doc/SCIENCE.md A.6, here of both servers.  What tells the two apart is who
# comes, so that this is what the test is about.
#
# Time is real, hence one setting: see write_dnsmon_conf.  Afterwards the same lines, stretched to
# six minutes, are judged with that setting at its default as well.
#
# LIMITS: the floods need addresses that are not loopback's (those are never counted as peers), so a
# network namespace of our own.

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
    {
        loopback_address lo:1 "${INNER[0]}" 255.255.255.255 &&
            loopback_address lo:2 "${INNER[1]}" 255.255.255.255 &&
            loopback_address lo:3 $ONE 255.255.255.0 &&
            loopback_address lo:4 $MANY.0.1 255.255.0.0
    } || skip "the private network takes no more addresses"
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
        # shellcheck disable=SC2016 # named's $
        printf '$GENERATE 0-255 $.%d.18.198.in-addr.arpa. PTR b-%d-$.dyn.example.net.\n' $i $i
    done >>"$1/root.zone"
}

# write_dnsmon_conf FILE: the site.  With minutes=1 one full minute is enough for smtp-dos; by default
# a client must dominate for three on end, and this test shall be over in two.
write_dnsmon_conf() {
    cat >"$1" <<CONF
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
template(name="columns" type="string"
    string="%\$!rule!id% %\$!dnsmon!class% %\$!dnsmon!level% %\$!host!ip% %\$!client!ip%\n")
ruleset(name="detections" queue.type="LinkedList" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$TEST_TMP/events.json" template="dnsmon-json")
    action(type="omfile" file="$TEST_TMP/events" template="columns")
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

# start_smtpfrom NAME NUMBER PAUSE-MS: with the lines of the file NAME; its output is in NAME.log.
start_smtpfrom() {
    start_process "$1" "$TEST_TMP/$1.log" sh -c "exec '$TEST_TMP/smtpfrom' ${OUTER[$2]} 25 $3 <'$TEST_TMP/$1'"
}

# Good mail to both, for as long as the floods take.
send_good_mail() {
    local i
    for ((i = 0; i < 200; i++)); do
        printf '%s.%d friend%d@example.org alice@site.test\n' $FRIENDS $((30 + i % 10)) $i
    done | tee "$TEST_TMP/good1" >"$TEST_TMP/good2"
    start_smtpfrom good1 0 2000
    start_smtpfrom good2 1 2000
}

# One client, five messages a second, until it is stopped: -A goes on after a refusal, -N makes
# every recipient another.
flood_from_one() {
    start_process one "$TEST_TMP/one.log" chroot "$TEST_TMP/mx1" /usr/sbin/smtp-source -A -N -s 5 -w 1 \
        -m 2000 -f forged@example.net -t user@site.test "${OUTER[0]}:25"
}

# A thousand clients, some fifteen messages a second.
flood_from_many() {
    awk -v net=$MANY 'BEGIN {
        for (i = 0; i < 4000; i++) {
            a = (i * 389) % 1000                    # each address in its turn, in no order
            printf "%s.%d.%d a%d@spam%d.example.net guess%d@site.test\n", net, int(a / 250),
                1 + a % 250, i, i, i
        }
    }' >"$TEST_TMP/many"
    start_smtpfrom many 1 50
}

both_found() {
    grep -q "^smtp-dos smtp-dos alarm ${INNER[0]} $ONE\$" "$TEST_TMP/events" &&
        grep -q "^backscatter backscatter-ddos alarm ${INNER[1]} " "$TEST_TMP/events"
}

# What the event suggests, put where an operator would put it, is what Postfix understands.
follow_suggestion() {
    local i jail=$TEST_TMP/mx1
    grep '"class": *"smtp-dos"' "$TEST_TMP/events.json" | json_text suggest | tail -n 1 \
        >"$jail/etc/postfix/access"
    printf '%s\n' 'smtpd_client_restrictions = check_client_access texthash:/etc/postfix/access' \
        >>"$jail/etc/postfix/main.cf"
    for i in "${!PRIVATE_PIDS[@]}"; do
        if [ "${PRIVATE_NAMES[$i]}" = postfix ]; then
            kill -HUP "${PRIVATE_PIDS[$i]}" # mx1's, the first
            break
        fi
    done
    wait_for 15 grep -q -F "[$ONE]>: Client host rejected: too many refused attempts" \
        "$TEST_TMP/mail.log" || problem "mx1 does not follow '$(cat "$jail/etc/postfix/access")'"
}

# check_events FILE WHAT: the one is named for mx1, the many for mx2.
check_events() {
    expect_line "$2: the one" "^smtp-dos smtp-dos alarm ${INNER[0]} $ONE\$" "$1"
    expect_line "$2: the many" "^backscatter backscatter-ddos alarm ${INNER[1]} " "$1"
    expect_no_line "$2: one client, where there are many" "^smtp-dos .* ${INNER[1]} " "$1"
    expect_no_line "$2: many clients, where there is one" "^backscatter .* ${INNER[0]} " "$1"
    expect_no_line "$2: a wrong client" "^smtp-dos .* (198\.18\.|$FRIENDS\.3)" "$1"
}

# The floods were what they are meant to be: the servers saw what the clients did.
check_floods() {
    local unknown='NOQUEUE: reject: RCPT from .* User unknown in local recipient table'
    expect_equal "failed connections" "$(cat "$TEST_TMP"/{good1,good2,many}.log | grep -c .)" 0
    [ "$(grep -E " mx1 .*$unknown" "$TEST_TMP/mail.log" | grep -c -F "[$ONE]")" -ge 60 ] ||
        problem "mx1 was hardly flooded"
    [ "$(grep -E " mx2 .*$unknown" "$TEST_TMP/mail.log" | grep -o -E '\[198\.18\.[0-9.]+\]' | sort -u |
        wc -l)" -ge 100 ] || problem "mx2 was hardly flooded"
    expect_line "mx1 asks for names that its search list made" \
        "${INNER[0]}#.*query: cust77\.dsl\.example\.net\.site\.test IN A" "$TEST_TMP/named/query.log"
    expect_line "mx2 asks for names that its search list made" \
        "${INNER[1]}#.*query: b-[0-9-]+\.dyn\.example\.net\.site\.test IN A" "$TEST_TMP/named/query.log"
}


# stretched LOG FIRST LAST: its lines, what lies between the two times spread over six minutes.
stretched() {
    awk -v first="$2" -v last="$3" '
        BEGIN {
            split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", name)
            for (i in name) month[name[i]] = i
        }
        # "2026-11-21T11:41:20.328884+00:00 ..." (rsyslog) or "21-Nov-2026 11:41:20.328 ..." (BIND).
        {
            iso = $1 ~ /T/
            split($1 " " (iso ? "" : $2), t, /[-T:+ ]/)
            at = mktime(iso ? t[1] " " t[2] " " t[3] " " t[4] " " t[5] " 0" \
                : t[3] " " month[t[2]] " " t[1] " " t[4] " " t[5] " 0") + t[6]
            at = first + (at - first) * 360 / (last - first)
            printf "%s.%06d%s", strftime(iso ? "%Y-%m-%dT%H:%M:%S" : "%d-%b-%Y %H:%M:%S", int(at)), \
                (at - int(at)) * 1000000, iso ? "+00:00" : ""
            for (i = iso ? 2 : 3; i <= NF; i++) printf " %s", $i
            printf "\n"
        }' "$1"
}

# seconds LINE: of a line of mail.log, since 1970.
seconds() {
    date -d "${1%% *}" +%s
}

check_default() {
    local log first last
    first=$(seconds "$(head -n 1 "$TEST_TMP/mail.log")")
    last=$(seconds "$(tail -n 1 "$TEST_TMP/mail.log")")
    for log in mail.log named/query.log; do
        stretched "$TEST_TMP/$log" "$first" "$last" >"$TEST_TMP/$(basename $log).stretched"
    done
    write_dnsmon_conf "$TEST_TMP/default.conf"
    "$DNSMON_BUILD/dnsmon" replay -c "$TEST_TMP/default.conf" --json "$TEST_TMP"/*.stretched \
        >"$TEST_TMP/default.json" 2>"$TEST_TMP/default.err" || problem "dnsmon replay ended with $?"
    paste -d ' ' <(inner rule id) <(json_text class <"$TEST_TMP/default.json") \
        <(json_text level <"$TEST_TMP/default.json") <(inner host ip) <(inner client ip) \
        >"$TEST_TMP/default"
    check_events "$TEST_TMP/default" "stretched, every setting at its default"
}

# inner OBJECT KEY: of each event in default.json; an empty line when there is none.
inner() {
    sed -E "/\"$1\": ?\\{[^{}]*\"$2\": ?\"/!{s/.*//;b}
        s/^.*\"$1\": ?\\{[^{}]*\"$2\": ?\"([^\"]*)\".*\$/\\1/" "$TEST_TMP/default.json"
}

cc -O1 -o "$TEST_TMP/smtpfrom" "$DNSMON_SRC/tests/host/smtpfrom.c" ||
    problem "smtpfrom does not build"
add_addresses
write_dnsmon_conf "$TEST_TMP/dnsmon.conf"
printf '%s\n' '[detector smtp-dos]' minutes=1 >>"$TEST_TMP/dnsmon.conf"
write_rsyslog_conf
start_servers
send_good_mail
flood_from_one
flood_from_many
# A full minute of sixty attempts: 75 s at most, and 5 s until the library looks at a line.
wait_for 85 both_found && follow_suggestion
for name in one many good1 good2; do stop_process $name; done
sleep 1
stop_process rsyslogd
stop_processes
check_events "$TEST_TMP/events" "live"
check_floods
check_default
[ "$TEST_FAILURES" -eq 0 ] || { cat "$TEST_TMP/events"; cut -c 1-220 "$TEST_TMP/mail.log" | tail -n 5; }
finish
