#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The thread sanitizer over rsyslogd with the module, see lib_watched.sh. It cannot be preloaded, so
# rsyslogd is built with it from the source that the module was configured with, and the library
# and the module once more; both into a folder that is kept (minutes at the first time). Only
# for tests/faults/run_faults.sh. A report counts if the access itself is ours, on either side.
#   SECONDS_LONG  how long lines come (20)     RATE  lines a second on each input (1000)
#   DNSMON_TSAN   the folder (default: build/tsan-host in the build)
. "$(dirname "$0")/lib_watched.sh"
setup
cache=${DNSMON_TSAN:-$DNSMON_BUILD/build/tsan-host}
source=$(sed -n "s/.*--with-rsyslog-source=\([^' ]*\).*/\1/p" "$DNSMON_BUILD/config.log" | head -1)
[ -f "$source/tools/rsyslogd.c" ] || skip "rsyslog's source is not there (configure --with-rsyslog-source)"
gmutex=$DNSMON_BUILD/tests/faults/.libs/gmutex.so
[ -f "$gmutex" ] || skip "gmutex.so is not built (make check TESTS=)"
flags="-O1 -g -fsanitize=thread -fno-omit-frame-pointer"

# built LOG COMMAND...
built() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 && return
    fail "$1: see $log"
    tail -5 "$log"
    finish
}

build_daemon() {
    mkdir -p "$cache/rsyslog" "$cache/modules"
    cd "$cache/rsyslog" || exit 1
    [ -f config.status ] || built "$cache/configure.log" "$source/configure" --disable-uuid \
        --disable-libgcrypt --disable-generate-man-pages --disable-fmhttp --disable-klog \
        --disable-liblogging-stdlog --disable-libsystemd --enable-imptcp --enable-impstats \
        CFLAGS="$flags" LDFLAGS=-fsanitize=thread
    built "$cache/make.log" make -j"$(nproc)"
    find "$PWD" -path '*/.libs/*.so' -exec ln -sf -t "$cache/modules" {} +
}

build_ours() {
    mkdir -p "$cache/dnsmon"
    cd "$cache/dnsmon" || exit 1
    [ -f config.status ] || built "$cache/our_configure.log" "$DNSMON_SRC/configure" \
        --with-rsyslog-source="$source" --with-sanitizer=thread CFLAGS="-O1 -g"
    built "$cache/our_make.log" make -j"$(nproc)" lib/libdnsmon.la plugin/rsyslog/omdnsmon.la
}

(build_daemon) || exit 1
(build_ours) || exit 1
OMDNSMON=$cache/dnsmon/plugin/rsyslog/.libs/omdnsmon.so
moddir=$cache/modules
# gcc 12's sanitizer cannot live with every kernel's address randomisation.
alone=()
if setarch -R true 2>/dev/null; then alone=(setarch -R); fi
export TSAN_OPTIONS="suppressions=$DNSMON_SRC/tests/faults/tsan.supp halt_on_error=0 exitcode=0 second_deadlock_stack=1 log_path=$work/report"
PRELOAD=$gmutex watched "${alone[@]}" "$cache/rsyslog/tools/rsyslogd" -M "$moddir"
life "${SECONDS_LONG:-20}" "${RATE:-1000}"
cat "$work"/report.* >"$work/reports" 2>/dev/null
expect_equal "rsyslogd's exit status" 0 $status
expect "it is an rsyslogd with the sanitizer" grep -q __tsan_init "$cache/rsyslog/tools/rsyslogd"
expect_none_ours "$work/reports"
figure "$lines lines, three actions, two workers each, $(grep -c . "$work/one/events") events: $reports reports about the module or the library, $(grep -c '^WARNING' "$work/reports") in all"
finish
