#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_program_report.sh - the page's numbers are the papers' and those of replay's events, over the
# same logs; the same page from plain, packed and split logs and any number of threads; the same
# incidents from a file of events; a page that nothing in it can act on; what is said when it cannot
# be made.
# Source: doc/SCIENCE.md A.3 to A.9, F.1, F.4 to F.8.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
# shellcheck source=lib_report.sh
. "$(dirname "$0")/lib_report.sh"
need_genlog
need_gnuplot
GEN=$DNSMON_BUILD/tests/golden/gen
cd "$TEST_TMP" || exit 1

printf '[site]\nnetworks = 192.0.2.0/24\ndomains = campus.example\ntimezone = Asia/Tokyo\n' >pc.conf
{
    cat pc.conf
    printf '[roles]\nmail-servers = 192.0.2.25\n'
} >mail.conf

# summary_of FILE GROUP KEY [DAY]: of the mail server's last summary among replay's events
summary_of() {
    grep "\"On ${4-}.*\"host\":{\"ip\":\"192.0.2.25\"}.*\"class\":\"summary\"" "$1" | tail -n 1 |
        sed -n "s/.*\"$2\":{[^}]*\"$3\":\([^,}]*\).*/\1/p"
}

# same WHAT GOT WANT: the same number, however it is written
same() {
    awk -v a="$2" -v b="$3" 'BEGIN { exit !(a != "" && b != "" && a + 0 == b + 0) }' ||
        problem "$1: the page has '$2', the events '$3'"
}

# S4 Figure 2: the model is the rule's, the line over the points the papers'.
regression() {
    "$GEN/gendays" figure2 old >f7.log || problem 'gendays failed'
    replay f7 mail.conf 2003 f7.log
    report f7 --year 2003 -c mail.conf f7.log
    local tag='data-kind="regression"' key
    for key in m r2 bins; do
        same "F 7: $key" "$(attribute f7.html "$tag" rule-$key)" "$(summary_of f7.json regression $key)"
    done
    near 'F 7: m' "$(attribute f7.html "$tag" m)" 8.8 0.176
    near 'F 7: r2' "$(attribute f7.html "$tag" r2)" 0.918 0.02
    near 'F 7: bins' "$(attribute f7.html "$tag" bins)" 144 0
    for key in connections messages efficiency; do
        same "F 8: $key" "$(attribute f7.html 'data-date="2003-03-17"' $key)" \
            "$(summary_of f7.json mail $key 2003-03-17)"
    done
    near 'F 8: efficiency' "$(attribute f7.html 'data-date="2003-03-17"' efficiency)" 0.95 0.005
    expect_equal 'F 7: points' "$(grep 'class="dots"' f7.html | grep -o 'M[0-9.,]*h0' | wc -l)" 145 # and their sign
}

# S3: the night of 31 August; S2: the table of 13 April.
mail_server() {
    "$GEN/genmail" unresolved 9.2 >f5.log
    replay f5 mail.conf 2004 f5.log
    report f5 --year 2004 -c mail.conf f5.log
    same 'F 5: unresolved' "$(attribute f5.html 'data-date="2004-08-31"' unresolved)" \
        "$(summary_of f5.json unresolved unresolved)"
    # the figure is without the log's last minute, as the rule's r2 is
    near 'F 5: unresolved in the figure' "$(attribute f5.html 'data-kind="unresolved"' unresolved)" \
        "$(($(summary_of f5.json unresolved unresolved) - 75))" 75
    near 'F 5: r2' "$(attribute f5.html 'data-kind="unresolved"' r2)" \
        "$(summary_of f5.json unresolved r2)" 0.00005
    "$GEN/genmail" rejects-a 3.7 >f11.log
    report f11 --year 2003 -c mail.conf f11.log
    expect_equal 'F 11: rejects' "$(attribute f11.html 'data-date="2003-04-13"' user-unknown) $(
        attribute f11.html 'data-date="2003-04-13"' relay-denied) $(
        attribute f11.html 'data-date="2003-04-13"' recipient-rejected)" '13505 16 2'
}

