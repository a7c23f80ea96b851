# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# kill -9 of a log daemon under load, at random moments, and a start on the same state file. Clients
# turn infected one after the other, so that incidents open all the time. Sourced by
# tests/faults/test_kill*.sh, which write the configuration: lines from TCP port $port to the parser
# or module with the state file $work/state, and to the file $work/one/lines with their stamp in
# front; events as JSON to $work/one/events.
#   KILLS  how often      SEED  of the moments (by the clock; printed)
# At the end each client asks on until it must be found. Then:
#   - no incident is forgotten: every infected client has an incident, with its `open`;
#   - none is opened twice: no client has two incidents, and the `open` of one comes once. Killed
#     between the write() of the events file and the note of it in the state file, an event comes
#     again, equal to the byte, with those of its snapshot: counted and printed, and after more than
#     one in ten kills it is a failure;
#   - counters: what a state file knows of one client's queries after each kill is no less than
#     what the daemon had written of them two seconds before the file.
step_ms=100

# sender: sends until it is stopped; a new connection after each kill.
sender() {
    while :; do
        "$LOAD" turning "$begin" $step_ms 2000 600 >"/dev/tcp/127.0.0.1/$port"
        sleep 0.02
    done 2>/dev/null
}

# written_before EPOCH: lines of the steady client with an earlier stamp.
written_before() {
    awk -v until="$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%S)" \
        '/ 10\.9\.9\.9#/ && substr($0, 1, 19) < until { n++ } END { print n + 0 }' "$work/one/lines"
}

# one_kill NUMBER START: 6 to 12 s after the start, since lines are held back for 6 s: from then on
# incidents open all the time. Every fourth comes earlier, while what the last kill left is sent.
one_kill() {
    local knows wrote least
    "$2" one "$port"
    least=$(($1 % 4 == 0 ? 0 : 6))
    sleep "$(printf '%d.%03d' $((least + RANDOM % 6)) $((RANDOM % 1000)))"
    kill -KILL "$pid_one"
    wait "$pid_one" 2>/dev/null
    forget "$pid_one"
    rm -f "$work/one/pid"
    [ -f "$work/state" ] || return
    snapshots=$((snapshots + 1))
    knows=$("$PEEK" "$work/dnsmon.conf" "$work/state" 10.9.9.9) || {
        fail "kill $1: the state file is refused"
        return
    }
    # Lines before the first snapshot of this start are lost if they came after the last one of the
    # start before it: `lost` of the earlier kills.
    wrote=$(($(written_before $(($(stat -c %Y "$work/state") - 2))) - lost))
    [ "${knows% *}" -ge "$wrote" ] ||
        fail "kill $1: the state knows ${knows% *} queries, $wrote were written 2 s before it"
    lost=$(($(written_before 9999999999) - ${knows% *}))
}

# told FILE: whom its events name as infected, each in an event of its own or, of more than 1,000 in a
# minute, in the one about the outbreak; who is in two of them comes twice.
told() {
    sort -u "$1" >"$work/unique"
    {
        opened "$work/unique" | sed -n 's/.* \(10\.1\.\)/\1/p'
        grep 'An outbreak' "$work/unique" | grep -oE '"10\.1\.[0-9]+\.[0-9]+"' | tr -d '"' | sort -u
    } | sort
}

all_found() {
    sleep 1
    [ "$(told "$work/one/events" | uniq | wc -l)" -ge "$clients" ]
}

# kill_under_load START STOP: with the functions that start and stop a daemon; sets `clients`.
kill_under_load() {
    local k sender
    begin=$(date +%s%3N)
    lost=0 snapshots=0
    sender &
    sender=$!
    for k in $(seq 1 "$kills"); do one_kill "$k" "$1"; done
    clients=$((($(date +%s%3N) - begin) / step_ms))
    kill "$sender"
    wait "$sender" 2>/dev/null
    expect_equal "kills that left a state file" "$kills" "$snapshots"
    "$1" one "$port"
    "$LOAD" pass "$clients" 60 >"/dev/tcp/127.0.0.1/$port"
    expect "every one of $clients infected clients is told of" wait_until 30 all_found
    "$2" one
}

judge_kills() {
    local again different in_kills
    opened "$work/one/events" >"$work/opened"
    sort -u "$work/opened" >"$work/incidents"
    told "$work/one/events" | uniq -d >"$work/twice"
    expect_equal "clients with two incidents" 0 "$(count_lines "$work/twice")"
    head -3 "$work/twice"
    again=$(($(count_lines "$work/opened") - $(count_lines "$work/incidents")))
    in_kills=$(awk '$1 in seen { if (NR - last > 1) n++; last = NR } { seen[$1] = 1 } END { print n + 0 }' "$work/opened")
    expect "events that came again: $again, after $in_kills kills" test "$in_kills" -le $(((kills + 9) / 10))
    different=$(grep '"open"' "$work/one/events" | sort -u | opened /dev/stdin | wc -l)
    expect_equal "none of them differs" "$(count_lines "$work/incidents")" "$different"
    figure "$kills kills (seed $SEED), $clients infected: 0 forgotten, $(count_lines "$work/twice") opened twice, $again events sent again after $in_kills kills"
}

# kill_seed DEFAULT: how often, and the moments.
kill_seed() {
    kills=${KILLS:-$1}
    SEED=${SEED:-$((EPOCHSECONDS % 32768))}
    RANDOM=$SEED
    echo "# seed $SEED, $kills kills"
}
