#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers_mail.sh - the papers' days of a mail server through the program: the table of rejects
# of 13 April and 5 July 2003 from both forms of line, and who drives them; the night of 31 August
# 2004, unresolved against all queries; bots in both logs; which names are unresolved.
# Source: doc/SCIENCE.md A.6, A.9, A.10, F.5, F.6, F.11.
#
# LIMITS: the numbers are the papers', the lines are generated (gen/genmail.c).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
GENMAIL=$DNSMON_BUILD/tests/golden/gen/genmail
cd "$TEST_TMP" || exit 1

# config DOMAIN
config() {
    printf '[site]\nnetworks = 192.0.2.0/24\ntimezone = Asia/Tokyo\ndomains = %s\n' "$1"
    printf '[roles]\nmail-servers = 192.0.2.25\n'
}
config campus.example >site.conf
config kumamoto-u.ac.jp >paper.conf

# run SCENARIO FORM CONFIG YEAR: leaves SCENARIO.FORM.json and .text
run() {
    "$GENMAIL" "$1" "$2" >"$1.$2.log" || problem "genmail $1 $2 failed"
    replay "$1.$2" "$3" "$4" "$1.$2.log"
}

# rejects SCENARIO MIDNIGHT WANT SUM: the day's counts when it ends, the same from both forms
rejects() {
    local form line counts relay recipient user
    for form in 2.0 3.7; do
        run "$1" "$form" site.conf 2003
        line=$(event "$1.$form.text" rule=reject-surge state=update "time=$2")
        counts=$(sed -n 's/.*Today: \([0-9]*\) for an unknown user, \([0-9]*\) as relaying, \([0-9]*\) for the recipient, \([0-9]*\) others.*/\2 \3 \1 \4/p' <<<"$line")
        expect_equal "$1 $form: relay denied, recipient rejected, user unknown, others" "$counts" "$3 0"
        expect_equal "$1 $form: sum" "$((${counts// /+}))" "$4"
        read -r relay recipient user <<<"$3"
        grep -q "\"rejects\":{\"user_unknown\":$user,\"relay_denied\":$relay,\"recipient_rejected\":$recipient,\"other\":0}" \
            "$1.$form.json" || problem "$1 $form: dnsmon.rejects has other numbers"
        expect_equal "$1 $form: class" "$(cut -d ' ' -f 2,3 <<<"$line")" 'notice user-unknown-surge'
    done
    cmp -s "$1.2.0.json" "$1.3.7.json" || problem "$1: the two forms give different events"
}

# Deleted accounts: nobody is named, and that is what is said.
day_a() {
    rejects rejects-a 2003-04-13T15:00:00.000Z '16 2 13505' 13523
    expect_no_line 'rejects-a: no client dominates' rule=smtp-dos rejects-a.3.7.text
    expect_no_line 'rejects-a: no backscatter' rule=backscatter rejects-a.3.7.text
    grep -q 'No single client drives it; about [0-9]* recipients: probably deleted accounts' \
        rejects-a.3.7.text || problem 'rejects-a: does not say "deleted accounts"'
}

# One client: named within five minutes of 03:00 (18:00 UTC), with a line to refuse it.
day_b() {
    local line found
    rejects rejects-b 2003-07-05T15:00:00.000Z '7 0 32028' 32035
    line=$(event rejects-b.3.7.text rule=smtp-dos state=open)
    found=$(fields time <<<"$line")
    [[ $found > 2003-07-04T18:00:00 && $found < 2003-07-04T18:05:01 ]] ||
        problem "rejects-b: found at '$found', want within 5 minutes of 18:00:00Z"
    expect_equal 'rejects-b: named' "$(alarmed rejects-b.3.7.text)" '203.0.113.66 '
    grep -q '203.0.113.66 REJECT ' rejects-b.3.7.json || problem 'rejects-b: no line to refuse it'
    grep -q 'Most of it comes from one client, 203.0.113.66' rejects-b.3.7.text ||
        problem 'rejects-b: reject-surge does not say who'
}

# r2 over the hour before the log ends, 60 bins and more of the attack (F.5); found by 02:05.
night() {
    local found r2
    run unresolved 9.2 site.conf 2004
    found=$(event unresolved.9.2.text rule=backscatter state=open | fields time)
    [[ $found > 2004-08-30T17:00:00 && $found < 2004-08-30T17:05:01 ]] ||
        problem "unresolved: found at '$found', want within 5 minutes of 17:00:00Z"
    r2=$(grep 'rule=backscatter state=close' unresolved.9.2.text | sed -n 's/.* r2 = \([0-9.]*\)).*/\1/p')
    awk -v r2="$r2" 'BEGIN { exit !(r2 >= 0.999) }' || problem "unresolved: r2 '$r2', want 0.999"
    expect_equal 'unresolved: class' \
        "$(event unresolved.9.2.text rule=backscatter state=open | cut -d ' ' -f 2,3)" \
        'alarm unresolved-surge'
}

# The bots of 10:00 (01:00 UTC) are an alarm by 10:05, and nobody is named.
bots() {
    local scenario found
    for scenario in flood-classic flood-modern; do
        run $scenario 3.7 site.conf 2026
        found=$(event $scenario.3.7.text rule=backscatter alarm backscatter-ddos | fields time)
        [[ $found > 2026-05-12T01:00:00 && $found < 2026-05-12T01:05:01 ]] ||
            problem "$scenario: found at '$found', want within 5 minutes of 01:00:00Z"
        expect_no_line "$scenario: no client dominates" rule=smtp-dos $scenario.3.7.text
    done
}

# One of five names is unresolved, with nothing but the domain configured: 120 of 600.
filter() {
    run names 9.2 paper.conf 2004
    grep -q '"unresolved":{"total":600,"unresolved":120,"share":0.2,' names.9.2.json ||
        problem "names: $(cat names.9.2.text)"
}

# Names of one label, a suffix or not, stand in front of the domain as a subdomain does: with nothing
# before them they are no stranger's name, and with something they are. 100 of 601.
one_label() {
    awk 'BEGIN {
        n = split("com co.uk www hotmail.com gpo.cc st.cs", front);
        for (i = 0; i < 600; i++) {
            printf "Aug 31 00:%02d:%02d ns1 named[217]: client 192.0.2.25#%d: query: %s.kumamoto-u.ac.jp IN %s\n",
                   i / 60, i % 60, 1024 + i, front[1 + i % n], i % 4 ? "A" : "MX"
        }
        print "Aug 31 00:11:40 ns1 named[217]: client 192.0.2.25#3584: query: www.kumamoto-u.ac.jp IN A"
    }' >labels.log
    replay labels paper.conf 2004 labels.log
    grep -q '"unresolved":{"total":601,"unresolved":100,"share":0.1664,' labels.json ||
        problem "one label: $(grep -o '"unresolved":{[^}]*}' labels.json)"
}

day_a
day_b
night
bots
filter
one_label
finish
