#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Feed health through the program: an old and a new BIND in one stream, a format that changes in
# mid-stream, a gap, lines that come twice, lines out of order; with one thread and with four.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"
# shellcheck source=lib_health.sh
. "$DNSMON_SRC/tests/golden/lib_health.sh"
make_site

# health FILE: "RULE STATE HOST SECONDS" of the events about the feed; the others into findings.txt.
health() {
    dnsmon replay -c site.conf --threads 4 "$1" >four.txt 2>said.txt
    dnsmon replay -c site.conf --threads 1 "$1" >got.txt 2>said.txt
    expect_same "$1: threads" four.txt got.txt
    grep -E '"id":"(feed-gap|format-drift)"' got.txt |
        sed -E 's/.*"action":"([a-z]*)".*"rule":\{"id":"([a-z-]*)".*"hostname":"([^"]*)".*"window":\{"start":"[^"]*","seconds":([0-9]*)\}.*/\2 \1 \3 \4/'
    grep -vE '"id":"(feed-gap|format-drift|daily-summary)"' got.txt >findings.txt
}

# Two hours to learn, then what happens at 11:00.
lines 32400 39600 >front.log
lines 39600 46800 >back.log
cat front.log back.log >steady.log
expect_equal 'steady' "$(health steady.log)" ''
cp findings.txt steady.txt
expect_line 'the mailer is found' '"id":"mass-mailer"' steady.txt

lines 39600 43200 bad >bad.log
lines 43200 46800 >end.log
cat front.log bad.log end.log >changed.log
expect_equal 'a format that changes' "$(health changed.log)" \
    $'format-drift open ns1 60\nformat-drift close ns1 4920'
expect_line 'up to three lines are shown' '"evidence":(.*of type A+"[}],?){3}\]' got.txt

lines 39600 43200 words >words.log
cat front.log words.log end.log >reworded.log
expect_equal 'a wording that changes' "$(health reworded.log)" \
    $'format-drift open ns1 301\nformat-drift close ns1 3601'

lines 40800 46800 >later.log
cat front.log later.log >gap.log
expect_equal 'a gap of twenty minutes' "$(health gap.log)" \
    $'feed-gap open ns1 301\nfeed-gap close ns1 1201'
expect_line 'what touches it is lossy' '"id":"mass-mailer".*"lossy":true' got.txt

# An old BIND's lines among the new one's: the same findings.
lines 32400 46800 old ns1 >old.log
awk 'NR % 2 {getline other <"old.log"; print; next} {getline other <"old.log"; print other}' \
    steady.log >mixed.log
expect_equal 'an old and a new BIND' "$(health mixed.log)" ''
expect_same 'an old and a new BIND: findings' findings.txt steady.txt

# Each line twice: what is marked counts once, so the mailer's events differ in A and AAAA alone.
awk '{print; print}' steady.log >double.log
expect_equal 'each line twice' "$(health double.log)" ''
for file in findings steady; do
    sed -E 's/"(a|aaaa|ptr|other)":[0-9]+/"\1":0/g' "$file.txt" >"$file.mx"
done
expect_same 'each line twice: findings' findings.mx steady.mx

# Out of order within five seconds: the same bytes.
awk 'BEGIN {srand(3)} {print substr($1, 12, 2) * 3600 + substr($1, 15, 2) * 60 + substr($1, 18, 6) + 4 * rand() "\t" $0}' \
    steady.log | sort -n -s -k1,1 | cut -f2- >shuffled.log
expect_equal 'shuffled' "$(health shuffled.log)" ''
expect_same 'shuffled: findings' findings.txt steady.txt
finish
