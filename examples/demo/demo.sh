#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# demo.sh DIR - the main job on one machine: real servers, real questions, two rsyslogd; called by
# quickstart.sh once everything is built and unpacked below DIR.  Prints each detection as it
# arrives at the central rsyslogd, then who was named and who was not.
#
# Exit status 0 when exactly the three infected clients were named, each with its class.
#
# LIMITS: time is scaled down; the clients do in 15 s what takes their models minutes to hours.

HERE=$(cd "$(dirname "$0")" && pwd)
SETUP_PROGRAM=quickstart
# shellcheck source=../lib/setup.sh
. "$HERE/../lib/setup.sh"
# shellcheck source=../lib/private.sh
. "$HERE/../lib/private.sh"
# shellcheck source=../lib/servers.sh
. "$HERE/../lib/servers.sh"

DIR=${1:?usage: demo.sh DIR}
BUILD=${2:?usage: demo.sh DIR BUILD}
JAIL=$DIR/jail
CENTRAL=127.77.0.14
PORT=10514
MODULE=$BUILD/plugin/rsyslog/.libs/omdnsmon.so
PAUSE_MS=6          # between two questions
WAIT_S=15           # for the detections, after the last question; 5 s is the usual

# Who takes part: name, address, the class it must be named with (- for none).
CLIENTS=(
    "office-PC            127.10.0.11 -"
    "phone                127.10.0.12 -"
    "mail-program         127.10.0.13 -"
    "monitor              127.10.0.14 -"
    "mail-server          127.0.0.1   -"
    "mass-mailing-worm    127.10.0.66 mass-mailing-worm"
    "spam-relay           127.10.0.67 spam-relay"
    "keyword-scanning-bot 127.10.0.68 bot-worm"
)

# fill TEMPLATE TARGET: replace the @WORDS@.
fill() {
    sed -e "s|@DIR@|$DIR|g" -e "s|@JAIL@|$JAIL|g" -e "s|@CENTRAL@|$CENTRAL|g" \
        -e "s|@PORT@|$PORT|g" -e "s|@MODULE@|$MODULE|g" -e "s|@CONFIG@|$HERE/dnsmon.conf|g" \
        "$HERE/$1.in" >"$2"
}

start_hosts() {
    mkdir -p "$DIR/loghost" "$DIR/central"
    : >"$DIR/detections.json"
    : >"$DIR/detections.tsv"
    fill central.conf "$DIR/central.conf"
    fill loghost.conf "$DIR/loghost.conf"
    if [ -f "$MODULE" ]; then
        fill detect.conf "$DIR/detect.conf"
    else
        echo '# no module: the lines are fed to the program dnsmon afterwards' >"$DIR/detect.conf"
    fi
    sed -i -e "/@DETECT@/{r $DIR/detect.conf
        d}" "$DIR/loghost.conf"
    step "starting the central rsyslogd on $CENTRAL port $PORT"
    start_rsyslogd central "$DIR/central.conf" "$DIR/central.err"
    wait_for 10 tcp_open $CENTRAL $PORT || give_up "the central rsyslogd does not listen"
    step "starting named on $SERVERS_NAMED"
    start_named "$DIR/named"
    step "starting the log host's rsyslogd${MODULE_NOTE}"
    make_postfix_jail "$JAIL" || give_up "could not set up Postfix's folder"
    export LD_LIBRARY_PATH=$BUILD/lib/.libs
    check_rsyslogd "$DIR/loghost.conf" "$DIR/loghost.check" ||
        { show_tail "$DIR/loghost.check"; give_up "rsyslogd does not accept $DIR/loghost.conf"; }
    start_rsyslogd loghost "$DIR/loghost.conf" "$DIR/loghost.err"
    unset LD_LIBRARY_PATH
    step "starting Postfix on $SERVERS_POSTFIX"
    start_postfix "$JAIL" "$DIR"
}

# give_up TEXT: show what the servers said, and stop.
give_up() {
    local log
    for log in loghost.err central.err named/named.log master.log; do show_tail "$DIR/$log"; done
    fail "$* (everything is in $DIR)"
}

# The authorised mail server's day: messages to thirty places, and a few to itself.
send_messages() {
    local i
    for i in {1..30}; do
        send_mail "$JAIL" 587 alice@site.test "user@customer$i.example"
        if ((i % 10 == 0)); then send_mail "$JAIL" 25 "friend@customer$i.example" alice@site.test; fi
    done
}

make_traffic() {
    bash "$HERE/traffic.sh" >"$DIR/questions"
    step "asking $(wc -l <"$DIR/questions") questions from seven addresses, sending 33 messages"
    [ ! -f "$MODULE" ] ||
        step "detections, as the central rsyslogd receives them (number: line of detections.json):"
    # Both in the background: bash takes a signal while it waits, not while a program runs.
    send_messages &
    local mails=$!
    "$DIR/askdns" "$SERVERS_NAMED" 53 $PAUSE_MS <"$DIR/questions" >"$DIR/askdns.log" 2>&1 &
    local asking=$!
    while kill -0 $asking 2>/dev/null; do
        show_new
        sleep 0.3
    done
    wait $asking || give_up "named did not answer every question: $(tail -n 1 "$DIR/askdns.log")"
    wait $mails
}

