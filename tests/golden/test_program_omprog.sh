#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# dnsmon omprog: every line is answered exactly once; what was confirmed is found, whoever kills the
# program and however often; a destination may be away. The findings are replay's.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"
HOST=$DNSMON_BUILD/tests/golden/omproghost
COLLECTOR=$DNSMON_BUILD/tests/golden/collector
SEED=${DM_SEED:-$(($(date +%s) * 1000 + $$ % 1000))}
printf 'DM_SEED=%s\n' "$SEED"

# Without libtool's wrapper: signals are to hit the program.
PROGRAM=$DNSMON_BUILD/dnsmon
if [ -x "$DNSMON_BUILD/.libs/dnsmon" ]; then
    PROGRAM=$DNSMON_BUILD/.libs/dnsmon
    export LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi
for program in "$HOST" "$COLLECTOR"; do
    [ -x "$program" ] || {
        printf 'FAILED: there is no %s (make check TESTS=)\n' "$program"
        exit 1
    }
done

pids=()
stop_all() {
    local pid
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
}
trap stop_all EXIT

omprog() {
    "$PROGRAM" omprog -c site.conf "$@"
}

# wait_until COMMAND...: polls for 80 s, since machines are busy.
wait_until() {
    local i
    for ((i = 0; i < 1600; i++)); do
        "$@" && return
        sleep 0.05
    done
    problem "this did not come true: $*"
    return 1
}

