#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_readme.sh - README.md says the truth: every command of its blocks is taken from the page and run,
# as a reader would, with this build installed below a folder of the test's own; its two configurations
# are used as they are printed; the event that it shows has fields that exist; files and tests that it
# names are there. A command that this test does not know fails it.
#
# quickstart.sh has a test of its own; run.sh is what runs this one, after it has built with the
# very commands of the page, so that both are only looked at here.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
enter_private_network bash "$0"

README=$DNSMON_SRC/README.md
ROOT=$TEST_TMP/root             # what is installed
LOGS=$TEST_TMP/var/log          # what the page calls /var/log

# blocks: its indented blocks, each line behind "NUMBER<TAB>".
blocks() {
    awk '/^    / { if (!inside) n++; inside = 1; print n "\t" substr($0, 5); next } { inside = 0 }' "$README"
}

# block WORD: the text of the block that has the word.
block() {
    local number
    number=$(blocks | grep -F -- "$1" | head -n 1 | cut -f 1)
    [ -n "$number" ] || problem "README.md has no block with $1"
    blocks | awk -F '\t' -v n="$number" '$1 == n { sub(/^[0-9]*\t/, ""); print }'
}

# commands: the lines, without their comments, of the blocks that are neither an event nor a configuration.
commands() {
    blocks | awk -F '\t' '$1 != n { n = $1; other = $2 ~ /^(dnsmon: |\[|module\(|parser )/ } !other' | cut -f 2- |
        sed 's/ *#.*//'
}

install_build() {
    make -C "$DNSMON_BUILD" install DESTDIR="$ROOT" >"$TEST_TMP/install.log" 2>&1 || {
        problem "make install ended with $?"
        tail -n 5 "$TEST_TMP/install.log"
    }
    DNSMON_INSTALLED=$(find "$ROOT" -type f -path '*/bin/dnsmon')
    MODULE_INSTALLED=$(find "$ROOT" -type f -name omdnsmon.so)
    LIBRARY=$(dirname "$(find "$ROOT" -type f -name 'libdnsmon.so.*' | head -n 1)")
    [ -n "$DNSMON_INSTALLED" ] || problem "make install has not installed dnsmon"
    case $MODULE_INSTALLED in
    */rsyslog/omdnsmon.so) ;;
    *) problem "make install has not put omdnsmon.so where rsyslogd looks" ;;
    esac
    mkdir -p "$TEST_TMP/bin" "$LOGS/named"
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$LIBRARY" "$DNSMON_INSTALLED" >"$TEST_TMP/bin/dnsmon"
    chmod 755 "$TEST_TMP/bin/dnsmon"
}

# private_log: the queries of 10.0.2.66, a client without any configuration.
private_log() {
    infected_log 66 66 | sed 's/192\.0\.2\.66/10.0.2.66/g'
}

# The logs that the page's examples name: BIND's own form; syslog's old form, with no year, compressed.
write_logs() {
    private_log | sed -E 's/^<30>([0-9]+)-([0-9]+)-([0-9]+)T([0-9:]+\.[0-9]{3}).*named\[1\]: (.*)/\3-@\2-\1 \4 queries: info: \5/' |
        sed -e 's/@01/Jan/; s/@02/Feb/; s/@03/Mar/; s/@04/Apr/; s/@05/May/; s/@06/Jun/; s/@07/Jul/; s/@08/Aug/' \
            -e 's/@09/Sep/; s/@10/Oct/; s/@11/Nov/; s/@12/Dec/' >"$TEST_TMP/bind.log"
    head -n 40 "$TEST_TMP/bind.log" >"$LOGS/named/query.log.1"
    tail -n +41 "$TEST_TMP/bind.log" >"$LOGS/named/query.log"
    private_log | sed -E 's/^<30>[0-9-]+T([0-9:]+)\.[0-9]+Z/Oct 05 \1/' | gzip >"$TEST_TMP/query.log-2026-10-05.gz"
}

# run_command LINE: in the test's folder, with its /var/log.
run_command() {
    (cd "$TEST_TMP" && PATH=$TEST_TMP/bin:$PATH bash -c "${1//\/var\/log/$LOGS}" >"$TEST_TMP/out" 2>"$TEST_TMP/err") ||
        problem "\"$1\" ended with $?: $(tail -n 2 "$TEST_TMP/err")"
}

