#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# --follow: what was there and what came gives the findings of a replay, and every line is read
# once, over rotations of every kind; the feed's windows close when it is idle.

# shellcheck source=lib_program.sh
. "$(dirname "$0")/lib_program.sh"
trap 'if [ -n "$pid" ]; then kill -CONT "$pid"; kill -KILL "$pid"; fi 2>/dev/null' EXIT

# start ARGUMENT...: follow in the background; pid, got.txt, said.txt.
start() {
    rm -f got.txt said.txt
    "$DNSMON_BUILD/dnsmon" replay -c site.conf --year 2004 --summary --follow "$@" >got.txt 2>said.txt &
    pid=$!
}

# until_true SECONDS COMMAND...: poll; four times as long on a busy machine.
until_true() {
    local end=$((SECONDS + $1 * ${DNSMON_PATIENCE:-4}))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# is_read FILE: the program stands at its end.
is_read() {
    local fd at
    for fd in /proc/"$pid"/fd/*; do
        [ "$(readlink "$fd")" = "$(readlink -f "$1")" ] || continue
        at=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$pid/fdinfo/${fd##*/}" 2>/dev/null)
        if [ "$at" = "$(stat -c %s "$1")" ]; then return 0; fi
    done
    return 1
}

# wait_read WHAT FILE
wait_read() {
    until_true 20 is_read "$2" || problem "$1: $2 is not read to its end"
}

# stop WHAT [SIGNAL]: ends with 0.
stop() {
    kill "-${2:-TERM}" "$pid"
    wait "$pid"
    expect_equal "$1: exit status" $? 0
    pid=
}

# expect_all WHAT: each line of want.log was read once, and the findings are those of a replay.
expect_all() {
    local n
    n=$(wc -l <want.log)
    expect_equal "$1: lines understood" \
        "$(sed -n 's/^  bind *\([0-9,]*\) .*/\1/p' said.txt | tr -d ,)" "$n"
    dnsmon replay -c site.conf --year 2004 want.log >want.txt
    expect_same "$1" got.txt want.txt
}

make_site
make_log 12000 43200 10 >all.log
cp all.log want.log

start all.log
wait_read 'what is there' all.log
stop 'what is there'
expect_all 'what is there'
expect_line 'the mailer is found' '"class":"mass-mailing-worm"|"class":"mx-over-threshold"' got.txt
start all.log
wait_read 'SIGINT' all.log
stop 'SIGINT' INT
expect_all 'SIGINT'

# It appears later, in pieces that end inside of lines.
start later.log
until_true 20 grep -qs 'later.log: is not there yet' said.txt || problem 'it does not say that it waits'
head -c 300000 all.log >later.log
wait_read 'a part of a line' later.log
tail -c +300001 all.log | head -c 400007 >>later.log
wait_read 'a part of a line' later.log
tail -c +700008 all.log >>later.log
stop 'it appears later'
expect_all 'it appears later'

# Cut to nothing when all has been read (copytruncate), with the begin of a line in front.
: >cut.log
start cut.log
for part in 1 3001 6001 9001; do
    tail -n +$part all.log | head -n 3000 >>cut.log
    wait_read 'copytruncate' cut.log
    cp cut.log cut.log.1
    : >cut.log
done
stop 'copytruncate'
expect_all 'copytruncate'

# Renamed under load: shifted names, the writer goes on in the old file for a while.
cat >writer.py <<'END'
import os, random, sys, time
source, name, folder, seed = sys.argv[1:5]
print("seed", seed)
rng = random.Random(int(seed))
data = open(source, "rb").read()
path = os.path.join(folder, name)
out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
at, lag, n = 0, 0, 0
while at < len(data):
    end = min(len(data), at + rng.randint(1, 3000))
    if lag == 1:  # the writer opens the new file: at a line's end
        end = data.find(b"\n", at) + 1 or len(data)
    os.write(out, data[at:end])
    at = end
    lag -= lag > 0
    if lag == 0 and n and os.fstat(out).st_ino != (os.stat(path).st_ino if os.path.exists(path) else 0):
        os.close(out)
        out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    elif lag == 0 and rng.random() < 0.03:
        for i in range(n, 0, -1):
            os.rename("%s.%d" % (path, i), "%s.%d" % (path, i + 1))
        os.rename(path, path + ".1")
        n += 1
        lag = rng.randint(2, 12)
        if rng.random() < 0.5:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644))
    time.sleep(rng.random() * 0.003)