has_lines() {
    [ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

has_text() {
    grep -q -F -e "$2" "$1" 2>/dev/null
}

# answers WHAT WANT TEXT [ARGUMENT...]: what is said to these lines (printf's format), as one line.
answers() {
    local what=$1 want=$2 text=$3 got
    shift 3
    # shellcheck disable=SC2059 # it is a format
    got=$(printf "$text" | omprog --output=ev.txt "$@" 2>said.txt | tr '\n' ' ')
    expect_equal "$what" "$got" "$want"
    expect_equal "$what: nothing is said" "$(cat said.txt)" ''
}

# expect_set WHAT GOT WANT: the same lines, in any order and number.
expect_set() {
    sort -u "$2" >set.got
    sort -u "$3" >set.want
    cmp -s set.got set.want && return
    problem "$1: other lines than in $3 ($(comm -13 set.got set.want | wc -l) are missing," \
        "$(comm -23 set.got set.want | wc -l) are too many)"
}

# expect_found WHAT GOT WANT: all lines of WANT, and others only of the same incident and state: those
# that were told at a stop, before the last seconds were complete.
expect_found() {
    local key='s/.*"action":"([a-z]*)","id":"([0-9a-f]*)".*/\2 \1/'
    sort -u "$2" >set.got
    sort -u "$3" >set.want
    expect_equal "$1: missing" "$(comm -13 set.got set.want | wc -l)" 0
    sed -E "$key" "$2" | sort -u >set.got
    sed -E "$key" "$3" | sort -u >set.want
    cmp -s set.got set.want || problem "$1: other incidents than in $3"
}

# A line of BIND with a time of today for a number of clients, each over the threshold at another
# time: all along the log there is something to find.
make_campus() {
    TZ=UTC awk -v lines="$1" -v start="$2" 'BEGIN {
        for (i = 0; i < lines; i++) {
            t = start + int(i / 10)
            group = int(i / 600)
            client = "192.0.2." 1 + (group * 5 + i % 5) % 254
            printf "<30>%s.%06dZ ns1 named[1]: client @0x7f00 %s#4242 (d%d.example): query: d%d.example IN MX + (192.0.2.53)\n",
                strftime("%Y-%m-%dT%H:%M:%S", t, 1), i % 10 * 100000, client, i, i
        }
    }'
}

make_site
printf '[events]\nrate=100000/h\n[detectors]\ndisable=daily-summary\n' >>site.conf
make_campus 24000 $(($(date +%s) - 2500)) >all.log
lines=$(wc -l <all.log)
dnsmon replay -c site.conf all.log >want.txt
# With a state folder incidents stay open at the end of the input: there is a next start.
grep -v '"action":"close"' want.txt >want.open
has_lines want.open 150 || problem "too little is found to test with: $(wc -l <want.open)"

# ---- what is answered ----
answers 'no line' 'OK ' ''
answers 'one line' 'OK OK ' 'x\n'
answers 'no newline at the end' 'OK OK OK ' 'x\ny'
answers 'empty lines' 'OK OK OK OK ' '\n\n\n'
answers 'bytes that are none' 'OK OK OK OK ' 'a\0b\n\377\376\r\n{"kind":\n'
answers 'CRLF' 'OK OK ' 'x\r\n'
answers 'a transaction' 'OK OK DEFER_COMMIT DEFER_COMMIT OK OK ' \
    'BEGIN TRANSACTION\nx\ny\nCOMMIT TRANSACTION\nz\n'
answers 'an empty transaction' 'OK OK OK ' 'BEGIN TRANSACTION\nCOMMIT TRANSACTION\n'
answers 'a transaction without its end' 'OK OK DEFER_COMMIT ' 'BEGIN TRANSACTION\nx'
answers 'no mark' 'OK OK OK ' 'BEGIN TRANSACTION \n BEGIN TRANSACTION\n'
answers 'kept' 'OK OK DEFER_COMMIT OK ' 'BEGIN TRANSACTION\nx\nCOMMIT TRANSACTION\n' --state=st0
for size in 65535 65536 65537 1048575 1048576 1048577 3000000; do
    got=$({ head -c $size /dev/zero | tr '\0' x; printf '\nx\n'; } | omprog --output=ev.txt | tr '\n' ' ')
    expect_equal "a line of $size bytes" "$got" 'OK OK OK '
    got=$(head -c $size /dev/zero | omprog --output=ev.txt | tr '\n' ' ')
    expect_equal "$size NUL bytes" "$got" 'OK OK '
done
[ -s ev.txt ] && problem 'events out of nothing'

# ---- mistakes ----
: >site2.conf
for dest in - tcp: tcp:host tcp:host: tcp::601 tcp:2001:db8::1:601 unix: ''; do
    expect_status "--output=$dest" 2 dnsmon omprog -c site.conf --output="$dest"
done
expect_status 'no --output' 2 dnsmon omprog -c site.conf
expect_line 'no --output' '--output is missing' said.txt
expect_status 'no number' 2 dnsmon omprog -c site.conf --output=ev.txt --queue=0
expect_status 'a file too many' 2 dnsmon omprog -c site.conf --output=ev.txt all.log
printf '[site]\nnetworks=nonsense\n' >broken.conf
expect_status 'a broken configuration' 2 dnsmon omprog -c broken.conf --output=ev.txt
expect_equal 'a broken configuration: no answer' "$(wc -c <out.txt)" 0
expect_status 'no state folder' 1 dnsmon omprog -c site.conf --output=ev.txt --state=absent/st
expect_line 'no state folder' 'absent/st' said.txt

# ---- the findings are replay's ----
run_plain() {
    rm -f ev.txt
    omprog --output=ev.txt "${@:2}" <"$1" >answers.txt
    expect_equal "$1 ${*:2}: exit status" $? 0
    expect_equal "$1 ${*:2}: answers" "$(sort answers.txt | uniq -c | tr -s ' ')" " $((lines + 1)) OK"
}
run_plain all.log
expect_same 'plain' ev.txt want.txt
dnsmon parse -c site.conf all.log >all.jsonl
run_plain all.jsonl
expect_same 'as JSON' ev.txt want.txt
run_plain all.log --text
dnsmon replay -c site.conf --text all.log >want.text
expect_same '--text' ev.txt want.text
head -c -1 all.log >cut.log
run_plain cut.log
expect_same 'no final newline' ev.txt want.txt
rm -rf st
run_plain all.log --state=st
expect_same 'kept' ev.txt want.open
rm -f ev.txt
"$HOST" all.log "$PROGRAM" omprog -c site.conf --output=ev.txt >host.txt
expect_same 'line by line' ev.txt want.txt
expect_line 'line by line' "answers=$((lines + 1)) again=0" host.txt
printf '{"half' >ev.txt
omprog --output=ev.txt <all.log >answers.txt
expect_equal 'a line that was cut' "$(head -n 1 ev.txt)" '{"half'
expect_equal 'behind a line that was cut' "$(tail -n +2 ev.txt | cmp - want.txt)" ''

# Its own events, in every form, are nothing to it.
"$COLLECTOR" dgram loop.sock >loop.txt &
pids+=("$!")
wait_until test -S loop.sock
omprog --output=unix:loop.sock <all.log >answers.txt
wait_until has_lines loop.txt "$(wc -l <want.txt)"
cat want.txt want.text loop.txt loop.txt want.txt >own.log
rm -f ev.txt
omprog --output=ev.txt <own.log >answers.txt
[ -s ev.txt ] && problem 'events of its own events'

# ---- killed ----
# killed WHAT KILLS ARGUMENTS_OF_HOST -- ARGUMENTS_OF_PROGRAM
killed() {
    local what=$1 kills=$2 arguments=()
    shift 2
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    shift
    rm -rf st ev.txt
    "$HOST" -k "$kills" -s "$SEED" "${arguments[@]}" "${LOG:-all.log}" "$PROGRAM" omprog -c site.conf \
        --output=ev.txt "$@" >host.txt 2>said.txt
    local status=$?
    expect_equal "$what: exit status (seed $SEED)" $status 0
    expect_equal "$what: nothing is said" "$(cat said.txt)" ''
    printf '%s: %s, %s events of %s\n' "$what" "$(cat host.txt)" "$(wc -l <ev.txt)" \
        "$(wc -l <want.open)"
    expect_line "$what" "kills=$kills " host.txt
    # What was cut in the middle of a line is there again as a whole.
    grep '}$' ev.txt >whole.txt
    SEED=$((SEED + 1))
}
killed 'killed' 20 -g 60 -- --state=st
expect_set 'killed' whole.txt want.open
killed 'killed, state saved often' 30 -g 40 -- --state=st --save-lines=500
expect_set 'killed, state saved often' whole.txt want.open
killed 'killed, transactions' 20 -g 30 -t 100 -- --state=st --save-lines=3000
expect_set 'killed, transactions' whole.txt want.open
# Stamps without a year: it is the wall clock's, of the day on which the line came.
TZ=UTC awk '{ split($1, part, "[->T.]"); month = substr("JanFebMarAprMayJunJulAugSepOctNovDec", part[3] * 3 - 2, 3)
    $1 = "<30>" month " " sprintf("%2d", part[4]) " " part[5]; print }' all.log >year.log
