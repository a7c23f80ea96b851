#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers_regression.sh - S4's day of look-ups and connections, S2's days of few messages, and a
# cache, from the lines of a name server and a mail server: what the daily summary tabulates of
# them, and which of them are an alarm; the same from old and new forms of line.
# Source: doc/SCIENCE.md A.7, A.8, A.11, F.7 to F.10.
#
# LIMITS: the relations are the papers', the traffic is generated (gen/gendays.c) and smaller.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
GENDAYS=$DNSMON_BUILD/tests/golden/gen/gendays
cd "$TEST_TMP" || exit 1

# config MORE: a site with one mail server
config() {
    printf '[site]\nnetworks = 192.0.2.0/24\ntimezone = Asia/Tokyo\n'
    printf '[roles]\nmail-servers = 192.0.2.25\n%s\n' "$1"
}
config '' >site.conf

# run NAME SCENARIO FORM CONFIG YEAR: leaves NAME.json and NAME.text
run() {
    [ -e "$2.$3.log" ] || "$GENDAYS" "$2" "$3" >"$2.$3.log" || problem "gendays $2 $3 failed"
    replay "$1" "$4" "$5" "$2.$3.log"
}

# same_from_each_form SCENARIO YEAR: leaves SCENARIO.json and .text. The id of an incident is its
# own; the observer's name and all times are the same.
same_from_each_form() {
    run "$1" "$1" old site.conf "$2"
    run "$1.new" "$1" new site.conf 0
    cmp -s "$1.json" "$1.new.json" || problem "$1: the new form gives other events than the old"
}

# figure NAME DATE GROUP KEY: of the mail server's summary that was written at that local midnight
figure() {
    local from
    from=$(date -u -d "$2 00:00 +0900" +%Y-%m-%dT%H:%M:%S.000Z)
    sed -n "/^{\"@timestamp\":\"$from\".*\"host\":{\"ip\":\"192.0.2.25\"}.*\"class\":\"summary\"/s/.*\"$3\":{[^}]*\"$4\":\([^,}]*\).*/\1/p" \
        "$1.json"
}

# near NAME DATE GROUP KEY WANT TOLERANCE
near() {
    local got
    got=$(figure "$1" "$2" "$3" "$4")
    awk -v a="$got" -v b="$5" -v t="$6" \
        'BEGIN { d = a - b; exit !(a != "" && a != "null" && d <= t && d >= -t) }' ||
        problem "$1 at $2: $3.$4 is '$got', want $5 within $6"
}

# rules NAME: "rule/class" of every notice and alarm of a mail server's rule, in one line
rules() {
    sed -n 's/^dnsmon: \(alarm\|notice\) \([^ ]*\) .* rule=\(mail-[a-z]*\|cache-[a-z]*\) .*/\3\/\2/p' \
        "$1.text" | sort -u | tr '\n' ' '
}

# F 7; and F 8, the slope on a day without background is its ratio
f7() {
    same_from_each_form figure2 2003
    near figure2 2003-03-18 regression m 8.8 0.176
    near figure2 2003-03-18 regression r2 0.918 0.02
    near figure2 2003-03-18 regression bins 144 0
    # every other connection sends a message out
    near figure2 2003-03-18 regression q 0.5 0.01
    near figure2 2003-03-18 regression n 6.8 0.34
    near figure2 2003-03-18 regression k 2 0
    near figure2 2003-03-18 mail efficiency 0.95 0.005
    config '[detector mail-regression]
pop3-queries = 1
queries-per-domain = 4
inbound-share = 0.5' >legacy.conf
    run figure2-legacy figure2 old legacy.conf 2003
    near figure2-legacy 2003-03-18 regression m 8.8 0.176
    near figure2-legacy 2003-03-18 regression m_pop3 1 0
    near figure2-legacy 2003-03-18 regression q 0.5 0
    near figure2-legacy 2003-03-18 regression n 3.4 0.17
    expect_equal 'figure2: nothing to report' "$(rules figure2)" ''
    same_from_each_form inbound 2003
    near inbound 2003-03-18 regression m 2 0.04
    near inbound 2003-03-18 regression q 1 0
    expect_equal 'inbound: n is not known' "$(figure inbound 2003-03-18 regression n)" null
}

# F 8: background of 26 % and 63 %; F 9
f9() {
    same_from_each_form april13 2003
    near april13 2003-04-02 mail efficiency 0.70 0.01
    near april13 2003-04-06 mail efficiency 0.35 0.01
    near april13 2003-04-14 mail efficiency 0.21 0.01
    expect_equal 'april13: rules' "$(rules april13)" 'mail-efficiency/low-efficiency '
    same_from_each_form july5 2003
    near july5 2003-07-06 mail efficiency 0.11 0.01
    expect_equal 'july5: rules' "$(rules july5)" 'mail-efficiency/low-efficiency '
    same_from_each_form weekday 2003
    near weekday 2003-04-15 mail efficiency 0.35 0.01
    expect_equal 'weekday: rules' "$(rules weekday | tr ' ' '\n' | grep mail-eff)" \
        'mail-efficiency/low-efficiency'
    same_from_each_form no-rise 2003
    near no-rise 2003-04-15 mail efficiency 0.35 0.01
    expect_equal 'no-rise: rules' "$(rules no-rise | tr ' ' '\n' | grep mail-eff)" ''
}

# begins SCENARIO DAY: the alarm comes between 9:00 and 10:00 of the local day
begins() {
    local at from to
    from=$(date -u -d "$2 09:00 +0900" +%Y-%m-%dT%H:%M:%S)
    to=$(date -u -d "$2 10:00 +0900" +%Y-%m-%dT%H:%M:%S)
    at=$(grep 'rule=mail-efficiency' "$1.text" | head -n 1 | fields time)
    [[ $at > $from && $at < $to ]] || problem "$1: alarm at '$at', want $from to $to"
}

# F 10
f10() {
    config '[detector cache-efficiency]
queries-per-connection = 10' >cache.conf
    run cache cache old cache.conf 2002
    run cache.new cache new cache.conf 0
    cmp -s cache.json cache.new.json || problem 'cache: the new form gives other events'
    near cache 2002-03-12 cache efficiency 0.9 0
    near cache 2002-03-13 cache efficiency 0.9 0
    expect_equal 'cache: rules' "$(rules cache | tr ' ' '\n' | grep cache)" \
        'cache-efficiency/cache-drop'
    # observed 300 of 200: negative, and said so
    expect_line 'cache: flagged' 'fell from 0.9 to -0.5\..*Below zero' cache.text
}

f7
f9
begins april13 2003-04-13
begins july5 2003-07-05
begins weekday 2003-04-14
f10
finish
