#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Files that overlap in time give the bytes of the one file that has their lines in order: however
# the lines are dealt, by however many threads.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

# same_with THREADS WHAT FILE...: replay of the files gives want.txt, in silence.
same_with() {
    local threads=$1 what=$2
    shift 2
    dnsmon replay -c site.conf --year 2004 --threads "$threads" "$@" >got.txt 2>said.txt
    expect_equal "$what, $threads threads: exit status" $? 0
    expect_equal "$what, $threads threads: notes" "$(cat said.txt)" ''
    expect_same "$what, $threads threads" got.txt want.txt
}

# same WHAT FILE...: with one thread and with four.
same() {
    same_with 1 "$@"
    same_with 4 "$@"
}

# deal FILE N NAME: line i goes to the file NAME(i modulo N).
deal() {
    awk -v n="$2" -v name="$3" '{print >(name NR % n)}' "$1"
}

make_site
# 18,000 lines from noon of 31 December on, 10 s apart: over New Year, six blocks.
make_log 18000 43200 10 >all.log
dnsmon replay -c site.conf --year 2004 --threads 1 all.log >want.txt
expect_line 'the mailer is found' '"class":"mass-mailing-worm"|"class":"mx-over-threshold"' want.txt

deal all.log 2 two
same 'dealt over two' two0 two1
same 'dealt over two, the other way' two1 two0
same_with 4 'two pipes' <(cat two0) <(cat two1)
same_with 4 'standard input and a file' two1 - < <(cat two0)
deal all.log 3 three
if gzip -c three1 >three1.gz && dnsmon parse three1.gz >parsed.txt 2>said.txt; then
    same 'dealt over three, one compressed' three0 three1.gz three2
fi
if command -v zstd >/dev/null && zstd -q -c three2 >three2.zst &&
    dnsmon parse three2.zst >parsed.txt 2>said.txt; then
    same 'dealt over three, one as zstd' three2.zst three0 three1
fi
awk '{print >(/ 192[.]0[.]2[.]7#/ ? "mailer.log" : "others.log")}' all.log
same 'split by client' mailer.log others.log
awk '{print >(NR % 300 == 1 ? "sparse.log" : "dense.log")}' all.log
same 'a sparse one beside a dense one' dense.log sparse.log
: >empty.log
same 'an empty one among them' two0 empty.log two1
head -n 3000 all.log >a.log
sed -n '2000,$p' all.log | awk 'NR > 1001' >b.log
same 'behind each other' b.log a.log

# Lines without a time at the end, and a file of nothing else.
{ cat two0; printf 'no time\n%.0s' {1..20}; } >ends.log
same 'last lines without a time' ends.log two1
printf 'no time\n%.0s' {1..20000} >none.log
same 'a file without any time' none.log two1 two0
same 'a file without any time, last' two1 two0 none.log

# A line from the future at the front, and wrong ones at the ends of blocks: they are outvoted.
awk 'NR % 40 == 1 {print "Dec 31 23:59:59 ns0 cron[1]: hello"} {print}' two1 >wrong.log
same 'some lines of another time' two0 wrong.log

# A hundred pieces, and every second line elsewhere: three files are open at a time.
split -n l/100 -d -a 3 two0 piece.
(
    ulimit -n 40
    same 'a hundred pieces beside one' two1 piece.*
    exit "$TEST_FAILURES"
) || problem 'with forty open files'

# One of them is damaged: the others are read.
gzip -c two0 | head -c 20000 >cut.gz
dnsmon replay -c site.conf --year 2004 two1 cut.gz >got.txt 2>said.txt
expect_equal 'one is cut: exit status' $? 1
expect_line 'one is cut' 'cut.gz' said.txt
expect_line 'one is cut: the other is read' '2005-01-0[12]T' got.txt

# What is out of order in itself is said.
awk '{line[NR] = $0} END {for (i = NR; i > 0; i--) print line[i]}' two0 >reversed.log
dnsmon replay -c site.conf --year 2004 reversed.log two1 >got.txt 2>said.txt
expect_equal 'out of order: exit status' $? 0
expect_line 'out of order' 'lines are older than lines before them' said.txt
finish
