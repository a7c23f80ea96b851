#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_report.sh - for the tests of dnsmon report: read its page, make input that wants to break it.
# Sourced after tests/lib.sh.

# need_gnuplot: the program that draws.
need_gnuplot() {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed (package gnuplot-nox)"
}

# report NAME OPTION|LOG...: writes NAME.html
report() {
    local name=$1
    shift
    "$DNSMON_BUILD/dnsmon" report -o "$name.html" "$@" 2>"$name.said" ||
        problem "report $*: $(cat "$name.said")"
}

# attribute PAGE PATTERN NAME: of the first start tag that matches, the value of data-NAME
attribute() {
    tr '\n' ' ' <"$1" | grep -o '<[a-z]* [^>]*>' | grep -E -m 1 -- "$2" |
        sed -n "s/.* data-$3=\"\([^\"]*\)\".*/\1/p"
}

# near WHAT GOT WANT TOLERANCE
near() {
    awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { d = a - b; exit !(a != "" && d <= t && d >= -t) }' ||
        problem "$1 is '$2', want $3 within $4"
}

# hostile_events: events as rsyslog's omfile would have written them, by somebody who has read the
# page's source: markup, quotes, control bytes, bytes that are not UTF-8, characters that turn text
# around; in every field that holds text. Then lines that are no events.
hostile_events() {
    local x='<script>document.title=1</script><img src=x onerror=alert(1)>\" data-kind=\"regression\" onclick=\"alert(2)&lt;'
    local bytes=$'\xff\xc0\x80' turn=$'\xe2\x80\xae\xe2\x81\xa6\xc2\x9b'
    local escapes='\u001b[2J\u202e\ud800' end='\u0000cut'
    x=$x$escapes$turn$end
    printf '%s\n' "{\"@timestamp\":\"2026-05-12T10:00:00.000Z\",\"event\":{\"module\":\"dnsmon\",\"action\":\"open\",\"id\":\"1$x\",\"start\":\"2026-05-12T09:00:00.000Z\",\"reason\":\"Why: $x\",\"risk_score\":99},\"rule\":{\"id\":\"mass-mailer$x\"},\"client\":{\"ip\":\"192.0.2.7$x\"},\"observer\":{\"hostname\":\"$x\"},\"dnsmon\":{\"level\":\"alarm\",\"class\":\"c$x\",\"score\":1e999,\"threshold\":1,\"count\":{\"a\":\"$x\",\"mx\":-5,\"ptr\":1e300},\"manager\":\"$x\",\"suggest\":\"$x\",\"clients\":[{\"ip\":\"$x\"},7,null],\"evidence\":[{\"time\":\"$x\",\"name\":\"$x\",\"type\":\"$x\"},\"$x\",[],null]}}"
    printf '%s\n' "{\"@timestamp\":\"2026-05-13T00:00:00.000Z\",\"event\":{\"module\":\"dnsmon\",\"id\":\"2\",\"reason\":\"On 2026-05-12 all $x\"},\"rule\":{\"id\":\"daily-summary\"},\"dnsmon\":{\"level\":\"info\",\"class\":\"summary\",\"count\":{\"a\":10},\"top\":{\"mx\":[{\"ip\":\"$x\",\"count\":\"$x\"},4],\"total\":\"$x\"},\"prefix\":{\"client\":\"$x\",\"1\":[{\"prefix\":\"$x\",\"count\":3}],\"4\":[[]],\"site\":{\"1\":{},\"2\":[{\"prefix\":\"<b>\",\"count\":2}]}}}}"
    printf '%s\n' "{\"@timestamp\":\"2026-05-13T00:00:00.000Z\",\"event\":{\"module\":\"dnsmon\",\"id\":\"3\",\"reason\":\"On 2026-05-12 mail server $x\"},\"rule\":{\"id\":\"daily-summary\"},\"host\":{\"ip\":\"$x\"},\"dnsmon\":{\"level\":\"info\",\"class\":\"summary\",\"mail\":{\"connections\":10,\"messages\":7,\"efficiency\":0.7},\"regression\":{\"m\":\"$x\"}}}"
    printf '%s\n' "{\"@timestamp\":\"9999-99-99T99:99:99.999Z\",\"event\":{\"module\":\"dnsmon\",\"id\":\"4\",\"reason\":\"$x\"},\"rule\":{\"id\":\"feed-gap\"},\"dnsmon\":\"$x\"}"
    printf '%s\n' "{\"event\":{\"module\":\"dnsmon\",\"reason\":\"raw $bytes\"}}" '{"event":{"module":"dnsmon"' \
        "$x" '[[[[[[[[[[[[[[[[[[[[[[[[[[' '{}' '' 'null'
    printf '{"event":{"module":"dnsmon","reason":"%s"}}' "$(head -c 70000 /dev/zero | tr '\0' '<')"
}
