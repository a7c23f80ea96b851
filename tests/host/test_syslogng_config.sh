#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# syslog-ng -s names every mistake that can be made in dnsmon(), and in the file that it names; what
# only a start can see (two parsers with one state file) is refused there.
. "$(dirname "$0")/lib_syslogng.sh"
setup_syslogng

# verify OPTION...: the daemon's check of one parser with these options.
verify() {
    {
        ng_head
        echo "source s_net { internal(); };"
        echo "parser p_dnsmon { dnsmon($*); };"
        ng_events events
        echo "log { source(s_net); parser(p_dnsmon); destination(d_events); };"
    } >"$work/c.conf"
    ng_syntax c
}

# names WHAT OPTION STRING...: it is refused, and the message has the strings.
names() {
    local what=$1 option=$2
    shift 2
    if verify "$option"; then fail "$what: syslog-ng -s said it is good"; fi
    while [ $# -gt 0 ]; do
        expect_has "$what: names $1" "$work/c.syntax" "$1"
        shift
    done
}

config="config(\"$work/dnsmon.conf\")"
expect "all options" verify "$config statefile(\"$work/state\") inject-mode(pass-through) input(message)
    facility(local5) severity(notice) program(\"finder\") tags(\"a\" \"b\") template(\"\$MSG\")"
expect "words with _" verify "$config inject_mode(aggregate_only)"
expect "every option at its default" verify
expect_equal "and not a word" 0 "$(count_lines "$work/c.syntax")"

names "an unknown option" "colour(red)" colour c.conf
names "inject-mode()" "inject-mode(internals)" internals pass-through
names "input()" "input(xml)" xml json
names "facility()" "facility(locale)" locale local0
names "severity()" "severity(loud)" loud notice
names "program()" 'program("")' program
names "a file that is not there" "config(\"$work/none.conf\")" none.conf
printf '[site]\nnetworks=192.0.2.0/24\nnetwork=192.0.2.0/24\n' >"$work/wrong.conf"
names "a wrong key" "config(\"$work/wrong.conf\")" "wrong.conf:3" network

verify "$config statefile(\"$work/state\")"
sed -i 's/^log .*/parser p_two { dnsmon(statefile("'"${work//\//\\/}"'\/state")); };\nlog { source(s_net); parser(p_dnsmon); parser(p_two); destination(d_events); };/' "$work/c.conf"
"$SYSLOGNG" -F -e --no-caps -f "$work/c.conf" -R "$work/persist" -c "$work/control" -p "$work/pid" >"$work/said" 2>&1
expect_equal "a start with two parsers on one state file" 2 $?
expect_has "is refused with a word" "$work/said" "two parsers have one state file"

# The block that README.md shows.
{
    ng_head
    echo 'source s_src { internal(); };'
    sed -n '/^    parser p_dnsmon/,/^$/p' "$DNSMON_SRC/README.md" | sed "s|/etc/dnsmon/|$work/|; s|/var/lib/dnsmon/|$work/|"
} >"$work/readme.conf"
expect "README.md's lines" ng_syntax readme
expect_equal "README.md's lines: so many" 3 "$(grep -c '^    ' "$work/readme.conf")"
finish
