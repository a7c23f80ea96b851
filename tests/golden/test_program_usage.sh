#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Exit status 0, 1, 2; each mistake is said in one line that names it.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

expect_status 'no command' 2 dnsmon
expect_status 'wrong command' 2 dnsmon frobnicate
expect_line 'wrong command' 'frobnicate' said.txt
expect_status 'wrong option' 2 dnsmon replay --yaer 2004
expect_line 'wrong option' '--yaer' said.txt
expect_status 'wrong letter' 2 dnsmon replay -z
expect_status 'no value' 2 dnsmon replay --year
expect_line 'no value' '--year: its value' said.txt
for value in 20x 1969 2200 '' -4 99999999999999999999; do
    expect_status "--year '$value'" 2 dnsmon replay --year "$value"
    expect_line "--year '$value'" '1970 to 2199' said.txt
done
for value in 0 65 x; do
    expect_status "--threads '$value'" 2 dnsmon replay --threads "$value"
done
expect_status 'option of another command' 2 dnsmon parse --threads 2
expect_status 'too many files' 2 dnsmon check a b
expect_status 'no such page' 2 dnsmon manual frobnicate
expect_status 'no configuration' 1 dnsmon check absent.conf
expect_line 'no configuration' 'absent.conf' said.txt
expect_status 'no configuration' 1 dnsmon replay -c absent.conf
expect_status 'no log' 1 dnsmon replay absent.log
expect_line 'no log' 'absent.log: No such file.*check' said.txt
expect_status 'no log' 1 dnsmon parse absent.log
expect_status 'a folder' 1 dnsmon replay .
expect_status 'a folder' 1 dnsmon parse .

for command in --help --version 'replay --help' 'parse -h' 'check --help'; do
    # shellcheck disable=SC2086 # words
    expect_status "$command" 0 dnsmon $command
    expect_line "$command" dnsmon out.txt
done
expect_status 'nothing to read' 0 dnsmon replay
expect_status 'nothing to read' 0 dnsmon parse

# A full disk and a pipe that nobody reads.
make_site
make_log 3000 0 >a.log
if [ -w /dev/full ]; then
    for command in 'replay -c site.conf' parse; do
        # shellcheck disable=SC2086 # words
        "$DNSMON_BUILD/dnsmon" $command a.log >/dev/full 2>said.txt
        expect_equal "full disk: $command" $? 1
        expect_line "full disk: $command" 'standard output: No space left' said.txt
    done
    dnsmon --help >/dev/full 2>said.txt
    expect_equal 'full disk: --help' $? 1
fi
dnsmon parse a.log 2>said.txt | true
expect_equal 'closed pipe' "${PIPESTATUS[0]}" 1
expect_line 'closed pipe' 'standard output: Broken pipe' said.txt

# One file of two is missing: the other is read.
dnsmon replay -c site.conf a.log >want.txt
dnsmon replay -c site.conf absent.log a.log >got.txt 2>said.txt
expect_equal 'one of two' $? 1
expect_same 'one of two' got.txt want.txt
finish
