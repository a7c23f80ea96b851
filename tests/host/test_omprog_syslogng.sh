#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# dnsmon omprog as the stock syslog-ng's program(): nobody reads its answers, each reload sends it
# SIGTERM, closes its pipe and starts another one beside it. No line is lost: every finding of replay
# is there, and what was told at a reload, before the last seconds were complete, is told again under
# the same id. With keep-alive(yes) one program lives through the reloads, and the findings are
# replay's to the last count.
lib=$(dirname "$0")/lib_syslogng.sh
[ -f "$lib" ] || {
    echo "SKIP: there is no $lib"
    exit 77
}
. "$lib"
setup_syslogng

# Without libtool's wrapper.
[ -x "$DNSMON_BUILD/.libs/dnsmon" ] && DNSMON=$DNSMON_BUILD/.libs/dnsmon
total=24000

# one_run NAME OPTION RELOADS: the lines in parts, a reload after each of them but the last.
one_run() {
    local name=$1 reloads=$3 part each
    each=$((total / (reloads + 1) + 1))
    free_port
    {
        ng_head
        cat <<CONF
source s_net {
    network(ip("127.0.0.1") port($port) transport("tcp") flags(no-parse) log-fetch-limit(1000) log-iw-size(100000));
};
destination d_dnsmon {
    program("exec $DNSMON omprog -c $work/dnsmon.conf --output=$work/$name/events --state=$work/$name/state 2>>$work/$name/said"
            template("\$MSG\n") $2);
};
log { source(s_net); destination(d_dnsmon); flags(flow-control); };
CONF
    } >"$work/$name.conf"
    expect "$name: its syntax" ng_syntax "$name"
    ng_start "$name" "$port"
    for ((part = 0; part <= reloads; part++)); do
        tail -n +$((part * each + 1)) "$work/lines" | head -n $each >"$work/part"
        send "$work/part" "$port"
        sleep 0.3
        [ $part -lt "$reloads" ] || break
        expect "$name: reload $((part + 1))" ng_ctl "$name" reload >/dev/null
    done
    expect "$name: all lines go through" wait_until 30 ng_program_took "$name" d_dnsmon "$total"
    ng_stop "$name"
    # The program ends by itself, when it has read all.
    expect "$name: no program is left" wait_until 10 no_program "$name"
    expect_equal "$name: nothing is said" "" "$(cat "$work/$name/said")"
}

no_program() {
    ! pgrep -f "dnsmon omprog .*$work/$1/events" >/dev/null
}

# Which incident reached which state.
incidents() {
    sed -nE 's/.*"action":"([a-z]*)","id":"([0-9a-f]*)".*/\2 \1/p' "$1" | sort -u
}

awk -v start=$(($(date +%s) - 2700)) -v total=$total 'BEGIN {
    for (i = 0; i < total; i++) {
        t = start + int(i / 10); us = i % 10 * 100000;
        client = "192.0.2." (1 + int(i / 600) * 5 % 250 + i % 5); name = "d" i ".example";
        printf "<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN MX +E(0) (192.0.2.53)\n",
               strftime("%Y-%m-%dT%H:%M:%S", t, 1), us, client, name, name;
    }
}' >"$work/lines"
# With a state folder no incident is closed at the end.
"$DNSMON" replay -c "$work/dnsmon.conf" "$work/lines" | grep -v '"action":"close"' | sort >"$work/replayed"
expect "replay finds something" has_lines "$work/replayed" 150

one_run kept 'keep-alive(yes)' 3
sort "$work/kept/events" >"$work/found"
expect "kept: the events of replay" cmp "$work/found" "$work/replayed"

one_run anew '' 5
sort -u "$work/anew/events" >"$work/found"
expect_equal "anew: events of replay that are missing" 0 \
    "$(comm -13 "$work/found" "$work/replayed" | wc -l)"
expect_equal "anew: other incidents or states than in replay" "" \
    "$(diff <(incidents "$work/anew/events") <(incidents "$work/replayed") | head -3)"
echo "anew: $(count_lines "$work/anew/events") events told, $(count_lines "$work/replayed") of replay"
finish
