#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bare_machine.sh - the two commands of the README on a machine that has none of the packages: a
# Debian 12 of debootstrap's smallest variant, in a folder, entered by chroot.  Not part of run.sh;
# takes ten minutes and 2 GB.
#
#     tests/bare_machine.sh [quickstart] [by-hand] [tests [WORD...]]      the first and last, without a word
#
# by-hand: the packages that the README names for a build by hand, and its commands, copied from there.
#
# What is run is a copy of the tracked files as they are now, without anything a build left.
# Packages come from the sources that this machine's own apt reads for Debian, through its proxy.
# BARE_ROOT=DIR keeps the system in DIR, and starts from the one that is there.
#
# LIMITS: needs root, debootstrap, and mount namespaces (unshare --mount).  A chroot has this
# machine's kernel and no init system: a service that a package starts would not start here.

ROOT=$(cd "$(dirname "$0")/.." && pwd)
SETUP_PROGRAM=bare_machine
# shellcheck source=../examples/lib/setup.sh
. "$ROOT/examples/lib/setup.sh"

RELEASE=bookworm

# debian_targets: "URI RELEASE COMPONENT" of every Debian index that apt reads here.
debian_targets() {
    apt-get indextargets --format '$(ORIGIN)|$(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' | sed -n 's/^Debian[^|]*|//p' | sort -u
}

# export_proxy: apt's proxy, for debootstrap's downloads and the commands inside.
export_proxy() {
    local proxy
    proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
    if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export http_proxy=$proxy; fi
}

make_system() {
    local uri
    if [ -f "$SYSTEM/etc/debian_version" ]; then
        step "using the system in $SYSTEM"
        return
    fi
    uri=$(debian_targets | awk -v r=$RELEASE '$2 == r && $3 == "main" { print $1; exit }')
    [ -n "$uri" ] || fail "apt's sources name no $RELEASE main of Debian"
    step "debootstrap --variant=minbase $RELEASE (log: $LOGS/debootstrap.log)"
    logged "$LOGS/debootstrap.log" debootstrap --variant=minbase $RELEASE "$SYSTEM" "$uri" ||
        fail "debootstrap did not finish"
}

# copy_network: how this machine reaches its package source, nothing else of it.
copy_network() {
    local file
    rm -f "$SYSTEM/etc/resolv.conf"
    cat /etc/resolv.conf >"$SYSTEM/etc/resolv.conf"
    cat /etc/hosts >"$SYSTEM/etc/hosts"
    debian_targets | sed 's/^/deb /' >"$SYSTEM/etc/apt/sources.list"
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/* /etc/apt/auth.conf /etc/apt/auth.conf.d/*; do
        if [ -f "$file" ] && grep -q -E 'Acquire|^machine' "$file"; then
            mkdir -p "$SYSTEM$(dirname "$file")"
            cp -p "$file" "$SYSTEM$file"
        fi
    done
}

copy_clone() {
    rm -rf "$SYSTEM/src"
    copy_sources "$ROOT" "$SYSTEM/src/clone"
    (cd "$SYSTEM/src/clone" && rm -rf configure Makefile.in aclocal.m4 config.h.in build-aux \
        m4/libtool.m4 m4/lt*.m4)
    if [ -d "${DNSMON_SHARED:-$ROOT/../shared}" ]; then
        cp -r "${DNSMON_SHARED:-$ROOT/../shared}" "$SYSTEM/src/shared"
    fi
}

# inside COMMAND: in the system, with /proc, /sys and /dev of its own mount namespace; nothing that
# it starts outlives it.
inside() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount --pid --fork --kill-child --propagation private bash -c '
        mount -t proc proc "$1/proc" && mount --rbind /sys "$1/sys" && mount --rbind /dev "$1/dev" ||
            exit 99
        exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
            ${http_proxy+http_proxy="$http_proxy"} ${CI+CI="$CI"} bash -c "$2"' - "$SYSTEM" "$1"
}

# run_command COMMAND: in the clone, timed.
run_command() {
    local start=$SECONDS status
    step "$1"
    inside "cd /src/clone && $1"
    status=$?
    step "$1 ended with $status after $((SECONDS - start)) s"
    return $status
}

# by_hand: the commands of README's paragraph "By hand", one line.
by_hand() {
    local packages
    packages=$(sed -n '/^By hand (packages:/,/):$/p' "$ROOT/README.md" | tr -c 'a-z0-9.-' '\n' |
        grep -v -x -E 'y|hand|packages|and|for|the|compressed|logs|tests|module|' | sort -u | tr '\n' ' ')
    printf 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends %s' \
        "$packages"
    sed -n '/^By hand/,/make install/s/^    / \&\& /p' "$ROOT/README.md" | tr '\n' ' '
    printf '&& /usr/local/bin/dnsmon --version'
}

main() {
    local words=("$@") status=0 work
    [ ${#words[@]} -gt 0 ] || words=(quickstart tests)
    [ "$(id -u)" = 0 ] || fail "root is needed for chroot"
    command -v debootstrap >/dev/null || fail "debootstrap is not installed"
    unshare --mount true 2>/dev/null || fail "no mount namespace to be had here (unshare --mount)"
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-bare.XXXXXX") || exit 1
    LOGS=$work
    SYSTEM=${BARE_ROOT:-$work/system}
    export_proxy
    make_system
    copy_network
    copy_clone
    while [ ${#words[@]} -gt 0 ]; do
        case ${words[0]} in
        quickstart) run_command ./examples/quickstart.sh || status=1 ;;
        by-hand) run_command "$(by_hand)" || status=1 ;;
        tests)
            run_command "./tests/run.sh ${words[*]:1}" || status=1
            break
            ;;
        *) fail "neither quickstart nor by-hand nor tests: ${words[0]}" ;;
        esac
        words=("${words[@]:1}")
    done
    # One file system only: a mount that stayed must not be emptied.
    [ -n "${BARE_ROOT-}" ] || rm -rf --one-file-system "$SYSTEM"
    return $status
}

main "$@"
