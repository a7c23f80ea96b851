#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_dns_same.sh - one infected client, asking for the mail exchangers of 60 domains through the
# distribution's named, Unbound, dnsmasq and PowerDNS Recursor, among innocent ones.  From each
# server's log, with queries, with answers, or with both, "dnsmon replay" finds that client, with as
# many names, and nobody else.
# And of a mail server, the answers that there is no such name, and those with records, are counted
# from Unbound's replies and BIND's responses (tests/host/mailcounts.c).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers unbound dnsmasq-base pdns-recursor
need_program
enter_private_network bash "$0"
# shellcheck source=lib_dns.sh
. "$DNSMON_SRC/tests/host/lib_dns.sh"
build_askdns

INFECTED=127.40.0.66
MAIL_SERVER=127.40.0.25
cat >"$TEST_TMP/dnsmon.conf" <<CONF
[site]
networks=127.0.0.0/8
[roles]
mail-servers=$MAIL_SERVER
CONF
# Every question of the infected host differs in its registered domain; five others browse, and ask
# for one mail exchanger each; the last one's names look as if the others had asked.
for ((i = 0; i < 60; i++)); do
    echo "$INFECTED MX dom$i.example"
    echo "127.40.0.$((i % 5 + 1)) A www$i.site$((i % 7)).example"
    echo "127.40.0.9 A query[MX]\\032dom$i.example\\032from\\032127.40.0.8"
    [ $i -ge 5 ] || echo "127.40.0.$((i + 1)) MX friend$i.example"
done >"$TEST_TMP/questions"

# ask SERVER
ask() {
    "$TEST_TMP/askdns" "$1" 53 0 <"$TEST_TMP/questions" >"$TEST_TMP/asked" ||
        problem "$1 did not answer every question: $(cat "$TEST_TMP/asked")"
}

# mail_counts LOG MAIL-SERVER: what was counted of it.
mail_counts() {
    printf '[site]\nnetworks=127.0.0.0/8\n[roles]\nmail-servers=%s\n' "$2" >"$TEST_TMP/mail.conf"
    "$DNSMON_BUILD/tests/host/mailcounts" "$TEST_TMP/mail.conf" <"$1"
}

# check_bind_responses: BIND prints answers from 9.20.3 on, newer than the distribution's, so its part
# is played by lines that a real named 9.20 wrote; counted here by awk, as no name has a blank.
check_bind_responses() {
    local log=$DNSMON_SRC/tests/unit/data/corpus/bind-9.20-views__full.log want
    want=$(awk '/ client @[^ ]+ 127\.0\.0\.1#/ && match($0, / response: /) {
        split(substr($0, RSTART + RLENGTH), f, " ")
        if (f[2] == "IN" && f[4] == "NXDOMAIN") nx++
        if (f[2] == "IN" && f[4] == "NOERROR" && f[5] > 0) answered++
    } END { print "nxdomain", nx, "answered", answered }' "$log")
    expect_equal "BIND's answers to a mail server" \
        "$(mail_counts "$log" 127.0.0.1 | grep -o 'nxdomain .*')" "$want"
}