dnsmon replay -c site.conf --year "$(head -c 8 all.log | tail -c 4)" year.log | grep -v '"action":"close"' >want.year
has_lines want.year 150 || problem "too little is found in year.log: $(wc -l <want.year)"
LOG=year.log killed 'killed, no year' 20 -g 40 -- --state=st --save-lines=700
expect_set 'killed, no year' whole.txt want.year
killed 'killed without a state folder' 20 -g 10 --
if sort -u whole.txt | cmp -s - <(sort -u want.open); then
    problem 'killed without a state folder: nothing was lost, so this tests nothing'
fi

# A line that was taken and not confirmed comes again, and counts once: 50 MX are no finding of
# mx-census, 51 are one. The kill has to come before anything else is noted in the journal (250 ms).
sed 's/192\.0\.2\.[0-9]*#/192.0.2.9#/' all.log | awk 'NR % 20 == 1' | head -n 51 >fifty1.log
head -n 50 fifty1.log >fifty.log
mkfifo in.pipe
taken=$((17 + 17 + 16 + 24 + 16 + $(wc -c <fifty.log)))
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf st ev.txt answers.txt
    "$PROGRAM" omprog -c site.conf --state=st --output=ev.txt <in.pipe >answers.txt &
    old=$!
    pids+=("$old")
    exec 7>in.pipe
    cat fifty.log >&7
    while kill -0 $old && ! has_lines answers.txt 51; do :; done
    kill -KILL $old
    exec 7>&-
    wait $old 2>/dev/null
    [ "$(stat -c %s st/journal)" = $taken ] && break
