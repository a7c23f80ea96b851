#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# setup.sh - what examples/quickstart.sh and tests/run.sh share: say what is being done, install the
# packages that are missing, copy the sources, build them.  To be sourced by bash.
#
# Packages are installed with --no-remove, and only those that dpkg does not know as installed; no
# service is started, since none of these packages holds one.  The servers that the demo and the
# tests run come from lib/private.sh and are never installed.
#
# LIMITS: Debian and its relatives only (dpkg, apt).

SETUP_PROGRAM=${SETUP_PROGRAM:-$(basename "$0" .sh)}

# What a Debian 12 needs to build everything; cmocka is for the unit tests only.
SETUP_BUILD_PACKAGES=(
    ca-certificates autoconf automake libtool make gcc libc6-dev pkg-config file
    libglib2.0-dev libjson-c-dev libpsl-dev zlib1g-dev libzstd-dev
    libestr-dev libfastjson-dev xz-utils
)
SETUP_TEST_PACKAGES=(
    libcmocka-dev universal-ctags clang-format valgrind libc6-dbg libasan8 libubsan1 libtsan2 tzdata procps zstd python3 iproute2 openssl
    g++ abigail-tools groff-base man-db bsdutils
    bison gnuplot-nox
)

SETUP_APT=(-q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
SETUP_APT_UPDATED=no

# step TEXT: one line about what happens next.
step() {
    printf '%s: %s\n' "$SETUP_PROGRAM" "$*"
}

# fail TEXT: name what is missing, and stop.
fail() {
    printf '%s: cannot go on: %s\n' "$SETUP_PROGRAM" "$*" >&2
    exit 1
}

# show_tail FILE [LINES]: the end of a log, indented, for the reader of a failure.
show_tail() {
    [ -s "$1" ] || return 0
    printf '  the last lines of %s:\n' "$1" >&2
    tail -n "${2:-15}" "$1" | sed 's/^/    /' >&2
}

# logged LOG COMMAND...: run it quietly; its output is in LOG, and shown when it fails.
logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return 0
    show_tail "$log" 25
    return 1
}

# is_installed PACKAGE: dpkg has it, configured.  A virtual name (pkg-config is pkgconf's on newer
# releases) counts when something installed provides it.
is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# missing_packages PACKAGE...: those that are not installed, one a line.
missing_packages() {
    local package
    for package in "$@"; do
        is_installed "$package" || printf '%s\n' "$package"
    done | sort -u
}

# refresh_package_lists: apt-get update, once a run.
refresh_package_lists() {
    [ "$SETUP_APT_UPDATED" = no ] || return 0
    step "reading the package lists (apt-get update)"
    logged "$1/apt-update.log" apt-get "${SETUP_APT[@]}" update ||
        step "apt-get update failed; going on with the lists that are there"
    SETUP_APT_UPDATED=yes
}

# install_packages LOGDIR PACKAGE...: install those that are missing.
install_packages() {
    local logdir=$1
    shift
    local missing
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        step "all packages needed for the build are installed"
        return 0
    fi
    command -v apt-get >/dev/null || fail "no apt-get here, and these are missing: ${missing[*]}"
    [ "$(id -u)" = 0 ] || fail "not root, and these packages are missing: ${missing[*]}"
    refresh_package_lists "$logdir"
    step "installing ${#missing[@]} packages: ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive logged "$logdir/apt-install.log" \
        apt-get "${SETUP_APT[@]}" install -y --no-install-recommends --no-remove "${missing[@]}" ||
        fail "apt-get could not install: $(missing_packages "${missing[@]}" | tr '\n' ' ')"
}

# copy_sources SRC DEST: the sources without what a build left there, times kept, so that a second
# copy rebuilds nothing.  The generated configure comes along when there is one.
copy_sources() {
    local src=$1 dest=$2 list
    mkdir -p "$dest"
    list=$(mktemp "$dest/.files.XXXXXX")
    if ! list_tracked "$src" >"$list" 2>/dev/null; then
        list_clean "$src" >"$list"
    fi
    tar -C "$src" --null --no-recursion -T "$list" -cf - | tar -C "$dest" -xf -
    rm -f "$list"
}