# found WHAT LOG: what the rules about mail servers' names say, the same from every log, and that
# nobody but the infected client is named.
found() {
    "$DNSMON_BUILD/dnsmon" replay -c "$TEST_TMP/dnsmon.conf" "$2" >"$TEST_TMP/events" ||
        problem "$1: dnsmon replay ended with $?"
    sed -n -E 's/.*"rule":\{"id":"(mx-census|mass-mailer)".*"client":\{"ip":"([^"]*)".*"state":"([^"]*)".*"mx":([0-9]+).*/\1 \2 \3 \4/p' \
        "$TEST_TMP/events" | sort >"$TEST_TMP/found"
    expect_line "$1" "^mx-census $INFECTED close 60\$" "$TEST_TMP/found"
    expect_line "$1" "^mass-mailer $INFECTED close 60\$" "$TEST_TMP/found"
    expect_equal "$1: clients named" \
        "$(sed -n -E 's/.*"client":\{"ip":"([^"]*)".*/\1/p' "$TEST_TMP/events" | sort -u)" "$INFECTED"
    [ -f "$TEST_TMP/first" ] || cp "$TEST_TMP/found" "$TEST_TMP/first"
    diff "$TEST_TMP/first" "$TEST_TMP/found" >"$TEST_TMP/diff" ||
        problem "$1: other findings than from the first server:
$(cat "$TEST_TMP/diff")"
}

# asked_by_mail_server NAME...: MX of each, through Unbound.
asked_by_mail_server() {
    local name
    for name in "$@"; do echo "$MAIL_SERVER MX $name"; done | "$TEST_TMP/askdns" "$DNS_UNBOUND" 53 0 \
        >"$TEST_TMP/asked" || problem "Unbound did not answer the mail server"
}

# check_mail_server: 7 answers that there is no such name, 3 with records; 2 SRV, which the redirect
# zone has none of, count as answered, since Unbound prints no number of records (lib/stream/obs.h).
check_mail_server() {
    local form want
    want="$MAIL_SERVER questions 12 nxdomain 7 answered 5"
    for form in "log-queries log-replies" log-replies; do
        # shellcheck disable=SC2086 # one option a word
        start_unbound "$TEST_TMP/mail $form" $(printf '%s:yes\n' $form)
        asked_by_mail_server nx.example {a,b,c,d,e,f}.nx.example real{1,2,3}.example
        printf "$MAIL_SERVER SRV %s\n" x.example y.example |
            "$TEST_TMP/askdns" "$DNS_UNBOUND" 53 0 >/dev/null
        stop_process unbound
        expect_equal "a mail server's answers, $form" \
            "$(mail_counts "$TEST_TMP/mail $form/log" "$MAIL_SERVER")" "$want"
    done
}

check_unbound() {
    local form forms=("log-queries" "log-replies" "log-queries log-replies"
        "log-queries log-replies log-tag-queryreply" "log-queries log-local-actions"
        "log-replies log-local-actions" "log-queries log-replies log-local-actions")
    for form in "${forms[@]}"; do
        # shellcheck disable=SC2086 # one option a word
        start_unbound "$TEST_TMP/$form" $(printf '%s:yes\n' $form)
        ask "$DNS_UNBOUND"
        stop_process unbound
        found "Unbound, $form" "$TEST_TMP/$form/log"
    done
}

check_dnsmasq() {
    local form
    for form in --log-queries --log-queries=extra; do
        start_dnsmasq "$TEST_TMP/dnsmasq$form" $form
        ask "$DNS_DNSMASQ"
        stop_process dnsmasq
        found "dnsmasq $form" "$TEST_TMP/dnsmasq$form/log"
    done
}

check_recursor() {
    start_named "$TEST_TMP/named"
    ask "$SERVERS_NAMED"
    found named "$TEST_TMP/named/query.log"

    start_recursor "$TEST_TMP/recursor"
    ask "$DNS_RECURSOR"
    stop_process recursor
    found "Recursor, questions and answers" "$TEST_TMP/recursor/log"
    grep 'msg="Question"' "$TEST_TMP/recursor/log" >"$TEST_TMP/questions-only"
    found "Recursor, questions" "$TEST_TMP/questions-only"
    grep 'msg="Answer"' "$TEST_TMP/recursor/log" >"$TEST_TMP/answers-only"
    found "Recursor, answers" "$TEST_TMP/answers-only"

    start_recursor "$TEST_TMP/classic" --structured-logging=no
    ask "$DNS_RECURSOR"
    stop_process recursor
    stop_process named
    found "Recursor, classic" "$TEST_TMP/classic/log"
}

if [ ! -x "$DNSMON_BUILD/tests/host/mailcounts" ]; then
    make -C "$DNSMON_BUILD" tests/host/mailcounts >"$TEST_TMP/make.log" 2>&1 ||
        problem "mailcounts does not build: $(tail -n 3 "$TEST_TMP/make.log")"
fi
check_bind_responses
check_mail_server
check_unbound
check_dnsmasq
check_recursor
finish
