#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Fetch and unpack the source of the installed rsyslogd, for its headers; print its folder.
#
#     examples/fetch-rsyslog-source.sh DIR [VERSION]
#
# DIR      where everything goes: apt's own lists for this job, the tarball, the unpacked source.
# VERSION  of rsyslogd, such as 8.2302.0; default: what $RSYSLOGD (rsyslogd) -v says.
#
# /etc stays as it is: apt reads a deb-src copy of the system's own sources from DIR. Root is not
# needed. A mirror often has lost the exact revision of an older image; the module needs the same
# upstream version only, so the installed revision is tried first and then every other one.
#
# Output:  one line, the folder to give to ./configure --with-rsyslog-source=.
# Exit:    0; 1 with one line that names what is missing.
# LIMITS:  Debian and its derivatives. A source whose key is not in apt's keyrings is not used.
set -u

say() {
    echo "fetch-rsyslog-source: $*" >&2
}

die() {
    say "$*"
    exit 1
}

# The upstream version of an rsyslogd program: the second word of its first line.
daemon_version() {
    "${RSYSLOGD:-rsyslogd}" -v 2>/dev/null | sed -n '1s/^rsyslogd  *\([0-9][0-9.]*[0-9]\).*/\1/p'
}

# deb822 stanzas: the same stanza with Types: deb-src.
source_stanzas() {
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        out="$work/parts/$(basename "$file")"
        sed 's/^[Tt]ypes:.*/Types: deb-src/' "$file" >"$out"
    done
}

# One-line form: "deb [options] uri suite component" becomes deb-src; deb-src lines are kept.
source_lines() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        out="$work/parts/one-line-$(basename "$file" .list).list"
        sed -n -e 's/^[[:space:]]*deb[[:space:]]/deb-src /p' \
            -e 's/^[[:space:]]*deb-src[[:space:]]/deb-src /p' "$file" | sort -u >"$out"
    done
}

private_apt() {
    tool=$1
    shift
    "$tool" -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" \
        -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" \
        -o APT::Sandbox::User= -o APT::Update::Post-Invoke-Success::= \
        -o Acquire::Retries=2 -o Acquire::Languages=none "$@"
}

# Debian revisions to try, best first: installed, those the lists name, earlier stable updates.
revisions() {
    installed=$(dpkg-query -W -f '${Version}' rsyslog 2>/dev/null)
    case $installed in
    "$version"-*) echo "$installed" ;;
    esac
    private_apt apt-cache showsrc rsyslog 2>/dev/null | sed -n 's/^Version: //p' |
        grep -F "$version-" | sort -r
    update=$(echo "$installed" | sed -n 's/^.*+deb[0-9]*u\([0-9][0-9]*\)$/\1/p')
    while [ "${update:-0}" -gt 1 ]; do
        update=$((update - 1))
        echo "$installed" | sed "s/u[0-9]*\$/u$update/"
    done
    echo "$installed" | sed -n 's/+deb[0-9]*u[0-9]*$//p'
}

# Only the orig tarball is wanted: a missing debian.tar of a revision does no harm.
fetch_tarball() {
    for revision in $(revisions | awk '!seen[$0]++'); do
        say "trying rsyslog $revision"
        (cd "$work" && private_apt apt-get source --download-only "rsyslog=$revision") \
            >>"$work/log" 2>&1
        tarball=$(ls "$work"/rsyslog_"$version".orig.tar.* 2>/dev/null | grep -v '\.asc$' | head -1)
        [ -n "$tarball" ] && [ -s "$tarball" ] && return 0
    done
    return 1
}

have_headers() {
    [ -f "$source/runtime/rsyslog.h" ] && [ -f "$source/grammar/rainerscript.h" ]
}

[ $# -ge 1 ] || die "usage: fetch-rsyslog-source.sh DIR [VERSION]"
mkdir -p "$1" || die "cannot make the folder $1"
work=$(cd "$1" && pwd) || exit 1
version=${2:-$(daemon_version)}
[ -n "$version" ] || die "no rsyslogd found; install rsyslog or name a version"
source="$work/rsyslog-$version"
if have_headers; then
    echo "$source"
    exit 0
fi
command -v apt-get >/dev/null || die "no apt-get here; unpack rsyslog $version yourself"
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" ||
    die "cannot write in $work"
: >"$work/log"
source_stanzas
source_lines
private_apt apt-get update >>"$work/log" 2>&1 || say "apt-get update had errors, see $work/log"
fetch_tarball || die "no mirror has a source package of rsyslog $version, see $work/log"
tar -xf "$tarball" -C "$work" || die "cannot unpack $tarball"
have_headers || die "$tarball does not hold rsyslog $version"
echo "$source"
