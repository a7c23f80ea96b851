# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_examples_ng.sh - examples/syslog-ng/*.conf in the distribution's syslog-ng, with their paths and
# ports changed. To be sourced by bash after tests/lib.sh, host_servers and lib_examples.sh.

SYSLOGNG=$DNSMON_PRIVATE/syslog-ng/syslog-ng
export SYSLOG_NG_MODULES=$DNSMON_BUILD/plugin/syslog-ng/.libs
[ -f "$SYSLOG_NG_MODULES/libdnsmon-parser.so" ] || skip "the syslog-ng parser is not built"
SERVERS_SYSLOG_NG_PACKAGES+=(syslog-ng-mod-http syslog-ng-mod-smtp)
syslog_ng_root "$DNSMON_PRIVATE/syslog-ng" "$TEST_TMP" || skip "syslog-ng could not be unpacked"
[ -x "$SYSLOGNG" ] || skip "syslog-ng is not unpacked ($SYSLOGNG)"

# write_ng NAME FILE PORT [SED...]: $TEST_TMP/NAME.conf: the example behind a Debian configuration of
# which only the source s_src is left, here lines at PORT; its files are in $TEST_TMP/NAME.
write_ng() {
    local name=$1 file=$2 port=$3 dir=$TEST_TMP/$1
    shift 3
    mkdir -p "$dir/tls"
    touch "$dir"/tls/{ca.pem,host.pem,host.key}
    example_site >"$dir/dnsmon.conf"
    {
        printf '@version: 3.38\noptions { keep-hostname(yes); use-dns(no); dns-cache(no); time-reopen(1); };\n'
        printf 'source s_src { network(ip("127.0.0.1") port(%s) transport("tcp")); };\n' "$port"
        moved "$EXAMPLES/syslog-ng/$file" "$dir" "$@"
    } >"$TEST_TMP/$name.conf"
}

start_ng() {
    local dir=$TEST_TMP/$1
    start_process "$1" "$TEST_TMP/$1.err" env TZ=UTC "$SYSLOGNG" -F --no-caps -f "$TEST_TMP/$1.conf" \
        -R "$dir/persist" -c "$dir/control" -p "$dir/pid"
    (cd "$dir" && wait_for 10 test -S "$dir/control") && process_alive "$1" && return 0
    problem "syslog-ng $1 did not start: $(cat "$TEST_TMP/$1.err")"
}