print(n, "rotations")
END
# rotate WHAT ARGUMENT...: follow those while the writer works on rotated/query.log.
rotate() {
    local what=$1 seed=${DNSMON_SEED:-$RANDOM}
    shift
    rm -rf rotated
    mkdir rotated
    start "$@"
    until_true 20 grep -qs 'query.log: is not there yet' said.txt || problem "$what: it does not wait"
    python3 writer.py all.log query.log rotated "$seed" >writer.txt
    sed "s/^/$what: /" writer.txt
    stop "$what"
    expect_all "$what"
}
rotate 'renamed under load' rotated/query.log
rotate 'the new names are followed, too' rotated/query.log.1 rotated/query.log rotated/query.log.2

# Several files that had the name while nobody looked.
rm -rf rotated
mkdir rotated
head -n 2000 all.log >rotated/q.log
start rotated/q.log
wait_read 'unseen files' rotated/q.log
kill -STOP "$pid"
for part in 2001 4001 6001 8001 10001; do
    for old in 4 3 2 1; do
        if [ -e rotated/q.log.$old ]; then mv rotated/q.log.$old rotated/q.log.$((old + 1)); fi
    done
    mv rotated/q.log rotated/q.log.1
    tail -n +$part all.log | head -n 2000 >rotated/q.log
done
kill -CONT "$pid"
wait_read 'unseen files' rotated/q.log
stop 'unseen files'
expect_all 'unseen files'

# Several logs side by side, one of them compressed: read once, not followed.
awk '{print >("three" NR % 3)}' all.log
head -n 2000 three0 >a.log
head -n 3000 three1 >b.log
gzip -c three2 >c.log.gz
start three1 three0 c.log.gz
wait_read 'side by side' three0
wait_read 'side by side' three1
stop 'side by side'
expect_all 'side by side'
start b.log a.log c.log.gz
wait_read 'several' a.log
wait_read 'several' b.log
# As living logs do, side by side.
for part in 2001 2501 3001 3501; do
    tail -n +$part three0 | head -n 500 >>a.log
    if [ $part -gt 3000 ]; then tail -n +$part three1 | head -n 500 >>b.log; fi
    wait_read 'several' a.log
    wait_read 'several' b.log
done
stop 'several'
expect_equal 'several: lines' "$(sed -n 's/^  bind *\([0-9,]*\) .*/\1/p' said.txt)" 12,000

# Another configuration at SIGHUP; a wrong one leaves the old one in force.
cp all.log hup.log
start hup.log
wait_read 'SIGHUP' hup.log
kill -HUP "$pid"
until_true 20 grep -qs 'has been read again' said.txt || problem 'SIGHUP: nothing is said'
printf '[site]\nnetworks=nonsense\n' >site.conf
kill -HUP "$pid"
until_true 20 grep -qs 'site.conf:2.*the old configuration stays in force' said.txt ||
    problem 'SIGHUP: a wrong configuration is not named'
make_site
stop 'SIGHUP'
expect_all 'SIGHUP'

# Stamps without a year are of now; an idle feed's last lines are classified by the wall clock.
now=$(date -u +%s)
for i in $(seq 60); do
    printf '%s ns1 named[7]: client 192.0.2.7#%d: query: d%d.example IN MX +\n' \
        "$(LC_ALL=C date -u -d "@$((now - 60 + i))" '+%b %e %H:%M:%S')" $((1024 + i)) "$i"
done >idle.log
rm -f got.txt
"$DNSMON_BUILD/dnsmon" replay -c site.conf --follow idle.log >got.txt 2>said.txt &
pid=$!
if until_true 30 grep -qs 'mx-over-threshold' got.txt; then
    expect_line 'the year' "\"@timestamp\":\"$(date -u -d "@$now" +%Y)-.*mx-over-threshold" got.txt
else
    problem 'an idle feed: no event'
fi
stop 'an idle feed'
expect_equal 'an idle feed: notes' "$(cat said.txt)" ''

# What cannot be followed.
expect_status 'nothing to follow' 2 dnsmon replay --follow
expect_status 'standard input' 2 dnsmon replay --follow -
expect_status 'threads' 2 dnsmon replay --follow --threads 2 all.log
expect_status 'a folder' 1 dnsmon replay -c site.conf --follow .
expect_status 'compressed ones only' 1 dnsmon replay -c site.conf --follow c.log.gz
finish