# S0 and S1: the curves hold the tables' counts; all of Mytob's names are for mail servers.
clients() {
    generate mydoom 9.18
    generate mytob 9.18
    report mydoom --year 2004 -c pc.conf mydoom.9.18.log
    report mytob --year 2005 -c pc.conf mytob.9.18.log
    generate figure2 9.18
    report figure2 --year 2005 -c pc.conf figure2.9.18.log
    # a bot that works now faster, now slower
    awk '{ split($3, t, ":"); k = 1 + int(t[1] * 6 + t[2] / 10) % 5 } NR % k == 0' mytob.9.18.log >uneven.log
    report uneven --year 2005 -c pc.conf uneven.log
    local tag='data-kind="client" data-subject="192.0.2.3'
    awk '/ 192\.0\.2\.32#/ { n++; mx += / IN MX / } END { print n, mx }' mydoom.9.18.log >want
    expect_equal 'mydoom: curve' "$(attribute mydoom.html "${tag}2\"" total) $(
        attribute mydoom.html "${tag}2\"" mx)" "$(cat want)"
    near 'mytob: total' "$(attribute mytob.html "${tag}4\"" total)" "$(
        grep -c ' 192.0.2.34#' mytob.9.18.log)" 0
    near 'mytob: mx' "$(attribute mytob.html "${tag}4\"" mx)" 0 0
    near 'mytob: r2 of keywords' "$(attribute uneven.html 'data-kind="keywords"' r2)" 0.995 0.005
    near 'mytob: bins' "$(attribute uneven.html 'data-kind="keywords"' bins)" 33 3
    # F 4: the head of each column
    grep -A 1 -m 1 '<table class="prefixes" data-of="client">' figure2.html | tail -n 1 |
        grep -o '<code>[^<]*</code> <span>[0-9,]*' | sed 's/<[^>]*>//g' | head -n 5 | tr '\n' ' ' >head
    expect_equal 'F 4: first row' "$(cat head)" 'm 9,975 ma 7,506 mai 7,404 mail 7,399 mail. 5,894 '
}

# One page, however the lines come; the same incidents from the events.
same_page() {
    gzip -k f7.log
    head -n 20000 f7.log >part.1
    tail -n +20001 f7.log | zstd -q >part.2.zst
    report gz --year 2003 -c mail.conf f7.log.gz
    report parts --year 2003 -c mail.conf --threads 3 part.2.zst part.1
    "$DNSMON_BUILD/dnsmon" report --year 2003 -c mail.conf -o - --threads 1 - <f7.log >in.html
    local name
    for name in gz parts in; do
        cmp -s f7.html $name.html || problem "$name: another page than that of the plain log"
    done
    replay mydoom pc.conf 2004 mydoom.9.18.log
    report events -c pc.conf mydoom.json
    "$DNSMON_BUILD/dnsmon" report -c pc.conf -o pipe.html - <mydoom.json || problem 'events in a pipe'
    cmp -s events.html pipe.html || problem 'events in a pipe give another page'
    for name in mydoom events; do
        grep -o 'data-event="[^"]*"' $name.html | sort >$name.ids
    done
    [ -s events.ids ] || problem 'events: no incident'
    cmp -s mydoom.ids events.ids || problem 'events: other incidents than from the log'
    expect_line 'events: says what is missing' 'Curves of clients are not in events' events.html
    expect_line 'events: the prefix table' 'data-of="client"' events.html
}

# inert PAGE: no script, no attribute that acts, nothing fetched, no byte that a terminal obeys.
inert() {
    expect_no_line "$1: script" '<(script|img|iframe|object|embed|link|base|form|style [^>]*src)' "$1"
    expect_no_line "$1: addresses" 'https?:|//[a-z]|url\(|@import| (src|href)="[^#]' "$1"
    # what a tag holds is ours: no attribute but these
    tr '\n' ' ' <"$1" | grep -o '<[a-z][^<>]*>' | sed 's/="[^"]*"//g; s/='"'[^']*'"'//g' |
        grep -o ' [a-zA-Z:-]*' | sort -u | grep -v -x -E ' (|aria-label|charset|class|content|d|data-[a-z0-9-]*|fill|font-size|href|http-equiv|id|lang|name|open|points|role|shape-rendering|stroke|stroke-dasharray|stroke-opacity|stroke-width|text-anchor|transform|viewBox|x|y|fill-opacity|height|width)' >other
    [ ! -s other ] || problem "$1: attributes: $(tr '\n' ' ' <other)"
    expect_equal "$1: control bytes" "$(tr -d '\n\t' <"$1" | LC_ALL=C grep -c -P '[\x00-\x1f\x7f]')" 0
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1 || problem "$1: not UTF-8"
    LC_ALL=C grep -q $'\xe2\x80\xae\|\xe2\x81\xa6\|\xc2\x9b' "$1" && problem "$1: text can turn around"
}