# stop_all: at every exit, also an early one.
stop_all() {
    local jobs
    stop_processes
    mapfile -t jobs < <(jobs -p)
    [ ${#jobs[@]} -eq 0 ] || kill "${jobs[@]}" 2>/dev/null
}

# show_new: print the events that arrived since the last call, one line each; a repetition of what
# was said about a client is left out.
declare -A SAID
SHOWN=0
show_new() {
    local state level rule class client reason
    while IFS=$'\t' read -r state level rule class client reason; do
        SHOWN=$((SHOWN + 1))
        [ "$state" != close ] && [ -n "$client" ] && [ -z "${SAID[$client/$class/$level]-}" ] ||
            continue
        SAID[$client/$class/$level]=1
        # The JSON is escaped; once decoded, no control character may reach the terminal.
        printf '%4d %-6s %-22s client %-12s [%s] %s\n' $SHOWN "$level" "$class" "$client" "$rule" \
            "${reason//[[:cntrl:]]/?}"
    done < <(tail -n "+$((SHOWN + 1))" "$DIR/detections.tsv")
}

# classes CLIENT LEVEL: what the client was named with at that level.
classes() {
    awk -F '\t' -v client="$1" -v level="$2" \
        '$5 == client && $2 == level && !seen[$4]++ { printf "%s%s", sep, $4; sep = ", " }' \
        "$DIR/detections.tsv"
}

# has_class CLIENT CLASS: an alarm of that class names the client.
has_class() {
    awk -F '\t' -v client="$1" -v class="$2" \
        '$5 == client && $4 == class && $2 == "alarm" { found = 1 } END { exit !found }' \
        "$DIR/detections.tsv"
}

all_infected_named() {
    local row client class
    show_new
    for row in "${CLIENTS[@]}"; do
        read -r _ client class <<<"$row"
        [ "$class" = - ] || has_class "$client" "$class" || return 1
    done
}

# replay_logs: without the module, the program reads the same logs and the events take the same
# way to the central host.
replay_logs() {
    step "FALLBACK, no omdnsmon: 'dnsmon replay' reads the logs, its events go to the central host"
    "$BUILD/dnsmon" replay -c "$HERE/dnsmon.conf" --json "$DIR/named/query.log" \
        "$DIR/loghost/mail.log" >"$DIR/replay.json" 2>"$DIR/replay.err" ||
        { show_tail "$DIR/replay.err"; give_up "dnsmon replay failed"; }
    exec 4<>"/dev/tcp/$CENTRAL/$PORT"
    while IFS= read -r event; do
        printf '<132>1 %s loghost dnsmon - - - @cee: %s\n' "$(date -Iseconds)" "$event" >&4
    done <"$DIR/replay.json"
    exec 4>&-
}

# One row of the closing table; returns 1 when it is not as expected.
judge() {
    local name=$1 client=$2 class=$3 alarms notices
    alarms=$(classes "$client" alarm)
    notices=$(classes "$client" notice)
    local verdict="as expected" seen=${alarms:-nothing}
    if [ "$class" != - ] && ! has_class "$client" "$class"; then verdict=MISSED; fi
    if [ "$class" = - ] && [ -n "$alarms$notices" ]; then verdict="FALSE ALARM"; fi
    if [ -z "$alarms" ] && [ -n "$notices" ]; then seen="notice: $notices"; fi
    printf '  %-21s %-12s %-18s %-12s %s\n' "$name" "$client" "${class/#-/nothing}" "$verdict" "$seen"
    [ "$verdict" = "as expected" ]
}

closing_table() {
    local row name client class good=0
    printf '\n  %-21s %-12s %-18s %-12s %s\n' client address expected verdict "alarms seen"
    for row in "${CLIENTS[@]}"; do
        read -r name client class <<<"$row"
        judge "$name" "$client" "$class" && good=$((good + 1))
    done
    printf '\n'
    [ $good -eq ${#CLIENTS[@]} ]
}

main() {
    trap stop_all EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    MODULE_NOTE=" with omdnsmon"
    [ -f "$MODULE" ] || MODULE_NOTE=" without omdnsmon, which was not built"
    start_hosts
    make_traffic
    if [ -f "$MODULE" ]; then
        wait_for $WAIT_S all_infected_named
        stop_process loghost || step "the log host's rsyslogd had to be killed"
    else
        sleep 1
        stop_process loghost
        replay_logs
        wait_for 10 all_infected_named
    fi
    sleep 0.5
    stop_process central
    show_new
    stop_processes
    closing_table && return 0
    for log in loghost.err central.err central/not-understood.log; do show_tail "$DIR/$log"; done
    return 1
}

enter_private_network bash "$0" "$@"
main
