#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers_tcp.sh - worms in packet filters' logs: a day of Welchia by the rule of 2003 and by
# today's, from iplog's and the Linux kernel's lines; the two curves of 2005.
# Source: doc/SCIENCE.md A.12, F 12, F 13.
#
# LIMITS: S1's curves are a figure: the dates are the paper's, the counts a generator's (gen/worms.c).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
cd "$TEST_TMP" || exit 1

# config LINE...: the site, and what stands behind it
config() {
    printf '[site]\nnetworks = 192.0.2.0/24;198.18.0.0/15\ntimezone = Asia/Tokyo\n'
    printf '%s\n' "$@"
}
config '[detector tcp-probe]' 'distinct = 1' >of2003.conf
config '[detector tcp-probe]' 'distinct = 1' '[events]' 'rate = 10/h' >rate.conf
config >today.conf

# count PATTERN FILE
count() {
    grep -c -- "$1" "$2"
}

welchia() {
    local first most
    generate welchia 9.2
    generate welchia 9.18
    replay welchia of2003.conf 2003 welchia.9.2.log
    replay welchia-nf of2003.conf 2003 welchia.9.18.log
    cmp -s welchia.json welchia-nf.json || problem 'welchia: iplog and the kernel give other events'
    # 800 sources, and a PC that has its file server behind the packet filter
    expect_equal 'welchia: incidents' "$(count 'rule=tcp-probe state=open' welchia.text)" 801
    expect_equal 'welchia: clients' \
        "$(sed -n 's/.* client=\([^ ]*\) .*state=open.*/\1/p' welchia.text | sort -u | wc -l)" 801
    # the first attempt is told in its own second; the one 23 hours later is counted into it
    first=$(grep 'client=198.18.0.1 ' welchia.text | fields state time)
    expect_equal 'welchia: the first source' "$(head -n 1 <<<"$first")" 'open 2003-08-27T15:00:00.000Z'
    expect_equal 'welchia: it is one incident' "$(grep -c '^open' <<<"$first")" 1
    expect_no_line 'welchia: other ports' 'client=198.18.200.1 ' welchia.text

    # With a rate, no hour has more events than that and the lists of ten minutes; nobody is lost.
    replay rate rate.conf 2003 welchia.9.2.log
    most=$(fields time <rate.text | cut -c 1-13 | sort | uniq -c | sort -n | tail -n 1 | awk '{print $1}')
    [ "$most" -le 20 ] || problem "rate: $most events in an hour, want 10 and at most 10 lists"
    expect_equal 'rate: everybody is named' \
        "$(grep -o '"ip":"[0-9.]*"' rate.json | sort -u | wc -l)" 801

    replay today today.conf 2003 welchia.9.2.log
    expect_equal 'welchia: one attempt each is no alarm today' "$(grep -v '^dnsmon: info ' today.text)" ''
}

# One start, at most 14 days after 2005-08-23, and one end, at most 14 days after 2006-02-27; the
# day's counts are known at its end, 15:00 UTC.
curves() {
    local start end
    generate curves-2005 iso
    replay curves today.conf 0 curves-2005.iso.log
    grep rule=campaign-sync curves.text >sync.text
    expect_equal 'curves: starts' "$(count state=open sync.text)" 1
    expect_equal 'curves: ends' "$(count state=close sync.text)" 1
    start=$(grep state=open sync.text | fields time)
    end=$(grep state=close sync.text | fields time)
    [[ $start > 2005-08-22T15:00:00 && $start < 2005-09-06T15:00:01 ]] ||
        problem "curves: start at $start, want within 14 days of 2005-08-23"
    [[ $end > 2006-02-27T15:00:00 && $end < 2006-03-13T15:00:01 ]] ||
        problem "curves: end at $end, want within 14 days of 2006-02-27"
    expect_line 'curves: what it is' '^dnsmon: notice synchronised-campaign score=' sync.text
    generate curves-apart iso
    replay apart today.conf 0 curves-apart.iso.log
    expect_no_line 'curves that have nothing in common' rule=campaign-sync apart.text
}

welchia
curves
finish
