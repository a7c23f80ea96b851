#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_formats.sh - lines a second of each parser, in one run with `grep -c -F` over the same file,
# and of BIND's with liblognorm's lognormalizer and an equivalent rulebase (examples/rsyslog/bind.rb,
# and a rulebase of only the one rule that fits).
#
#     tests/bench/bench_formats.sh [LINES [RUNS]]     200,000 and 5
#
# Machines are noisy: the programs alternate, the medians count, and only the ratios mean anything.
# grep and lognormalizer are whole processes that read a file and print one line or nothing
# (lognormalizer -P prints what it could not parse); the parser's time is that of its loop over the
# file in memory (bench_parse), and, in the last table, of `dnsmon replay` as a whole process.
# liblognorm-utils and liblognorm come from the private root, unpacked, not installed.
#
# LIMITS: made lines, one form a parser; Debian and root for lognormalizer.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_bench.sh
. "$DNSMON_SRC/tests/bench/lib_bench.sh"
export LC_ALL=C
trap 'rm -rf "$TEST_TMP"' EXIT
work=$TEST_TMP
LINES_EACH=${1:-200000} RUNS=${2:-5}
HEAD='Nov 21 06:25:48 log1'
case $LINES_EACH in *[!0-9]* | '') echo "usage: $0 [LINES [RUNS]]" && exit 2 ;; esac

# NAME|WORD for grep|a line: %c client, %h host name, %p port.
formats() {
    cat <<FORMATS
bind 9.18|query|$HEAD named[1]: client @0x7f05d4029348 %c#%p (%h): query: %h IN A +E(0)K (192.0.2.53)
bind 9.20 response|response|$HEAD named[1]: client @0x7f05d4029348 %c#%p (%h): response: %h IN A NOERROR 1 0 1 +E(0)K (192.0.2.53)
bind 9.3|query|$HEAD named[1]: client %c#%p: query: %h IN A +
infoblox|query|$HEAD named[1]: client %c#%p UDP: query: %h IN A response: NOERROR + %h. 300 IN A 198.51.100.7;
unbound query|info|$HEAD unbound[1]: [1:0] info: %c %h. A IN
unbound reply|reply|$HEAD unbound[1]: [1:0] reply: %c %h. A IN NOERROR 0.002431 0 61
dnsmasq|query|$HEAD dnsmasq[1]: query[A] %h from %c
dnsmasq extra|query|$HEAD dnsmasq[1]: 1234 %c/%p query[A] %h from %c
pdns classic|question|$HEAD pdns_recursor[1]: 1 [21/2] question for '%h|A' from %c:%p
pdns structured|Question|$HEAD pdns_recursor[1]: msg="Question" subsystem="syncres" level="0" prio="Info" tid="1" ts="1795261921.826" ecs="" mtid="2" proto="udp" qname="%h" qtype="A" remote="%c:%p"
kresd|rules|$HEAD kresd[1]: [rules ] => local data applied, user: %c, name: %h.
nsd|refused|$HEAD nsd[1]: info: query %h. from %c refused, no acl matches
dnstap|CQ|21-Nov-2026 06:25:48.645 CQ %c:%p -> 192.0.2.53:53 UDP 40b %h/IN/A
windns|Rcv|6/5/2013 10:00:32 AM 0E70 PACKET  00000000033397A0 UDP Rcv %c    5b47   Q [0001   D   NOERROR] A      (3)www(7)example(0)
postfix connect|connect|$HEAD postfix/smtpd[1]: connect from %h[%c]
postfix reject|reject|$HEAD postfix/smtpd[1]: NOQUEUE: reject: RCPT from %h[%c]: 550 5.1.1 <n@site.test>: Recipient address rejected: User unknown in local recipient table; from=<a@%h> to=<n@site.test> proto=ESMTP helo=<%h>
postfix sent|status|$HEAD postfix/smtp[1]: 4F9D195432C: to=<a@%h>, relay=%h[%c]:25, delay=0.06, delays=0.05/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)
dovecot|Login|$HEAD dovecot: pop3-login: Login: user=<u%p>, method=PLAIN, rip=%c, lip=198.51.100.1, mpid=42, session=<QnKGOMhg28x>
qpopper|POP|$HEAD popper[1]: (v4.0.5) POP login by user "u%p" at (%h) %c
courier|LOGIN|$HEAD pop3d: LOGIN, user=u%p, ip=[::ffff:%c], port=[%p]
netfilter|SYN|$HEAD kernel: [1234.567890] fw: IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=%c DST=198.51.100.1 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=4711 DF PROTO=TCP SPT=%p DPT=445 WINDOW=64240 RES=0x00 SYN URGP=0
json|query|{"kind":"query","time":"2026-11-21T06:25:48.000Z","client":"%c","port":%p,"qname":"%h","qclass":"IN","qtype":"A","flags":"+E(0)K"}
FORMATS
}

