#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# quickstart.sh - see libdnsmon do its main job, on a fresh Debian 12, as root, in one command.
#
# Installs the build packages that are missing, builds a copy of the sources in a temporary folder,
# unpacks (never installs) named, Postfix and rsyslogd there, and runs them on loopback with seven
# clients, three of them infected; examples/demo/demo.sh is that part.  Ends within three minutes,
# starts or stops nothing else of the machine, and leaves only the events and logs in its folder.
#
#     examples/quickstart.sh [--keep]
#
# --keep            keep the build and the unpacked servers in the folder as well
# DNSMON_BUILD=DIR  use this build of the tree instead of making one
# DNSMON_PRIVATE=DIR  use (or make) the unpacked servers there
# DNSMON_RSYSLOG_SOURCE=DIR  rsyslog's unpacked sources, instead of fetching them

ROOT=$(cd "$(dirname "$0")/.." && pwd)
SETUP_PROGRAM=quickstart
# shellcheck source=lib/setup.sh
. "$ROOT/examples/lib/setup.sh"
# shellcheck source=lib/private.sh
. "$ROOT/examples/lib/private.sh"
# shellcheck source=lib/servers.sh
. "$ROOT/examples/lib/servers.sh"

KEEP=no
case $#/${1-} in
0/) ;;
1/--keep) KEEP=yes ;;
*) fail "usage: examples/quickstart.sh [--keep]" ;;
esac

make_folder() {
    DIR=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-quickstart.XXXXXX") || fail "no temporary folder"
    # Postfix and apt change to users of their own, who must be able to pass.
    chmod 711 "$DIR"
    mkdir -p "$DIR/logs"
}

# The copy is built, so that a tree which is configured or read-only serves as well.
build_copy() {
    local option
    BUILD=$DIR/build
    copy_sources "$ROOT" "$DIR/source" || fail "could not copy the sources to $DIR"
    option=$(rsyslog_source_option "$DIR/logs" "$DIR/source" "$DIR/rsyslog-source")
    # shellcheck disable=SC2086 # one option, or none
    build_tree "$DIR/source" "$BUILD" "$DIR/logs" --disable-dependency-tracking $option ||
        fail "the build failed (logs are in $DIR/logs)"
}

# prepare: everything that needs the network or takes long; then the demo.
prepare() {
    [ "$(id -u)" = 0 ] || fail "root is needed: it installs packages and runs servers"
    step "working in $DIR"
    install_packages "$DIR/logs" "${SETUP_BUILD_PACKAGES[@]}"
    if [ -n "${DNSMON_BUILD-}" ]; then
        BUILD=$DNSMON_BUILD
        step "using the build in $BUILD"
    else
        build_copy
    fi
    private_root "${DNSMON_PRIVATE:-$DIR/private}" "$DIR/logs" "${SERVERS_PACKAGES[@]}" ||
        fail "could not unpack ${SERVERS_PACKAGES[*]} (logs are in $DIR/logs)"
    cc -O2 -o "$DIR/askdns" "$ROOT/examples/demo/askdns.c" || fail "could not compile askdns.c"
}

# tidy: after a failure everything stays, to be looked at.
tidy() {
    [ "$KEEP" = no ] && [ $STATUS != 1 ] || return 0
    rm -rf "$DIR/source" "$DIR/build" "$DIR/private" "$DIR/jail" "$DIR/rsyslog-source" "$DIR/askdns"
}

# run_demo: in the background, so that a signal to this script alone ends it too.
run_demo() {
    trap 'stop_demo' INT TERM HUP
    PRIVATE_ROOT=$PRIVATE_ROOT bash "$ROOT/examples/demo/demo.sh" "$DIR" "$BUILD" &
    DEMO=$!
    wait $DEMO
    STATUS=$?
    trap - INT TERM HUP
}

# stop_demo: unshare, which is the demo's parent in a namespace of its own, passes no signal on; its
# end by KILL takes the whole namespace along.
stop_demo() {
    local children tries=0
    children=$(cat "/proc/$DEMO/task/$DEMO/children" 2>/dev/null)
    # shellcheck disable=SC2086 # process ids
    kill -TERM $DEMO $children 2>/dev/null
    while kill -0 $DEMO 2>/dev/null && [ $tries -lt 150 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -KILL $DEMO 2>/dev/null
}

make_folder
prepare
run_demo
case $STATUS in
0) step "done in $SECONDS s: the three infected were named, and none of the others" ;;
1) step "NOT as it should be, after $SECONDS s" ;;
*) step "interrupted" ;;
esac
step "full events: $DIR/detections.json (the lines they rest on: $DIR/named/query.log)"
tidy
exit $STATUS
