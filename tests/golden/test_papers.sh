#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers.sh - the papers' tables, replayed from generated logs: the exact counts at day close,
# who is named by which rule and when, the log-likelihoods; the same JSON from each form of line.
# Source: doc/SCIENCE.md A.1, A.3, A.5, F.1, F.2.
#
# LIMITS: the numbers of queries are the papers', the names mostly are not (gen/papers.c).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
cd "$TEST_TMP" || exit 1

config() {
    printf '[site]\nnetworks = 192.0.2.0/24\ntimezone = %s\n[roles]\nmail-servers = 192.0.2.25\n' "$1"
}
config Asia/Tokyo >tokyo.conf
config UTC >utc.conf

year_of() {
    case $1 in sobig*) echo 2003 ;; mytob*) echo 2005 ;; *) echo 2004 ;; esac
}

# same_from_each_form SCENARIO: leaves SCENARIO.json and SCENARIO.text
same_from_each_form() {
    local form year
    year=$(year_of "$1")
    for form in 9.2 9.18 9.20; do
        generate "$1" $form
        replay "$1.$form" tokyo.conf "$year" "$1.$form.log"
        [ -s "$1.$form.json" ] || problem "$1 in form $form: no event"
        same_events "$1.9.2.json" "$1.$form.json" || problem "$1: form $form gives other events than 9.2"
    done
    cp "$1.9.2.json" "$1.json"
    cp "$1.9.2.text" "$1.text"
}

# counts_at SCENARIO RULE STATE TIME WANT: "mx a ptr" of that event
counts_at() {
    expect_equal "$1: $2 $3 at $4: MX A PTR" \
        "$(event "$1.text" "rule=$2" "state=$3" "time=$4" | fields mx a ptr)" "$5"
}

# llr_at SCENARIO RULE STATE TIME WANT: within 0.1
llr_at() {
    local got
    got=$(event "$1.text" "rule=$2" "state=$3" "time=$4" | fields llr)
    awk -v a="$got" -v b="$5" 'BEGIN { d = a - b; exit !(a != "?" && d <= 0.1 && d >= -0.1) }' ||
        problem "$1: llr of $2 at $4: got '$got', want $5"
}

# class_at SCENARIO STATE TIME WANT: "level class" of the mass-mailer event
class_at() {
    expect_equal "$1: class at $3" \
        "$(event "$1.text" rule=mass-mailer "state=$2" "time=$3" | cut -d ' ' -f 2,3)" "$4"
}

# fires_at_51 SCENARIO DAYS: the census opens so often, each time at the 51st MX
fires_at_51() {
    expect_equal "$1: census opens" \
        "$(grep 'rule=mx-census state=open' "$1.text" | fields mx | tr '\n' ' ')" "$2"
}

# The form with flags says that this machine asks over TCP; the others cannot.
verified() {
    grep -q '"rule":{"id":"mass-mailer".*"verified":true' "$1.9.20.json" ||
        problem "$1: not verified by its queries over TCP"
    grep -q '"verified":true' "$1.9.18.json" && problem "$1: verified without flags"
}

# Midnights of the site's zone, +09:00.
sobig() {
    local day
    same_from_each_form sobig
    fires_at_51 sobig '51 51 51 '
    for day in '19 190 36 0' '20 335 89 0' '21 422 201 0'; do
        counts_at sobig mx-census close "2003-08-${day%% *}T15:00:00.000Z" "${day#* }"
        counts_at sobig mass-mailer update "2003-08-${day%% *}T15:00:00.000Z" "${day#* }"
    done
    class_at sobig update 2003-08-19T15:00:00.000Z 'alarm unregistered-mail-host'
    class_at sobig update 2003-08-20T15:00:00.000Z 'alarm mass-mailing-worm'
    llr_at sobig mass-mailer update 2003-08-19T15:00:00.000Z -3.2
    llr_at sobig mass-mailer update 2003-08-21T15:00:00.000Z -18.03
    expect_equal 'sobig: one incident of mass-mailer' \
        "$(grep rule=mass-mailer sobig.text | tr ' ' '\n' | grep ^id= | tr -d : | sort -u | wc -l)" 1
    expect_equal 'sobig: alarmed' "$(alarmed sobig.text)" '192.0.2.31 '
}