# make_lines FORM: LINES_EACH of it, of 40,000 clients and 20,000 names.
make_lines() {
    awk -v form="$1" -v lines="$LINES_EACH" 'BEGIN {
        srand(7)
        n = split(form, text, "%")
        for (i = 0; i < lines; i++) {
            c = int(40000 * rand() ^ 3)
            value["c"] = "10.0." int(c / 250) "." (1 + c % 250)
            value["h"] = "www.d" int(20000 * rand() ^ 3) ".example"
            value["p"] = 1024 + int(60000 * rand())
            line = text[1]
            for (k = 2; k <= n; k++)
                line = line value[substr(text[k], 1, 1)] substr(text[k], 2)
            print line
        }
    }'
}

# any_seconds COMMAND...: wall clock of one run of a process, whatever it ends with.
any_seconds() {
    local from=$EPOCHREALTIME
    "$@" >"$TEST_TMP/out" 2>&1
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.6f\n", $2 - $1 }'
}

# parser_seconds FILE: of the parser's loop.
parser_seconds() {
    "$BENCH_PARSE" "$1" >"$TEST_TMP/out" && awk 'NR == 1 { print $1 / ($5 * 1e6); exit }' "$TEST_TMP/out"
}

# records FILE: how many of the lines became a record, by bench_parse.
records() {
    "$BENCH_PARSE" "$1" | awk 'NR > 1 && $1 == "-" { none = $2 } END { print none + 0 }'
}

table() {
    local name word form run
    header parser 'ns a line' 'M lines/s' 'grep, M lines/s' 'of grep'
    while IFS='|' read -r name word form; do
        make_lines "$form" >"$TEST_TMP/log"
        [ "$(records "$TEST_TMP/log")" = 0 ] || echo "bench_formats: not all of $name are records" >&2
        rm -f "$TEST_TMP/parser" "$TEST_TMP/grep"
        for ((run = 0; run < RUNS; run++)); do
            seconds grep -c -F "$word" "$TEST_TMP/log" >>"$TEST_TMP/grep"
            parser_seconds "$TEST_TMP/log" >>"$TEST_TMP/parser"
        done
        awk -v name="$name" -v n="$LINES_EACH" -v p="$(median "$TEST_TMP/parser")" \
            -v g="$(median "$TEST_TMP/grep")" 'BEGIN {
            printf "| %s | %.0f | %.2f | %.2f | %.2f |\n", name, p / n * 1e9, n / p / 1e6, n / g / 1e6, g / p }'
    done < <(formats)
}

# against_liblognorm: BIND's lines without syslog's header, which lognormalizer's rules do not read.
against_liblognorm() {
    local what run form
    form=$(formats | sed -n "s/^bind 9.18|[^|]*|$HEAD named\[1\]:/ /p")
    make_lines "${form# }" >"$TEST_TMP/log"
    sed -n -e '/^version/p' -e '/^rule=query: client @.*(%-:word% query/{p;q}' \
        "$DNSMON_SRC/examples/rsyslog/bind.rb" >"$TEST_TMP/one.rb"
    grep -v '^#' "$DNSMON_SRC/examples/rsyslog/bind.rb" >"$TEST_TMP/all.rb"
    lognormalizer() {
        "$PRIVATE_ROOT/usr/bin/lognormalizer" -P -r "$1" <"$TEST_TMP/log"
    }
    LD_LIBRARY_PATH=$(private_library_path)
    for ((run = 0; run < RUNS; run++)); do
        parser_seconds "$TEST_TMP/log" >>"$TEST_TMP/t.parser"
        any_seconds "$DNSMON_BUILD/dnsmon" replay --threads 1 "$TEST_TMP/log" >>"$TEST_TMP/t.replay"
        export LD_LIBRARY_PATH
        for what in one all; do
            any_seconds lognormalizer "$TEST_TMP/$what.rb" >>"$TEST_TMP/t.$what"
            [ ! -s "$TEST_TMP/out" ] || echo "bench_formats: lognormalizer: $(head -n 1 "$TEST_TMP/out")" >&2
        done
        export -n LD_LIBRARY_PATH
    done
    echo
    header 'BIND 9.18, the text alone' 'M lines/s' 'of liblognorm, one rule'
    for what in 'parser|our parser' 'replay|dnsmon replay, whole, one thread' \
        'one|lognormalizer, one rule' 'all|lognormalizer, bind.rb'; do
        awk -v name="${what#*|}" -v n="$LINES_EACH" -v t="$(median "$TEST_TMP/t.${what%|*}")" \
            -v one="$(median "$TEST_TMP/t.one")" 'BEGIN {
            printf "| %s | %.2f | %.1f |\n", name, n / t / 1e6, one / t }'
    done
}

need_program
SETUP_PROGRAM=bench_formats
# shellcheck source=../../examples/lib/setup.sh
. "$DNSMON_SRC/examples/lib/setup.sh"
# shellcheck source=../../examples/lib/private.sh
. "$DNSMON_SRC/examples/lib/private.sh"
bench_programs bench_parse
BENCH_PARSE=$DNSMON_BUILD/tests/bench/bench_parse
table
mkdir -p "$DNSMON_PRIVATE"
private_root "$DNSMON_PRIVATE" "$TEST_TMP" rsyslog liblognorm-utils >&2 || exit 1
against_liblognorm