check_command() {
    local script
    case $1 in
    ./*.sh)
        script=$DNSMON_SRC/${1%% *}
        [ -x "$script" ] && bash -n "$script" || problem "$1 cannot be run"
        ;;
    'dnsmon report '*)
        run_command "$1"
        expect_line "$1" '10\.0\.2\.66' "$TEST_TMP/october.html"
        ;;
    'dnsmon replay --follow '*)
        run_command "timeout --preserve-status -s TERM 3 $1"
        expect_line "$1" '^dnsmon: alarm [a-z-]+ client=10\.0\.2\.66 ' "$TEST_TMP/out"
        ;;
    'dnsmon replay --text '*)
        run_command "$1"
        expect_line "$1" '^dnsmon: alarm [a-z-]+ client=10\.0\.2\.66 ' "$TEST_TMP/out"
        ;;
    'dnsmon replay '*)
        run_command "$1"
        expect_line "$1" '^\{"@timestamp":"2026-10-05T.*"client":\{"ip":"10\.0\.2\.66"\}' "$TEST_TMP/out"
        ;;
    # What run.sh has done before this test: build_tree in examples/lib/setup.sh.
    'autoreconf -fi' | 'make && make check && make install && ldconfig') ;;
    './configure --with-rsyslog-source="$(./examples/fetch-rsyslog-source.sh ../rsyslog-source)"')
        [ -x "$DNSMON_SRC/examples/fetch-rsyslog-source.sh" ] || problem "fetch-rsyslog-source.sh cannot be run"
        ;;
    *) problem "README.md has a command that this test does not know: $1" ;;
    esac
}

# Words in backquotes that are files or commands of this tree.
check_words() {
    local word
    grep -o -E '`[^`]+`' "$README" | tr -d '`' | grep -E '^(\./)?(tests|examples|doc|lib|plugin)/' |
        tr ' ' '\n' | grep / | while IFS= read -r word; do
        [ -e "$DNSMON_SRC/$word" ] || [ -e "$DNSMON_BUILD/$word" ] || [ -e "$DNSMON_SRC/$word.c" ] ||
            printf '%s ' "$word"
    done >"$TEST_TMP/words"
    expect_equal "files that README.md names and that are not there" "$(cat "$TEST_TMP/words")" ""
    for word in --list --build; do
        grep -q -F -- "\`$word\`" "$README" && "$DNSMON_SRC/tests/run.sh" --help | grep -q -e "^$word" ||
            problem "tests/run.sh $word is not as README.md says"
    done
    "$DNSMON_SRC/tests/run.sh" --list parse_bind >"$TEST_TMP/list" && [ -s "$TEST_TMP/list" ] ||
        problem "tests/run.sh knows no parse_bind"
}

# The event's fields are those of the text form in doc/EVENTS.md, and replay writes them so.
check_event() {
    local name
    block 'dnsmon: alarm bot-worm' | tr '\n' ' ' | sed 's/\([a-z]*=[^ ]*\): .*/\1/' | grep -o -E '[a-z_0-9]+=' |
        tr -d = | sort -u >"$TEST_TMP/fields"
    [ "$(wc -l <"$TEST_TMP/fields")" -ge 15 ] || problem "README.md shows no event"
    while IFS= read -r name; do
        grep -q -E "^\| \`$name\` \|.*\| both \|" "$DNSMON_SRC/doc/EVENTS.md" || problem "an event has no field $name"
    done <"$TEST_TMP/fields"
}

check_site() {
    block 'mail-servers=192' >"$TEST_TMP/site.conf"
    "$TEST_TMP/bin/dnsmon" check "$TEST_TMP/site.conf" >"$TEST_TMP/check" 2>&1 ||
        problem "dnsmon check refuses README's configuration: $(cat "$TEST_TMP/check")"
    expect_line "what is in force" '^networks *= *192\.0\.2\.0/24' "$TEST_TMP/check"
    expect_line "what is in force" '^mail-servers *= *192\.0\.2\.25' "$TEST_TMP/check"
    : >"$TEST_TMP/no.conf"
    "$TEST_TMP/bin/dnsmon" check "$TEST_TMP/no.conf" >"$TEST_TMP/check" || problem "an empty file does not work"
    printf '[site]\nnetworks=192.0.2.0/99\n' >"$TEST_TMP/bad.conf"
    if "$TEST_TMP/bin/dnsmon" check "$TEST_TMP/bad.conf" >"$TEST_TMP/check" 2>&1; then problem "a wrong file works"; fi
}

# The five lines, in the stock rsyslogd, with the module where make install has put it.
check_rsyslog() {
    mkdir -p "$TEST_TMP/readme" "$TEST_TMP/modules"
    ln -s "$(rsyslog_modules)"/*.so "$MODULE_INSTALLED" "$TEST_TMP/modules/"
    cp "$TEST_TMP/site.conf" "$TEST_TMP/readme/dnsmon.conf"
    {
        printf 'module(load="imptcp")\ninput(type="imptcp" address="127.0.0.1" port="5141")\n'
        block 'module(load="omdnsmon")' | sed -e "s|/etc/dnsmon/|$TEST_TMP/readme/|" -e "s|/var/log/|$LOGS/|"
    } >"$TEST_TMP/readme.conf"
    start_process readme "$TEST_TMP/readme.err" env LD_LIBRARY_PATH="$LIBRARY:$(private_library_path)" \
        "$PRIVATE_ROOT/usr/sbin/rsyslogd" -M "$TEST_TMP/modules" -n -C -f "$TEST_TMP/readme.conf" -i "$TEST_TMP/readme.pid"
    infected_log 66 66 >"$TEST_TMP/queries"
    wait_for 10 send "$TEST_TMP/queries" 5141 || problem "rsyslogd does not run: $(cat "$TEST_TMP/readme.err")"
    wait_for 15 has_line '"level": ?"alarm".*"mass-mailer"|"mass-mailer".*"level": ?"alarm"' "$LOGS/dnsmon.json" ||
        problem "nothing is found: $(cat "$TEST_TMP/readme.err")"
    stop_process readme
}

install_build
write_logs
commands >"$TEST_TMP/commands"
[ "$(wc -l <"$TEST_TMP/commands")" -ge 6 ] || problem "README.md has fewer commands than it had"
while IFS= read -r line; do check_command "$line"; done <"$TEST_TMP/commands"
check_words
check_event
check_site
check_rsyslog
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || cat "$TEST_TMP/commands"
finish
