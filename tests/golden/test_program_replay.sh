#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The same lines give the same bytes: however they are packed, cut into files and named, by however
# many threads; over New Year too.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

# same WHAT ARGUMENT...: replay gives want.txt.
same() {
    local what=$1
    shift
    dnsmon replay -c site.conf --year 2004 "$@" >got.txt 2>said.txt
    expect_equal "$what: exit status" $? 0
    expect_same "$what" got.txt want.txt
}

make_site
# 30,000 lines are 2.4 MB, ten blocks; from noon of 31 December on, 10 s apart: into 4 January.
make_log 12000 43200 10 >old.log
make_log 18000 163200 10 >new.log
cat old.log new.log >all.log
dnsmon replay -c site.conf --year 2004 --threads 1 all.log >want.txt
expect_line 'the mailer is found' '"class":"mass-mailing-worm"|"class":"mx-over-threshold"' want.txt
expect_line 'the year' '"@timestamp":"2004-12-31T' want.txt
expect_line 'New Year has passed' '"@timestamp":"2005-01-0[1-4]T' want.txt
expect_no_line 'no other year' '"@timestamp":"(19|200[0-36-9])' want.txt

same 'two threads' --threads 2 all.log
same 'three threads' --threads 3 all.log
same 'four threads' --threads 4 all.log
same 'default threads' all.log
same 'standard input' - <all.log
same 'no file' <all.log
same 'a pipe that comes in pieces' < <(head -c 100001 all.log; sleep 0.2; tail -c +100002 all.log)
same 'two files' old.log new.log
same 'two files, wrong order' new.log old.log
same 'one from a pipe' new.log - < <(cat old.log)
same 'both from pipes' <(cat new.log) <(cat old.log)

# can_read FILE: whether the program was built with the library for it; if not, it says so.
can_read() {
    if dnsmon parse "$1" >got.txt 2>said.txt; then return 0; fi
    expect_line "$1 cannot be read" 'built without the library.*package (zlib1g-dev|libzstd-dev)$' \
        said.txt
    expect_equal "$1 cannot be read: no output" "$(wc -c <got.txt)" 0
    return 1
}

# damaged WHAT FILE PATTERN: what stands in front of the damage is read, the status is 1.
damaged() {
    dnsmon replay -c site.conf --year 2004 "$2" >got.txt 2>said.txt
    expect_equal "$1: exit status" $? 1
    expect_line "$1" "$2: .*$3" said.txt
    [ -s got.txt ] || problem "$1: nothing was read"
}

gzip -c all.log >all.gz
if can_read all.gz; then
    gzip -c old.log >two.gz
    gzip -c new.log >>two.gz
    gzip -c new.log >new.log.1.gz
    cp all.gz name-says-nothing.log
    head -c 80000 all.gz >cut.gz
    { head -c -8 all.gz; printf xxxxxxxx; } >bad.gz # its checksum
    { cat all.gz; echo text; } >behind.gz
    same 'gzip' all.gz
    same 'gzip by its bytes' name-says-nothing.log
    same 'gzip from standard input' - <all.gz
    same 'gzip, two members' two.gz
    same 'gzip and plain' new.log.1.gz old.log
    damaged 'gzip, cut' cut.gz cut
    damaged 'gzip, damaged' bad.gz damaged
    damaged 'gzip, text behind' behind.gz damaged
fi
if command -v zstd >/dev/null && zstd -q -c all.log >all.zst && can_read all.zst; then
    zstd -q -c old.log >two.zst
    zstd -q -c new.log >>two.zst
    head -c $(($(wc -c <all.zst) - 100)) all.zst >cut.zst
    same 'zstd' all.zst
    same 'zstd from standard input' <all.zst
    same 'zstd, two frames' two.zst
    damaged 'zstd, cut' cut.zst cut
fi

# Line ends, NUL bytes, a line of 300 KB, no newline at the end.
sed 's/$/\r/' all.log >crlf.log
same 'CRLF' crlf.log
head -c -1 all.log >cut.log
same 'no final newline' cut.log
{ head -n 500 all.log; head -c 300000 /dev/zero; echo; tail -n +501 all.log; } >nul.log
same 'a line of NUL bytes' nul.log
{ head -n 500 all.log; head -c 300000 /dev/zero | tr '\0' x; echo; tail -n +501 all.log; } >long.log
same 'a long line' long.log
same 'a long line, four threads' --threads 4 long.log

# What parse prints is read again, with the same findings.
dnsmon parse -c site.conf --year 2004 all.log >all.jsonl
same 'as JSON' all.jsonl
same 'as JSON, four threads' --threads 4 all.jsonl

# More host names than the monitor numbers (DM_INTERN_MAX): still the same with any threads.
awk '{$4 = "h" NR % 3000; print}' all.log >hosts.log
dnsmon replay -c site.conf --threads 1 hosts.log >want.txt
dnsmon replay -c site.conf --threads 4 hosts.log >got.txt
expect_same 'many host names' got.txt want.txt

# A progress bar where standard error is a terminal, and nowhere else; the events are the same.
if command -v script >/dev/null; then
    script -qec "'$DNSMON_BUILD/dnsmon' replay -c site.conf hosts.log >got.txt" tty.txt >/dev/null </dev/null
    expect_equal 'on a terminal: exit status' $? 0
    expect_line 'on a terminal' '\[#* *\] +[0-9]+%' tty.txt
    expect_same 'on a terminal' got.txt want.txt
fi

# Notes on standard error do not change the exit status.
dnsmon replay -c site.conf new.log >/dev/null 2>said.txt
expect_equal 'no note' "$(wc -l <said.txt)" 0
seq 100 | dnsmon replay >got.txt 2>said.txt
expect_equal 'nothing understood: exit status' $? 0
expect_line 'nothing understood' 'none of 100 lines' said.txt
printf '[site]\nnetworks=198.51.100.0/24\n' >elsewhere.conf
dnsmon replay -c elsewhere.conf all.log >got.txt 2>said.txt
expect_equal 'all clients outside: exit status' $? 0
expect_line 'all clients outside' 'none of .* client inside.* networks' said.txt
dnsmon replay -c site.conf --text all.log | grep -v '^dnsmon: ' && problem '--text prints other lines'
finish