done
expect_equal "in doubt: the journal, after $attempt attempts" "$(stat -c %s st/journal)" $taken
cp -r st st.doubt
tail -n 1 fifty.log | omprog --state=st --output=ev.txt | cat >answers.txt
expect_equal 'in doubt: answers' "$(grep -c '^OK$' answers.txt)" 2
expect_line 'in doubt: found' '"id":"mass-mailer"' ev.txt
expect_no_line 'in doubt: it counts once' '"id":"mx-census"' ev.txt
# Where nobody listens nothing is said again.
tail -n 1 fifty1.log | omprog --state=st.doubt --output=ev.txt >answers.txt
expect_line 'not in doubt: another one counts' '"id":"mx-census"' ev.txt

# ---- destinations ----
# collect NAME KIND WHERE [COUNT]
collect() {
    "$COLLECTOR" "${@:2}" >>"$1" 2>collector.txt &
    collector=$!
    pids+=("$collector")
}

# payload FILE: the JSON of each RFC 5424 message; what is none gives an empty line.
payload() {
    sed -E '/^<1(29|33|34)>1 20[0-9-]{8}T[0-9:]{8}\.[0-9]{6}Z [^ ]+ dnsmon - [a-z-]+ \[dnsmon@32473 .*\] \{/!s/.*//
        s/^.*"?\] (\{"@timestamp")/\1/' "$1"
}