hostile() {
    local page
    hostile_events >hostile.json
    report hostile hostile.json
    expect_line 'hostile: the text is there' '&lt;script&gt;document.title=1' hostile.html
    expect_line 'hostile: made visible' '\\u\{202e\}' hostile.html
    expect_line 'hostile: lines that are none' '[0-9] lines of the input are no events' hostile.html
    # the same from a log
    {
        for i in $(seq 60); do
            printf 'May 12 09:14:%02d <b>ns\033[2J named[1]: client 192.0.2.7#9: query: <script>x\xff\xe2\x80\xae"d%d.example IN MX +\n' $((i % 60)) "$i"
        done
        printf 'May 12 09:15:00 <i>"mx\xff postfix/smtpd[1]: connect from "><script>[203.0.113.5]\n'
    } >hostile.log
    report hostile-log --year 2026 -c pc.conf hostile.log
    expect_line 'hostile log: an incident' 'data-class="mx-over-threshold"' hostile-log.html
    for page in *.html; do inert "$page"; done
}

# fails WHAT STATUS WORDS COMMAND...
fails() {
    local what=$1 want=$2 words=$3
    shift 3
    "$@" >out.txt 2>said.txt </dev/null
    expect_equal "$what: status" $? "$want"
    expect_equal "$what: lines" "$(wc -l <said.txt)" 1
    expect_line "$what" "$words" said.txt
}

mistakes() {
    local dnsmon=$DNSMON_BUILD/dnsmon
    mkdir empty
    ln -s "$(command -v env)" empty/env
    fails 'no -o' 2 '-o FILE' "$dnsmon" report f7.log
    fails 'no log' 1 'absent.log: No such file' "$dnsmon" report -o x.html absent.log
    fails 'no folder' 1 'absent/x.html' "$dnsmon" report -o absent/x.html mydoom.json
    fails 'both kinds' 1 'some of the files are events' "$dnsmon" report -o x.html f7.log mydoom.json
    [ ! -e x.html ] || problem 'a page in spite of a mistake'
    # libtool's wrapper needs a shell's tools: the program itself is asked where there is one
    if [ ! -x "$DNSMON_BUILD/.libs/dnsmon" ]; then return; fi
    fails 'no gnuplot' 1 'package gnuplot-nox' env PATH="$PWD/empty" \
        LD_LIBRARY_PATH="$DNSMON_BUILD/lib/.libs" "$DNSMON_BUILD/.libs/dnsmon" report -o x.html f7.log
    # gnuplot that fails: the rest of the page is there
    printf '#!/bin/sh\nexit 1\n' >empty/gnuplot
    chmod 755 empty/gnuplot
    fails 'gnuplot fails' 1 'could not draw [0-9]+ of the figures' env PATH="$PWD/empty" \
        LD_LIBRARY_PATH="$DNSMON_BUILD/lib/.libs" "$DNSMON_BUILD/.libs/dnsmon" report --year 2003 \
        -c mail.conf -o broken.html f7.log
    expect_line 'gnuplot fails: page' 'gnuplot could not draw this figure' broken.html
    expect_line 'gnuplot fails: number' 'data-kind="regression".* data-m="8\.' broken.html
}

# Nothing in the input, and a day without any incident.
quiet() {
    : >nothing.log
    report nothing nothing.log
    expect_line 'nothing' 'No rule found anything' nothing.html
    printf 'May 12 09:14:00 ns named[1]: client 192.0.2.7#9: query: www.example IN A +\n' >one.log
    report one --year 2026 -c pc.conf one.log
    expect_line 'one: questions' 'data-key="questions" data-value="1"' one.html
    expect_line 'one: mail' 'No mail server is known' one.html
}

regression
mail_server
clients
same_page
quiet
hostile
mistakes
finish
