#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The state file's disk is full, its folder is gone or read-only, the file is cut or hostile: the
# daemon goes on, finds, says it in one line, and keeps the old file.
#   SCHEDULE=1  waits for the snapshot by time, too: five minutes
. "$(dirname "$0")/lib_faults.sh"
setup
free_port
mx_config "$work/dnsmon.conf"
mkdir "$work/disk"
if mount -t tmpfs -o size=1m none "$work/disk" 2>/dev/null; then
    trap 'umount "$work/disk"; cleanup' EXIT
    full=yes
else
    full=no
    echo "# no tmpfs may be mounted here: the full disk is left out"
    [ "${CI-}" != true ] || fail "a tmpfs cannot be mounted"
fi
STATEFILE=$work/disk/state fault_daemon one

# infect CLIENT: 60 MX, now.
infect() {
    make_queries 1 60 "$(($(date +%s) - 2))" 60 | sed "s/192\\.0\\.2\\.10#/10.1.0.$1#/" >"$work/lines"
    send "$work/lines" "$port"
}

is_found() {
    has_match "10.1.0.$1\"" "$work/one/events"
}

says() {
    grep -c "omdnsmon: .*$1" "$work/one/out"
}

# fault NAME CLIENT TEXT: a new client is found although no snapshot can be made, and that is said once.
fault() {
    local before after
    before=$(says "$3")
    infect "$2"
    expect "$1: the daemon goes on and finds" wait_until 20 is_found "$2"
    kill -HUP "$pid_one" # asks for another snapshot
    sleep 1
    after=$(says "$3")
    [ "$after" = $((before + 1)) ] || sed "s|^|    |" "$work/one/out" | head -5
    expect_equal "$1: it is said once" $((before + 1)) "$after"
    faults="$faults $1;"
}

again() {
    touch "$work/before"
    kill -HUP "$pid_one"
    expect "and then it is written again" wait_until 10 test "$work/disk/state" -nt "$work/before"
}

faults=
start one "$port"
infect 1
expect "a client is found" wait_until 20 is_found 1
expect "a snapshot is there" wait_until 5 test -s "$work/disk/state"
cp "$work/disk/state" "$work/good"

if [ $full = yes ]; then
    dd if=/dev/zero of="$work/disk/fill" bs=1k count=1024 2>/dev/null
    fault "disk full" 2 "cannot be written"
    "$PEEK" "$work/dnsmon.conf" "$work/disk/state" 10.1.0.1 >"$work/knows"
    expect "the old file is whole" test $? = 0
    rm "$work/disk/fill"
    again
    mount -o remount,ro "$work/disk"
    fault "read-only" 3 "cannot be written"
    mount -o remount,rw "$work/disk"
    again
    umount "$work/disk"
    trap cleanup EXIT
fi
rmdir "$work/disk" 2>/dev/null || rm -r "$work/disk"
fault "folder gone" 4 "cannot be written"
mkdir "$work/disk"
again
stop one
expect "the end has saved all four" test -s "$work/disk/state"

# damaged NAME: the file as it is now is refused, kept aside and named, and the daemon finds.
damaged() {
    rm -f "$work/disk/state.damaged" "$work/one/events" "$work/one/out"
    start one "$port"
    expect "$1: named" wait_until 5 has_match "starting without" "$work/one/out"
    expect "$1: kept aside" test -f "$work/disk/state.damaged"
    if [ "$1" = "cut file" ]; then
        infect 9
        expect "$1: the daemon goes on and finds" wait_until 20 is_found 9
    fi
    kill -KILL "$pid_one"
    wait "$pid_one" 2>/dev/null
    forget "$pid_one"
    rm -f "$work/one/pid"
    faults="$faults $1;"
}

head -c 2000 "$work/good" >"$work/disk/state"
damaged "cut file"
{ head -c 5000 "$work/good"; head -c 4000 /dev/urandom; tail -c +9001 "$work/good"; } >"$work/disk/state"
damaged "damaged file"
cp "$work/good" "$work/disk/state"
printf '\377' | dd of="$work/disk/state" bs=1 seek=20 conv=notrunc 2>/dev/null # the header's version
damaged "other version"
expect "other version: and that is said" has_match "another version" "$work/one/out"
expect_equal "other version: as it was" "$(stat -c %s "$work/good")" "$(stat -c %s "$work/disk/state.damaged")"
printf '' >"$work/disk/state"
damaged "empty file"
rm -f "$work/disk/state"
truncate -s 40G "$work/disk/state" # sparse: more than the process may have
(ulimit -v 8000000; damaged "more than memory"; exit $failures) || failures=$((failures + 1))
faults="$faults more than memory;"
rm -f "$work/disk/state"* "$work/one/out"

# What is no file stays where it is, and the daemon goes on.
for kind in folder pipe; do
    if [ $kind = folder ]; then mkdir "$work/disk/state"; else mkfifo "$work/disk/state"; fi
    start one "$port"
    expect "$kind: named" wait_until 5 has_match "starting without" "$work/one/out"
    expect "$kind: it stays" test -e "$work/disk/state"
    kill -KILL "$pid_one"
    wait "$pid_one" 2>/dev/null
    forget "$pid_one"
    rm -rf "$work/disk/state" "$work/one/pid" "$work/one/out"
    faults="$faults $kind;"
done

# By time: no event, no SIGHUP, and a snapshot after five minutes. Only in the complete form.
if [ "${SCHEDULE-}" ]; then
    start one "$port"
    sleep 1
    rm -f "$work/disk/state"
    expect "a snapshot after five minutes without a reason" wait_until 310 test -s "$work/disk/state"
    stop one
    faults="$faults by time;"
fi
# Hostile ones, with a right checksum: tests/unit/test_state_refused.c, tests/fuzz (target state).
figure "goes on, says it once, keeps the old file:${faults%;}"
finish