# Three ports on which nobody listens.
ports=()
port=$((20000 + ($$ * 7 + SEED) % 12000))
while [ ${#ports[@]} -lt 3 ]; do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || ports+=("$port")
    port=$((port + 1))
done

# wait_quiet FILE: until nothing has come for a second.
wait_quiet() {
    local before=-1 now=0
    while [ "$now" != "$before" ]; do
        before=$now
        sleep 1
        now=$(wc -l <"$1")
    done
}

# incidents FILE: "ID ACTION" of each event.
incidents() {
    sed -E 's/.*"action":"([a-z]*)","id":"([0-9a-f]*)".*/\2 \1/' "$1" | sort -u
}

# expect_delivered WHAT FILE: all of want.txt. A `close` is told at the end, whose time is the wall
# clock's where the machine was busy for a minute: of it the incident only.
expect_delivered() {
    grep -v '"action":"close"' "$2" >open.txt
    expect_set "$1" open.txt want.open
    incidents "$2" >set.got
    incidents want.txt >set.want
    cmp -s set.got set.want || problem "$1: other incidents than in want.txt"
}

# to WHERE KIND DEST [COUNT]: all of it arrives though it is away at first, ends after COUNT events
# in the middle of the others, and is away for the second half of the lines.
to() {
    local where=$1 kind=$2 dest=$3 got=got.$2 feeder before
    rm -f "$got" said.txt half go answers.txt
    {
        head -n 12000 all.log
        wait_until test -f half
        tail -n +12001 all.log
        wait_until test -f go
    } | omprog --output="$dest" >answers.txt 2>said.txt &
    feeder=$!
    pids+=("$feeder")
    wait_until has_text said.txt 'events wait'
    if [ -n "${4-}" ]; then
        collect "$got" "$kind" "$where" "$4"
        wait $collector
    fi
    collect "$got" "$kind" "$where"
    wait_until has_lines "$got" 60
    wait_quiet "$got"
    kill $collector
    wait $collector 2>/dev/null
    touch half
    wait_until has_lines answers.txt $((lines + 1))
    before=$(wc -l <"$got")
    sleep 0.5 # lines wait 250 ms for classification; then their events find nobody
    collect "$got" "$kind" "$where"
    wait_until has_lines "$got" $((before + 60))
    wait_quiet "$got" # some events come at the end of the input only
    touch go
    wait $feeder
    expect_equal "$kind: exit status" $? 0
    payload "$got" >payload.txt
    expect_equal "$kind: said" "$(grep -c 'events wait' said.txt)" 1
    expect_line "$kind: said" 'is back' said.txt
    expect_delivered "$kind" payload.txt
    kill $collector
}
# What a TCP receiver has acknowledged and not read is lost with it (sink.c), so it only ends when
# nothing is on its way. A local stream's sender sees what has been read.
# A datagram that its reader never took is lost with it: away and back, without the middle.
datagrams() {
    collect got.dgram dgram dgram.sock
    wait_until test -S dgram.sock
    omprog --output=unix:dgram.sock <all.log >answers.txt
    wait_until has_lines got.dgram "$(wc -l <want.txt)"
    payload got.dgram >payload.txt
    expect_set 'dgram' payload.txt want.txt
    kill $collector
    collect got.text dgram text.sock
    wait_until test -S text.sock
    omprog --text --output=unix:text.sock <all.log >answers.txt
    wait_until has_lines got.text "$(wc -l <want.text)"
    sed 's/.*\] dnsmon: /dnsmon: /' got.text >payload.txt
    expect_set 'dgram, text' payload.txt want.text
    kill $collector
}

# A queue that is full: a host that listens keeps its lines, and sends them again.
full_queue() {
    local port=$1 feeder
    "$HOST" -p 20 all.log "$PROGRAM" omprog -c site.conf --queue=20 --output="tcp:127.0.0.1:$port" \
        >host.txt 2>said.txt &
    feeder=$!
    pids+=("$feeder")
    wait_until has_text said.txt 'events wait'
    sleep 1
    collect got.tcp tcp "$port"
    wait $feeder
    expect_equal 'queue: exit status' $? 0
    expect_line 'queue: lines are refused meanwhile' 'errors=[1-9]' host.txt
    payload got.tcp >payload.txt
    expect_delivered 'queue' payload.txt
    kill $collector
    wait $collector 2>/dev/null
}

# One that does not listen: events are given up, and that is said. Events that nobody took wait for
# the next start, which may have another destination: most are found before the end, and the state
# is saved with them waiting.
nobody() {
    local port=$1
    : >said.txt
    { head -n 12000 all.log; wait_until has_text said.txt 'events wait' >&2; tail -n +12001 all.log; } |
        omprog --queue=20 --output="tcp:127.0.0.1:$port" 2>>said.txt >/dev/null
    expect_equal 'nobody listens: exit status' $? 1
    expect_line 'nobody listens' 'events are lost' said.txt
    expect_line 'nobody listens' '[0-9]+ events were given up' said.txt
    : >said.txt
    { cat all.log; wait_until has_text said.txt 'events wait' >&2; } |
        omprog --state=st --output="tcp:127.0.0.1:$port" >answers.txt 2>>said.txt
    expect_equal 'kept for later: exit status' $? 0
    expect_line 'kept for later' 'events are kept for the next start' said.txt
    omprog --state=st --output=ev.txt </dev/null >answers.txt
    expect_same 'kept for later' ev.txt want.open
    omprog --state=st --output=ev.txt </dev/null >answers.txt
    expect_same 'and not twice' ev.txt want.open
}

full_disk() {
    [ -e /dev/full ] || return 0
    omprog --output=/dev/full <all.log >answers.txt 2>said.txt
    expect_equal 'full disk: exit status' $? 1
    expect_line 'full disk' 'No space left' said.txt
    expect_equal 'full disk: answers' "$(grep -c '^OK$' answers.txt)" $((lines + 1))
}

# These wait most of the time: side by side, each in a folder of its own.
branches=()
beside() {
    mkdir "$1"
    (
        pids=()
        TEST_FAILURES=0
        trap stop_all EXIT
        cd "$1" && ln -s ../all.log ../want.txt ../want.text ../want.open ../site.conf . || exit 1
        "${@:2}"
        exit "$TEST_FAILURES"
    ) &
    branches+=("$!")
}
beside tcp to "${ports[0]}" tcp "tcp:127.0.0.1:${ports[0]}"
beside stream to stream.sock stream unix:stream.sock 40
beside dgram datagrams
beside queue full_queue "${ports[1]}"
beside nobody nobody "${ports[2]}"
beside full full_disk
for branch in "${branches[@]}"; do
    wait "$branch" || problem "$? in one of those that ran side by side"
done

# ---- a journal that cannot be written, a state that cannot be read ----
rm -rf st
(
    trap '' XFSZ
    ulimit -f 300
    omprog --state=st --output=ev2.txt <all.log 2>said.txt
) | cat >answers.txt
expect_equal 'full journal: answers' "$(wc -l <answers.txt)" $((lines + 1))
expect_line 'full journal' '^Error: the journal' answers.txt
expect_line 'full journal' 'journal: .*: no line is taken' said.txt
rm -rf st
head -n 12000 all.log | omprog --state=st --output=ev3.txt >answers.txt
printf x >>"$(echo st/state.?)"
omprog --state=st --output=ev3.txt </dev/null >answers.txt 2>said.txt
expect_equal 'damaged state: exit status' $? 0
expect_line 'damaged state' 'kept as .damaged' said.txt
printf 'x' >st/journal
expect_status 'damaged journal' 1 omprog --state=st --output=ev3.txt
expect_line 'damaged journal' 'st: its journal is no journal' said.txt
expect_equal 'damaged journal: no answer' "$(wc -c <out.txt)" 0

# ---- signals ----
# The order in which syslog-ng's program() stops it: SIGTERM, and then the end of the input; the new
# one is started meanwhile and waits for the folder.
rm -rf st ev.txt go answers.txt
"$PROGRAM" omprog -c site.conf --state=st --output=ev.txt <in.pipe >answers.txt 2>said.txt &
old=$!
pids+=("$old")
exec 7>in.pipe
head -n 10000 all.log >&7
wait_until has_lines answers.txt 10001
kill -TERM $old
tail -n +10001 all.log | head -n 4000 >&7
tail -n +14001 all.log 7>&- | "$PROGRAM" omprog -c site.conf --state=st --output=ev.txt \
    >answers2.txt 7>&- &
new=$!
pids+=("$new")
sleep 0.3
expect_equal 'the new one waits' "$(wc -l <answers2.txt)" 0
exec 7>&-
wait $old
expect_equal 'SIGTERM: exit status' $? 0
wait $new
expect_equal 'the new one: exit status' $? 0
expect_equal 'SIGTERM: answers' "$(cat answers.txt answers2.txt | grep -c '^OK$')" $((lines + 2))
expect_found 'SIGTERM' ev.txt want.open

# SIGHUP: a rotated file, a configuration that is broken, one that is not.
rm -rf ev.txt answers.txt
cp site.conf live.conf
"$PROGRAM" omprog -c live.conf --output=ev.txt <in.pipe >answers.txt 2>said.txt &
old=$!
pids+=("$old")
exec 7>in.pipe
head -n 10000 all.log >&7
wait_until has_lines ev.txt 20
mv ev.txt ev.old
cp broken.conf live.conf
kill -HUP $old
wait_until has_text said.txt 'the old configuration stays in force'
expect_equal 'a broken configuration: lines on standard error' "$(wc -l <said.txt)" 1
tail -n +10001 all.log | head -n 13000 >&7
wait_until has_lines ev.txt 20
cp site.conf live.conf
printf 'enable=mx-census\n' >>live.conf
kill -HUP $old
sleep 0.2
tail -n +23001 all.log >&7
exec 7>&-
wait $old
expect_equal 'SIGHUP: exit status' $? 0
cat ev.old ev.txt >ev.both
expect_equal 'SIGHUP: found' "$(grep -c '"id":"mx-census".*"action":"open"\|"action":"open".*"id":"mx-census"' ev.both)" \
    "$(grep -c '"id":"mx-census".*"action":"open"\|"action":"open".*"id":"mx-census"' want.txt)"
grep -c . said.txt | grep -qx 1 || problem "SIGHUP: said: $(cat said.txt)"
finish
