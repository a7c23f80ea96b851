#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# parse prints as many lines as it reads, whatever they are.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

# count WHAT FILE LINES
count() {
    dnsmon parse --year 2004 "$2" >out.txt 2>said.txt
    expect_equal "$1: exit status" $? 0
    expect_equal "$1: lines" "$(wc -l <out.txt)" "$3"
    expect_equal "$1: lines without a kind" "$(grep -vc '^{"kind":.*}$' out.txt)" 0
}

make_log 5000 0 >a.log
count 'a log' a.log 5000
expect_equal 'all queries' "$(grep -c '"kind":"query"' out.txt)" 5000
head -c -1 a.log >cut.log
count 'no final newline' cut.log 5000
: >empty.log
count 'nothing' empty.log 0
printf '\n\n\n' >blank.log
count 'blank lines' blank.log 3
printf 'x\0y\n\0\n{\n{}\n{"kind":"query"}\n' >odd.log
count 'odd lines' odd.log 5
expect_equal 'odd lines: none is a record' "$(grep -c '"kind":null' out.txt)" 5
expect_equal 'a reason for each' "$(grep -c '"why":"[^"]' out.txt)" 5
head -c 300000 /dev/urandom >random.log
lines=$(grep -a -c '' random.log)
count 'random bytes' random.log "$lines"
{ head -c 100000 /dev/zero | tr '\0' x; echo; cat a.log; } >long.log
count 'a long line' long.log 5001

# What hides or reorders text does not reach a terminal; other letters stay.
# shellcheck disable=SC2028 # the escapes are printf's
printf 'Nov 21 06:30:43 mx postfix/qmgr[1]: 9E90BAB211E: from=<a\xe2\x80\xae\xc2\x9b\x7f\x1b\xc3\xbc@b.example>, size=1, nrcpt=1 (queue active)\n' >bidi.log
count 'bidi control' bidi.log 1
expect_line 'bidi control' \
    'a\\\\xe2\\\\x80\\\\xae\\\\xc2\\\\x9b\\\\x7f\\u001b'$'\xc3\xbc''@b' out.txt

# What it prints it reads again, as the same.
dnsmon parse --year 2004 a.log >a.jsonl
dnsmon parse a.jsonl | sed 's/"parser":"json"/"parser":"bind"/' >again.jsonl
expect_same 'read again' again.jsonl a.jsonl

# Two files: in the order named.
dnsmon parse --year 2004 a.log blank.log >out.txt
expect_equal 'two files' "$(wc -l <out.txt)" 5003
expect_same 'the first of them' <(head -n 5000 out.txt) a.jsonl
finish
