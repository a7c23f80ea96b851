#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The closing table: on standard error with --summary or on a terminal, never on standard output;
# and the progress bar's rate and time left.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

make_site
make_log 12000 43200 10 >all.log
sed -n '1,4000p' all.log >a.log
{
    sed -n '4001,12000p' all.log
    echo 'Jan  1 21:20:00 mx1 postfix/smtpd[9]: connect from unknown[192.0.2.7]'
    echo 'Jan  1 21:20:01 ns1 named[7]: client 192.0.2.7#1024: query: broken'
    echo 'no header'
    echo 'Jan  1 21:20:02 host cron[1]: (root) CMD (true)'
} >b.log
gzip -c b.log >b.log.gz

# Worked out by hand: three of five lines are other clients', 50 of them in turn, of which those
# with 20 + n % 50 for n % 5 in 2..4 are 30; with the mailer 31. One incident a rule; a day over 50
# MX on each of the two days; a summary for each day, and one for the mail server of the connection.
# The end is the middle one of the last lines that have a time: the fifth of eight.
cat >want.txt <<'END'
from 2004-12-31T12:00:00Z to 2005-01-01T21:19:50Z (1 d 09:19:50)

  lines by parser           understood       malformed
  bind                          12,000               1
  postfix                            1               0
  of no parser                       2

clients: 31 seen, 31 remembered, 0 given up for memory

  incidents by class                   alarm    notice      info
  bot-worm                                 1         0         0
  mass-mailing-worm                        1         0         0
  mx-over-threshold                        0         2         0
  summary                                  0         0         3
END

# expect_table WHAT: said.txt is the table; its first line has what differs from run to run.
expect_table() {
    expect_line "$1: first line" '^12,004 lines, 1 MB in [0-9]+\.[0-9] s: [0-9,]+ lines/s$' said.txt
    tail -n +2 said.txt | cmp -s - want.txt || problem "$1: $(tail -n +2 said.txt | diff - want.txt)"
}

dnsmon replay -c site.conf --year 2004 a.log b.log >events.txt 2>said.txt
expect_equal 'not asked for' "$(cat said.txt)" ''
for threads in 1 4; do
    dnsmon replay -c site.conf --year 2004 --summary --threads $threads b.log a.log >got.txt 2>said.txt
    expect_equal "$threads threads: exit status" $? 0
    expect_table "$threads threads"
    expect_same "$threads threads" got.txt events.txt
done
dnsmon replay -c site.conf --summary </dev/null >got.txt 2>said.txt
expect_line 'nothing' '^0 lines, 0 MB' said.txt
expect_line 'nothing' '^incidents: none$' said.txt
expect_no_line 'nothing: no time' '^from ' said.txt
expect_equal 'nothing: standard output' "$(wc -c <got.txt)" 0

# On a terminal without being asked; a slow enough run shows rate and time left.
if ! command -v script >/dev/null; then
    problem 'there is no script (bsdutils)'
    finish
fi
script -qec "'$DNSMON_BUILD/dnsmon' replay -c site.conf --year 2004 a.log b.log >got.txt" tty.txt \
    >/dev/null </dev/null
expect_equal 'on a terminal: exit status' $? 0
tr '\r' '\n' <tty.txt | sed -n '/^12,004 lines/,/summary   /p' | sed '/^$/N;/^\n$/D' >said.txt
expect_same 'on a terminal: events' got.txt events.txt
expect_line 'on a terminal' '^12,004 lines, 1 MB in' said.txt
expect_line 'on a terminal' '^  mass-mailing-worm +1 +0 +0$' said.txt
for _ in 1 2 3 4 5 6 7 8; do cat a.log b.log; done >big.log
for _ in 1 2 3; do cat big.log big.log big.log big.log; done >bigger.log
script -qec "'$DNSMON_BUILD/dnsmon' replay -c site.conf --year 2004 --threads 1 bigger.log >got.txt" \
    tty.txt >/dev/null </dev/null
expect_line 'a bar' '\[#+ *\] +[0-9]+% [0-9]+\.[0-9] MB/s, 0:00:0[0-9] left' tty.txt
script -qec "{ cat big.log; sleep 0.6; cat big.log; } | '$DNSMON_BUILD/dnsmon' replay -c site.conf >got.txt" \
    tty.txt >/dev/null </dev/null
expect_line 'a pipe' '[0-9]+ MB read [0-9]+\.[0-9] MB/s' tty.txt
finish
