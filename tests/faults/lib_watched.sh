# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A whole life of rsyslogd with the module while a tool watches (helgrind, memcheck, the thread
# sanitizer). Sourced by the tests that do so. Three actions: one on the main queue with a state file,
# one on a ruleset's own queue without, one for JSON objects; each has two workers that end when
# they are idle for 0.3 s. Lines of BIND, Postfix and garbage come in; SIGHUP brings good and broken
# configurations; events open all the time; SIGTERM comes in mid-stream.
#
# LIMITS: "ours" is told by the names of our source files and libraries in a report's stacks.
. "$(dirname "${BASH_SOURCE[0]}")/lib_faults.sh"
DNSMON_SRC=${DNSMON_SRC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}

# watched COMMAND...: rsyslogd is started by it from now on. The loader's own variables are set for
# rsyslogd's process only.
watched() {
    {
        printf '#!/bin/sh\nexport LD_PRELOAD=%q\nexec' "${PRELOAD-}"
        printf ' %q' "$@"
        printf ' "$@"\n'
    } >"$work/watched"
    chmod +x "$work/watched"
    RSYSLOGD=$work/watched
    START_TRIES=1200 # a minute: the tools are slow to start
}

life_rules() {
    cat >"$work/new.conf" <<CONF
[site]
networks=10.0.0.0/8
timezone=$(noon_zone)
[roles]
mail-servers=10.2.0.25;$1
[managers]
10.1.0.0/16=staff@example.org
[detector mx-census]
over=$2
CONF
    mv "$work/new.conf" "$work/dnsmon.conf"
}

life_daemon() {
    local both='queue.workerThreads="2" queue.workerThreadMinimumMessages="20" queue.timeoutWorkerThreadShutdown="300" queue.timeoutShutdown="60000" queue.timeoutActionCompletion="60000"'
    life_rules 10.2.0.26 50
    mkdir -p "$work/one"
    cat >"$work/one.conf" <<CONF
global(workDirectory="$work/one" shutdown.queue.doubleSize="on")
main_queue(queue.type="FixedArray" queue.size="50000" $both)
module(load="$moddir/imptcp.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/one/stats")
module(load="$OMDNSMON")
input(type="imptcp" address="127.0.0.1" port="$port")
input(type="imptcp" address="127.0.0.1" port="$second" ruleset="dns")
input(type="imptcp" address="127.0.0.1" port="$third" ruleset="objects")
if \$programname != "rsyslogd" then {
    action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" statefile="$work/state")
    action(type="omfile" file="$work/one/lines")
}
ruleset(name="dns" queue.type="LinkedList" queue.size="50000" $both) {
    action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events")
    action(type="omfile" file="$work/one/lines2")
}
ruleset(name="objects" queue.type="LinkedList" queue.size="50000" $both) {
    set \$!kind = "query";
    set \$!client = field(\$msg, 32, 2);
    set \$!qname = field(\$msg, 32, 3);
    set \$!qtype = "MX";
    action(type="omdnsmon" input="json" config="$work/dnsmon.conf" ruleset="events")
    action(type="omfile" file="$work/one/lines3")
}
ruleset(name="events" queue.type="LinkedList" queue.size="20000" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$work/one/events" template="dnsmon-json")
}
CONF
}

# other_lines NUMBER: Postfix, and what nobody knows.
other_lines() {
    awk -v n="$1" -v now="$(date +%s)" 'BEGIN {
        for (i = 0; i < n; i++) {
            t = strftime("%Y-%m-%dT%H:%M:%S", now, 1) sprintf(".%06dZ", i)
            print "<22>" t " mx1 postfix/smtpd[9]: connect from h" i ".test[198.51.100." i % 250 "]"
            print "<22>" t " mx1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from h" i ".test[198.51.100." i % 250 "]: 550 5.1.1 <u" i "@site.example>: Recipient address rejected: User unknown; from=<a@b.test> to=<u" i "@site.example> proto=ESMTP helo=<h>"
            print "<30>" t " ns1 named[1]: client @0x0 nonsense " i
        }
    }'
}

# objects NUMBER: client and name, of which the ruleset makes an object.
objects() {
    awk -v n="$1" -v now="$(date +%s)" 'BEGIN {
        for (i = 0; i < n; i++)
            print "<30>" strftime("%Y-%m-%dT%H:%M:%S", now, 1) sprintf(".%06dZ", i) " ns1 app: 10.1.7." i % 3 " o" i ".example"
    }'
}

# pour SECONDS RATE: into all inputs.
pour() {
    objects 300 >"/dev/tcp/127.0.0.1/$third"
    "$LOAD" turning $(($(date +%s%3N) - 3000)) 300 "$2" "$1" >"/dev/tcp/127.0.0.1/$second" 2>/dev/null &
    other_lines 50 >"/dev/tcp/127.0.0.1/$port"
    "$LOAD" turning $(($(date +%s%3N) - 3000)) 300 "$2" "$1" >"/dev/tcp/127.0.0.1/$port" 2>/dev/null
    wait $!
}