# list_tracked SRC: what git knows or would add, and the generated files of autoconf.
list_tracked() {
    command -v git >/dev/null || return 1
    local git=(git -c "safe.directory=*" -C "$1")
    # A clone inside another repository's folder must not be taken for that one.
    [ "$("${git[@]}" rev-parse --show-prefix 2>/dev/null; echo x)" = "
x" ] || return 1
    (cd "$1" && {
        "${git[@]}" ls-files -co --exclude-standard -z
        list_generated
    } | while IFS= read -r -d '' path; do
        if [ -f "$path" ]; then printf '%s\0' "$path"; fi
    done)
}

# list_generated: what autoreconf wrote (in the current folder); all or nothing.
list_generated() {
    [ -f configure ] && [ -f Makefile.in ] && [ -d build-aux ] || return 0
    local path
    for path in configure aclocal.m4 Makefile.in config.h.in build-aux/* m4/l*.m4; do
        printf '%s\0' "$path"
    done
}

# list_clean SRC: without git: every file but the usual products of a build.
list_clean() {
    (cd "$1" && find . \( -name .git -o -name build -o -name .libs -o -name .deps \
        -o -name autom4te.cache \) -prune -o -type f ! -name '*.o' ! -name '*.lo' ! -name '*.la' \
        ! -name '*.log' ! -name '*.trs' ! -path ./Makefile ! -path ./config.status \
        ! -path ./config.h ! -path ./stamp-h1 ! -path ./libtool -print0 |
        while IFS= read -r -d '' path; do
            is_build_product "$path" || printf '%s\0' "$path"
        done)
    # A log that belongs to the sources (test data) lies below tests/ or examples/.
    (cd "$1" && find ./tests ./examples -mindepth 2 -name '*.log' \
        \( -path '*/data/*' -o -path './tests/golden/*' \) -print0 2>/dev/null)
}

# is_build_product FILE: an ELF program or libtool's wrapper of one.
is_build_product() {
    [ -x "$1" ] || return 1
    case $(head -c 4 "$1" | tr -d '\0') in
    ?ELF) return 0 ;;
    esac
    head -n 3 "$1" | grep -q 'temporary wrapper script for' 2>/dev/null
}

# configure_is_stale SRC BUILD: there is none, or what it comes from has changed since the build was
# configured; make alone would not bring an auxiliary file that became necessary.
configure_is_stale() {
    local made=$1/configure
    [ -x "$made" ] && [ -f "$1/Makefile.in" ] || return 0
    if [ -f "$2/Makefile" ] && [ "$2/Makefile" -ot "$made" ]; then made=$2/Makefile; fi
    [ -n "$(find "$1/configure.ac" "$1/m4" -name '*.[am][c4]' ! -name 'l*.m4' -newer "$made")" ]
}

# build_tree SRC BUILD LOGDIR [CONFIGURE-OPTION...]: autoreconf, configure and make where they are
# due.  BUILD may be SRC.  A tree that was configured with other options is configured again.
build_tree() {
    local src=$1 build=$2 logdir=$3
    shift 3
    mkdir -p "$build" "$logdir"
    if configure_is_stale "$src" "$build"; then
        step "making configure (autoreconf)"
        (cd "$src" && logged "$logdir/autoreconf.log" autoreconf -fi) || return 1
    fi
    if [ -f "$build/Makefile" ] && [ ! -f "$build/configured-with.log" ]; then
        step "this tree is configured already; keeping its options"
    elif [ ! -f "$build/Makefile" ] || [ "$(cat "$build/configured-with.log")" != "$*" ]; then
        step "configuring${*:+ with $*}"
        (cd "$build" && logged "$logdir/configure.log" "$src/configure" "$@") || return 1
        printf '%s\n' "$*" >"$build/configured-with.log"
        grep -h 'left out' "$logdir/configure.log" | sed "s/^/$SETUP_PROGRAM: /"
    fi
    step "building"
    run_make "$build" >"$logdir/make.log" 2>&1 && return 0
    # A tree whose configure was renewed by make, halfway.
    if grep -q 'required auxiliary files' "$logdir/make.log"; then
        (cd "$src" && logged "$logdir/autoreconf.log" autoreconf -fi) || return 1
        run_make "$build" >"$logdir/make.log" 2>&1 && return 0
    fi
    show_tail "$logdir/make.log" 25
    return 1
}

run_make() {
    make -C "$1" -j"${SETUP_JOBS:-$(nproc)}" </dev/null
}

# rsyslog_version: upstream's version of the rsyslog that will run: the installed one, or the one
# that apt would unpack.
rsyslog_version() {
    local version
    version=$(dpkg-query -W -f '${Version}' rsyslog 2>/dev/null)
    if ! is_installed rsyslog; then
        version=$(apt-cache policy rsyslog 2>/dev/null | sed -n 's/^ *Candidate: //p')
    fi
    version=${version#*:}
    printf '%s\n' "${version%-*}"
}

# rsyslog_source_option LOGDIR SRC DIR: prints configure's option for rsyslog's headers, fetching
# the source package into DIR unless it is there.  When they cannot be had: returns 1 and says so on
# standard error.
rsyslog_source_option() {
    local logdir=$1 src=$2 dir=$3 found
    if [ -n "${DNSMON_RSYSLOG_SOURCE-}" ]; then
        printf -- '--with-rsyslog-source=%s\n' "$DNSMON_RSYSLOG_SOURCE"
        return 0
    fi
    mkdir -p "$dir"
    found=$(sh "$src/examples/fetch-rsyslog-source.sh" "$dir" "$(rsyslog_version)" \
        2>"$logdir/rsyslog-source.log") || {
        step "rsyslog's sources cannot be had, going on without the module omdnsmon:" \
            "$(tail -n 1 "$logdir/rsyslog-source.log")" >&2
        return 1
    }
    printf -- '--with-rsyslog-source=%s\n' "$(printf '%s\n' "$found" | tail -n 1)"
}
