#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_pages.sh - the example event in each doc/detectors/*.md is what the command beside it gives, to
# the byte but for where the page folds the line; and the README's is one that comes.
#
#     WRITE=1 tests/golden/test_pages.sh      puts what comes now into the detectors' pages
#
# LIMITS: daily-summary's event is cut (...) by hand: what is cut is not compared.
# White space is not compared either.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
# shellcheck source=lib_health.sh
. "$DNSMON_SRC/tests/golden/lib_health.sh"
need_genlog
command -v python3 >/dev/null || skip "python3 is not installed (package python3)"
cd "$TEST_TMP" || exit 1
verb=compare
[ -z "${WRITE-}" ] || verb=write
PAGES=$DNSMON_SRC/doc/detectors
export PATH=$DNSMON_BUILD/tests/golden/gen:$DNSMON_BUILD:$PATH

# site RULE: site.conf of the page's command.
site() {
    local networks=192.0.2.0/24 zone=Asia/Tokyo
    case $1 in
    tcp-probe | bot-join | campaign-sync) networks="192.0.2.0/24;198.18.0.0/15" ;;
    feed-gap | format-drift | table-full | mail-regression) zone=UTC ;;
    esac
    [ "$1" != table-full ] || networks=10.0.0.0/8
    printf '[site]\nnetworks = %s\ntimezone = %s\n' "$networks" "$zone"
    case $1 in
    backscatter | smtp-dos | reject-surge) printf 'domains = campus.example\n' ;;
    esac
    case $1 in
    backscatter | smtp-dos | reject-surge | mail-* | cache-efficiency | mass-mailer | mx-census | keyword-scan)
        printf '[roles]\nmail-servers = 192.0.2.25\n'
        ;;
    daily-summary) printf '[detectors]\nenable = daily-summary\n' ;;
    table-full) printf '[limits]\nmemory = 1M\n' ;;
    esac
    [ "$1" != cache-efficiency ] || printf '[detector cache-efficiency]\nqueries-per-connection = 10\n'
}

# query TIME NUMBER: an MX query of 192.0.2.7 for a domain that it never asked for.
query() {
    printf '2026-02-03T%sZ ns1 named[7]: client @0x7f 192.0.2.7#1024 (d%d.example): query: d%d.example IN MX +E(0) (192.0.2.53)\n' \
        "$1" "$2" "$2"
}

# attempt TIME NUMBER: 192.0.2.7 tries port 445 of another machine.
attempt() {
    printf '2026-02-03T%sZ fw1 kernel: drop: IN=eth1 OUT=eth0 SRC=192.0.2.7 DST=198.51.100.%d LEN=48 TOS=0x00 PREC=0x00 TTL=127 ID=1 DF PROTO=TCP SPT=1025 DPT=445 WINDOW=64240 RES=0x00 SYN URGP=0\n' \
        "$1" "$2"
}

# many: 20,000 clients, each of which asks for mail servers once.
many() {
    awk 'BEGIN { for (i = 0; i < 20000; i++)
        printf "2026-05-12T10:%02d:%02d.%03dZ ns1 named[7]: client @0x7f 10.0.%d.%d#1024 (d%d.example): query: d%d.example IN MX +E(0) (192.0.2.53)\n",
            i / 60000, i / 1000 % 60, i % 1000, i / 250, 1 + i % 250, i, i }'
}

# mail: of a mail server a week and a half in which a connection costs about five look-ups, and then an
# hour in which six times as many connections are refused.
mail() {
    awk 'BEGIN {
        for (bin = 0; bin < 1500; bin++) {
            flood = bin >= 1494
            n = flood ? 180 : 20 + bin * 7 % 23
            for (i = 0; i < n; i++) {
                t = bin * 600 + i * 600 / n
                stamp = sprintf("2026-04-%02dT%02d:%02d:%02d.%03dZ ", 1 + t / 86400, t / 3600 % 24, t / 60 % 60, t % 60, t * 1000 % 1000)
                peer = sprintf("p%d.example[203.0.113.%d]", i % 90, i % 90)
                print stamp "mx1 postfix/smtpd[7]: connect from " peer
                asked = flood ? 3 : 5 + ((bin * 31 + i * 17) % 7 == 0) - ((bin * 13 + i * 11) % 5 == 0)
                for (q = 0; q < asked; q++)
                    printf "%sns1 named[7]: client @0x7f 192.0.2.25#%d (d%d.example): query: d%d.example IN %s +E(0) (192.0.2.53)\n",
                        stamp, 1024 + i, i % 40 + q, i % 40 + q, q % 2 ? "A" : "MX"
                if (!flood) {
                    printf "%smx1 postfix/smtpd[7]: %X: client=%s\n", stamp, bin * 1000 + i, peer
                    printf "%smx1 postfix/qmgr[8]: %X: from=<a@d%d.example>, size=900, nrcpt=1 (queue active)\n", stamp, bin * 1000 + i, i % 40
                }
                print stamp "mx1 postfix/smtpd[7]: disconnect from " peer " ehlo=1 mail=1 rcpt=" (flood ? "0/1" : "1") " quit=1 commands=4"
            }
        }
    }'
}

# logs RULE: the files that a page's command reads.
logs() {
    case $1 in
    tcp-probe) attempt 01:00:00.000 1 && attempt 01:00:01.000 2 && attempt 01:00:02.000 3 ;;
    bot-join)
        for n in 1 2 3; do attempt "01:0$((n - 1)):00.000" "$n"; done
        for n in 4 5 6 7; do query "01:0$((n + 1)):00.000" "$n"; done
        ;;
    table-full) many ;;
    mail-regression) mail ;;
    feed-gap) lines 32400 39600 && lines 40800 46800 ;;
    format-drift) lines 32400 39600 && lines 39600 43200 words && lines 43200 46800 ;;
    esac >log
}

# page RULE
page() {
    local command
    command=$(python3 "$DNSMON_SRC/tests/golden/pages.py" command "$PAGES/$1.md") ||
        { problem "$1.md: no command in its section Example" && return; }
    site "$1" >site.conf
    logs "$1"
    (eval "$command") >out 2>err || problem "$1.md: \"$command\" ended with $?: $(head -n 3 err)"
    python3 "$DNSMON_SRC/tests/golden/pages.py" "$verb" "$PAGES/$1.md" "$1" out ||
        problem "$1.md shows another event than \"$command\" gives (WRITE=1 mends it)"
}

# The README's event: eight names of mail servers in as many minutes.
readme() {
    local n shown
    printf '[site]\nnetworks = 192.0.2.0/24\n[managers]\n192.0.2.0/24 = netadmin@example.edu\n' >site.conf
    for n in 0 1 2 3 4 5 6 7; do
        printf '2004-01-28T01:1%d:00.000Z ns1 named[7]: client @0x7f 192.0.2.7#1024 (mail.d%d.example): query: mail.d%d.example IN A +E(0) (192.0.2.53)\n' \
            $n $n $n
    done | dnsmon replay -c site.conf --text - | tr -d ' ' >out
    shown=$(awk '/^    dnsmon: / { on = 1 } on && !/^    / { exit } on' "$DNSMON_SRC/README.md" | tr -d ' \n')
    grep -q -x -F -e "$shown" out || problem "README.md shows another event than $(head -n 1 out)"
}

readme
for file in "$PAGES"/*.md; do
    page "$(basename "$file" .md)"
done
finish