complaints() {
    count_matches 'does not end with "]"' "$work/one/out"
}

has_complained() {
    [ "$(complaints)" -gt "$1" ]
}

hups() {
    local h said
    for h in $(seq 1 "$1"); do
        sleep "$2"
        said=$(complaints)
        case $((h % 3)) in
        0) echo "[site" >"$work/dnsmon.conf" ;;
        1) life_rules 10.2.0.27 40 ;;
        2) life_rules 10.2.0.28 45 ;;
        esac
        kill -HUP "$pid_one"
        # else the next one may be read in its place
        [ $((h % 3)) != 0 ] || wait_until 20 has_complained "$said" || echo "SIGHUP $h: no complaint"
    done
}

# taken: messages that all actions were given, as impstats has them.
taken() {
    sed -n 's/.*"name": "\(omdnsmon[^"]*\)".*"messages": \([0-9]*\),.*/\1 \2/p' "$work/one/stats" |
        awk '{ n[$1] = $2 } END { for (i in n) sum += n[i]; print sum + 0 }'
}

all_read() {
    lines=$(cat "$work/one"/lines* 2>/dev/null | wc -l)
    [ "$(taken)" = "$lines" ]
}

# life SECONDS RATE: ends with rsyslogd's exit status in `status`.
life() {
    free_port
    second=$port
    free_port
    third=$port
    free_port
    life_daemon
    start one "$port"
    hups $(($1 * 2)) 0.5 &
    local hupper=$!
    pour "$1" "$2"
    wait $hupper
    expect "every line was read" wait_until 60 all_read
    sleep 1 # the workers end
    pour 2 "$2" &
    local last=$!
    sleep 1.5
    kill -TERM "$pid_one"
    wait "$pid_one"
    status=$?
    forget "$pid_one"
    kill $last 2>/dev/null
    wait $last 2>/dev/null
    lines=$(cat "$work/one"/lines* 2>/dev/null | wc -l)
    expect "there are events, of objects too" has_match '10.1.7.1"' "$work/one/events"
    expect "broken configurations were named" grep -q 'does not end with "]"' "$work/one/out"
    life_rules 10.2.0.26 50
    expect "the state file can be read" "$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9
}

# our_files: a regular expression of our sources and libraries as they stand in a stack.
our_files() {
    local names
    names=$(cd "$DNSMON_SRC" && find lib plugin/rsyslog plugin/common -name '*.[ch]' ! -path '*/rsyslog_config/*' -printf '%f\n' |
        sort -u | sed 's/\./[.]/' | tr '\n' '|')
    printf '[(/](%s):[0-9]|(libdnsmon|omdnsmon)[.]so' "${names%|}"
}

# count_ours FILE [any]: of the tool's reports in it those that are about us: in the stack of an
# access the innermost frame that is not of the tool or a common library is ours (any: some frame
# is). Of helgrind's two accesses the later one counts: the earlier may be to memory that was freed since
# behind a count of references, which helgrind does not know. Nor does a condition variable's own work,
# which glibc does through its public functions. Prints how many; they are in $work/ours.
count_ours() {
    awk -v ours="$(our_files)" -v any="${2-}" -v list="$work/ours" \
        -v skip='vgpreload|vg_replace|/libtsan|sanitizer|/lib(c|glib-2[.]0|json-c|psl)[.-]|/(malloc|string|nptl|misc|io|libio|stdio-common|sysdeps|time)/' '
        function ends() { if (hit && text !~ /__pthread_cond_wait_common/) { n++; print text "\n--" >list } text = ""; hit = 0; settled = 1 }
        BEGIN { printf "" >list }
        / Helgrind, / { helgrind = 1 }
        /^=+$/ || /---------------$/ || (!helgrind && /^==[0-9]+== *$/) { ends(); next }
        /(at|by) 0x[0-9A-F]+: |^ +#[0-9]+ / {
            text = text "\n" $0
            if ($0 ~ / at 0x|#0 /) settled = aside
            if (!settled && (any || $0 !~ skip)) { settled = !any; if ($0 ~ ours) hit = 1 }
            next
        }
        {
            text = text "\n" $0
            if ($0 !~ /Locks held/) aside = $0 ~ /This conflicts with|created|first observed|alloc.d|allocated by|[0-9] bytes inside/
        }
        END { ends(); print n + 0 }' "$1"
}

# expect_none_ours FILE [any]
expect_none_ours() {
    reports=$(count_ours "$@")
    expect_equal "reports about us" 0 "$reports"
    [ "$reports" = 0 ] || head -150 "$work/ours"
}