mydoom() {
    same_from_each_form mydoom
    verified mydoom
    fires_at_51 mydoom '51 '
    counts_at mydoom mx-census close 2004-01-28T15:00:00.000Z '807 4823 0'
    counts_at mydoom mass-mailer update 2004-01-28T15:00:00.000Z '807 4823 0'
    class_at mydoom update 2004-01-28T15:00:00.000Z 'alarm mass-mailing-worm'
    llr_at mydoom mass-mailer update 2004-01-28T15:00:00.000Z -79.73
    expect_equal 'mydoom: alarmed' "$(alarmed mydoom.text)" '192.0.2.32 '
}

relay() {
    same_from_each_form relay
    fires_at_51 relay '51 '
    counts_at relay mx-census close 2004-02-26T15:00:00.000Z '2922 6755 139'
    counts_at relay mass-mailer update 2004-02-26T15:00:00.000Z '2922 6755 139'
    class_at relay update 2004-02-26T15:00:00.000Z 'alarm spam-relay'
    llr_at relay mass-mailer update 2004-02-26T15:00:00.000Z 551.43
    expect_equal 'relay: alarmed' "$(alarmed relay.text)" '192.0.2.33 '
    expect_no_line 'relay: no keyword scan' rule=keyword-scan relay.text
}

mytob() {
    local found
    same_from_each_form mytob
    expect_no_line 'mytob: no census' rule=mx-census mytob.text
    counts_at mytob keyword-scan update 2005-02-25T15:00:00.000Z '0 32721 7'
    llr_at mytob keyword-scan update 2005-02-25T15:00:00.000Z -428.72
    found=$(grep -m 1 '^dnsmon: alarm bot-worm .*rule=keyword-scan state=open' mytob.text |
        fields time)
    [[ $found > 2005-02-25T03:00:00 && $found < 2005-02-25T03:03:00 ]] ||
        problem "mytob: found at '$found', want within 3 minutes of 03:00:00Z"
    expect_equal 'mytob: alarmed' "$(alarmed mytob.text)" '192.0.2.34 '
}

census() {
    same_from_each_form census
    fires_at_51 census '51 '
    expect_equal 'census: noticed' "$(noticed census.text)" '192.0.2.51/mx-over-threshold '
    expect_equal 'census: alarmed' "$(alarmed census.text)" ''
}

# The log ends on the same day: the last event of the incident has the day's counts.
ends_the_same_day() {
    local row scenario rule want
    for row in 'sobig-cut mass-mailer 422 201 0' 'mydoom-cut mass-mailer 807 4823 0' \
        'relay-cut mass-mailer 2922 6755 139' 'mytob-cut keyword-scan 0 32721 7' \
        'sobig-cut mx-census 422 201 0' 'mydoom-cut mx-census 807 4823 0' \
        'relay-cut mx-census 2922 6755 139'; do
        read -r scenario rule want <<<"$row"
        [ -e "$scenario.text" ] || same_from_each_form "$scenario"
        expect_equal "$scenario: $rule at the end: MX A PTR" \
            "$(grep "rule=$rule state=close" "$scenario.text" | tail -n 1 | fields mx a ptr)" "$want"
    done
}

# Without a zone in the stamps UTC moves every time by nine hours and no count; with the zone in the
# stamps the times stay and the days are cut at 09:00 local time: 26 February's relay began at 10:00
# and ended at 22:00, so it is still one day, and closes 15 hours later.
utc() {
    replay relay-utc utc.conf 2004 relay.9.2.log
    counts_at relay-utc mx-census close 2004-02-27T00:00:00.000Z '2922 6755 139'
    expect_equal 'relay-utc: first finding' \
        "$(head -n 1 relay-utc.text | fields time)" 2004-02-26T10:02:42.000Z
    generate relay iso
    replay relay-iso tokyo.conf 0 relay.iso.log
    cmp -s relay.json relay-iso.json || problem 'relay: full stamps give other events'
    replay relay-iso-utc utc.conf 0 relay.iso.log
    expect_equal 'relay-iso-utc: first finding' \
        "$(head -n 1 relay-iso-utc.text | fields time)" 2004-02-26T01:02:42.000Z
    expect_equal 'relay-iso-utc: last counts' \
        "$(grep 'rule=mx-census state=close' relay-iso-utc.text | fields mx a ptr)" '2922 6755 139'
}

sobig
mydoom
relay
mytob
census
ends_the_same_day
utc
finish
