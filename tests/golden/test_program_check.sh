#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check prints what is in force, which checks again as the same; each kind of mistake is one line
# with file and line, and exit status 2; replay refuses the same file.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"

# mistake WHAT LINE PATTERN TEXT: TEXT is the file, LINE (or "") the line that must be named.
mistake() {
    printf '%b' "$4" >wrong.conf
    expect_status "$1" 2 dnsmon check wrong.conf
    expect_line "$1" "wrong\\.conf${2:+:$2}.*($3)" said.txt
    expect_equal "$1: nothing in force" "$(wc -c <out.txt)" 0
    expect_status "$1 (replay)" 2 dnsmon replay -c wrong.conf
}

mistake 'unknown section' 2 'sight' '# x\n[sight]\nnetworks=192.0.2.0/24\n'
mistake 'unknown key' 2 'network' '[site]\nnetwork=192.0.2.0/24\n'
mistake 'malformed prefix' 2 'networks' '[site]\nnetworks=192.0.2.0/33\n'
mistake 'bits behind the prefix' 2 'networks' '[site]\nnetworks=192.0.2.1/24\n'
mistake 'no such zone' 2 'timezone' '[site]\ntimezone=Atlantis/Capital\n'
mistake 'no such day' 2 'holidays' '[site]\nholidays=2026-02-30\n'
mistake 'out of range' 2 'memory' '[limits]\nmemory=1\n'
mistake 'no size' 2 'memory' '[limits]\nmemory=much\n'
mistake 'no duration' 2 'hold' '[events]\nhold=soon\n'
mistake 'no rate' 2 'rate' '[events]\nrate=often\n'
mistake 'no key file' 1 '.' 'networks=192.0.2.0/24\n'
mistake 'no key' 2 '.' '[site]\nnetworks\n'
mistake 'no UTF-8' '' '.' '[site]\ndomains=\xff\xfe.example\n'

# Round trip.
printf '[site]\nnetworks=192.0.2.0/24;2001:db8::/32\ndomains=example.edu\n' >site.conf
printf '[roles]\nmail-servers=192.0.2.25\n[limits]\nmemory=64M\n' >>site.conf
expect_status 'good file' 0 dnsmon check site.conf
cp out.txt first.conf
expect_line 'what was set' '^networks ?= ?192\.0\.2\.0/24;2001:db8::/32' first.conf
expect_status 'what was printed' 0 dnsmon check first.conf
expect_same 'settings' <(sed 's/ *#.*//' out.txt) <(sed 's/ *#.*//' first.conf)
: >empty.conf
expect_status 'empty file' 0 dnsmon check empty.conf
if [ ! -e /etc/dnsmon/dnsmon.conf ]; then
    cp out.txt empty.txt
    expect_status 'no file anywhere' 0 dnsmon check
    expect_same 'no file anywhere' <(tail -n +2 out.txt) <(tail -n +2 empty.txt)
fi
finish
