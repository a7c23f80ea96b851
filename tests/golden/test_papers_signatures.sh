#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers_signatures.sh - the worms of S0 by what they ask first: Sobig.F, once and with Sobig.C
# beside it, Netsky.C, Mydoom.A; resolvers at their start are silent; from each form of line.
# Source: doc/SCIENCE.md A.4, F 3.
#
# LIMITS: names and numbers are the paper's, the seconds between them are not (gen/worms.c).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
cd "$TEST_TMP" || exit 1

cat >site.conf <<'END'
[site]
networks = 192.0.2.0/24
timezone = Asia/Tokyo
END

# signature SCENARIO YEAR "CLASS SCORE": what worm-signature says, from every form, of the PC alone
signature() {
    local form
    for form in 9.2 9.18 9.20; do
        generate "$1" $form
        replay "$1.$form" site.conf "$2" "$1.$form.log"
        same_events "$1.9.2.json" "$1.$form.json" || problem "$1: form $form gives other events than 9.2"
    done
    expect_equal "$1: what is said" \
        "$(grep rule=worm-signature "$1.9.2.text" | grep state=open |
            sed 's/^dnsmon: \([^ ]*\) \([^ ]*\) client=\([^ ]*\) score=\([^ ]*\) .*/\1 \2 \3 \4/')" "$3"
}

signature roots-once 2003 'notice sobig-f 192.0.2.31 1.0'
signature roots-twice 2003 'notice sobig-c 192.0.2.31 2.0'
expect_line 'roots-twice: the copies are told' \
    'in the way of the worm sobig-c, each of them 2 times, as if 2 copies ran' roots-twice.9.2.text
signature netsky 2004 'notice netsky-c 192.0.2.31 1.0'
signature mydoom 2004 'notice mydoom-a 192.0.2.32 6.0'
signature relay 2004 ''
signature mytob 2005 ''
signature sobig 2003 ''
expect_equal 'roots-twice: nobody else, and no alarm' \
    "$(grep -v '^dnsmon: info ' roots-twice.9.2.text | cut -d ' ' -f 2,4 | sort -u)" 'notice client=192.0.2.31'

# A site that configures the resolvers, or switches the signatures off, hears nothing.
{
    cat site.conf
    printf '[roles]\nresolvers = 192.0.2.31\n'
} >resolver.conf
replay resolver resolver.conf 2003 roots-twice.9.2.log
expect_equal 'a configured resolver' "$(grep -v '^dnsmon: info ' resolver.text)" ''
{
    cat site.conf
    printf '[signatures]\nsobig-f =\nsobig-c =\n'
} >off.conf
replay off off.conf 2003 roots-twice.9.2.log
expect_equal 'switched off' "$(grep -v '^dnsmon: info ' off.text)" ''

# The signatures in force are shown, those of the site with their line.
printf '[signatures]\nour-worm = TXT suffix=c2.example within=10m\n' >own.conf
"$DNSMON_BUILD/dnsmon" check own.conf >own.shown || problem 'check failed'
expect_line 'a shipped signature is shown' \
    '^sobig-f=A name=\?.root-servers.net distinct=3 within=60s$' own.shown
expect_line "the site's own too" '^our-worm=TXT suffix=c2.example within=10m$' own.shown
expect_line 'and where it stands' '^# set in .*own.conf:2; source: ' own.shown
finish
