# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For tests that run the stock syslog-ng with the parser dnsmon(). Sourced by tests/host/test_syslogng_*.sh;
# what they share with rsyslog's tests is in lib_rsyslog.sh.
#
#   DNSMON_BUILD     build folder (default: .)
#   DNSMON_PRIVATE   where private.sh has unpacked syslog-ng: its folder syslog-ng
#   DNSMON           the program, for replay (default: the one in the build folder)
#   KEEP=1           leave the work folder for a look
. "$(dirname "${BASH_SOURCE[0]}")/lib_rsyslog.sh"

DNSMON_SRC=${DNSMON_SRC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
SYSLOGNG=${SYSLOGNG:-${DNSMON_PRIVATE:-$DNSMON_SRC/build/private}/syslog-ng/syslog-ng}
export SYSLOG_NG_MODULES=$DNSMON_BUILD/plugin/syslog-ng/.libs
export LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

setup_syslogng() {
    [ -x "$SYSLOGNG" ] || skip "syslog-ng is not unpacked ($SYSLOGNG)"
    [ -f "$SYSLOG_NG_MODULES/libdnsmon-parser.so" ] || skip "the syslog-ng parser is not built"
    [ -x "$DNSMON" ] || skip "the program dnsmon is not built ($DNSMON)"
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-syslogng.XXXXXX") || exit 1
    trap cleanup EXIT
    trap 'exit 1' INT TERM HUP
    site_config "$work/dnsmon.conf"
}

# ng_head [PORT]: what every configuration begins with; the source s_net listens on PORT. Two
# threads read, whatever the machine has. The window: by default it cuts TCP to a fifth.
ng_head() {
    cat <<CONF
@version: 3.38
options { keep-hostname(yes); use-dns(no); dns-cache(no); flush-lines(1000); log-msg-size(8192); };
CONF
    [ -z "${1:-}" ] || cat <<CONF
source s_net {
    network(ip("127.0.0.1") port($1) transport("tcp") log-fetch-limit(1000) log-iw-size(100000));
};
CONF
}

# ng_parser NAME [OPTION...]: parser p_NAME with the work folder's configuration file.
ng_parser() {
    echo "parser p_$1 { dnsmon(config(\"$work/dnsmon.conf\") ${*:2}); };"
}

# ng_events NAME [FILE]: destination d_NAME: events as JSON, one a line.
ng_events() {
    # shellcheck disable=SC2016 # syslog-ng's own names
    printf 'destination d_%s { file("%s" template("${.dnsmon.json}\\n")); };\n' "$1" "$work/${2:-$1}"
}

# ng_syntax NAME: the daemon's own check of $work/NAME.conf; what it says is in $work/NAME.syntax.
ng_syntax() {
    "$SYSLOGNG" -s -f "$work/$1.conf" >"$work/$1.syntax" 2>&1
}

# ng_start NAME [PORT]: runs $work/NAME.conf; sets pid_NAME. The folder $work/NAME is its own.
ng_start() {
    local name=$1 tries=0
    mkdir -p "$work/$name"
    "$SYSLOGNG" -F -e --no-caps --worker-threads="${WORKERS:-2}" -f "$work/$name.conf" \
        -R "$work/$name/persist" -c "$work/$name/control" -p "$work/$name/pid" >>"$work/$name/out" 2>&1 &
    eval "pid_$name=$!"
    daemons="$daemons $!"
    until [ -S "$work/$name/control" ] && is_open "${2:-}"; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! is_running "$!"; then
            fail "syslog-ng $name did not start:"
            cat "$work/$name/out"
            finish
        fi
        sleep 0.05
    done
}

# ng_stop NAME: SIGTERM, wait for the end; the daemon must end by itself and without a fault.
ng_stop() {
    local pid status
    eval "pid=\$pid_$1"
    kill -TERM "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    status=$?
    forget "$pid"
    [ $status -eq 0 ] || fail "$1: syslog-ng ended with $status: $(tail -n 3 "$work/$1/out")"
}

# ng_ctl NAME COMMAND...
ng_ctl() {
    "$SYSLOGNG-ctl" "${@:2}" --control="$work/$1/control"
}

# ng_counter NAME PARSER COUNTER: its value now, at most a second old.
ng_counter() {
    ng_ctl "$1" stats 2>/dev/null | sed -n "s/^dnsmon;p_$2;;a;$3;//p"
}

ng_counter_is() {
    [ "$(ng_counter "$1" "$2" "$3")" = "$4" ]
}

# ng_program_took NAME DESTINATION COUNT: a program() has been given so many lines.
ng_program_took() {
    [ "$(ng_ctl "$1" stats 2>/dev/null | sed -n "s/^dst.program;$2#0;.*;processed;//p")" = "$3" ]
}

# ng_send_two FILE PORT: every second line over one connection, the others over another.
ng_send_two() {
    local first=
    awk 'NR % 2 == 1' "$1" >"/dev/tcp/127.0.0.1/$2" &
    first=$!
    awk 'NR % 2 == 0' "$1" >"/dev/tcp/127.0.0.1/$2"
    wait $first
}

# same_as_replay TEXT FOUND LINES: the events in FOUND are those of replay on LINES, byte by byte.
same_as_replay() {
    "$DNSMON" replay -c "$work/dnsmon.conf" --json "$3" >"$work/replay" || fail "replay"
    sort "$work/replay" >"$work/replayed"
    sort "$2" >"$work/found"
    if [ -s "$work/found" ] && cmp -s "$work/found" "$work/replayed"; then
        pass "$1: $(count_lines "$work/found") events, as in replay"
    else
        fail "$1: the events differ from replay ($(count_lines "$work/found"), $(count_lines "$work/replayed")):"
        diff "$work/found" "$work/replayed" | cut -c 1-600 | head -6
    fi
}
