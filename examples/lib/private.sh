#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# private.sh - servers of the distribution, run privately: from a folder of our own, on loopback,
# each stopped by its own process id.  To be sourced by bash after setup.sh.
#
# A package that is not installed is downloaded and unpacked (dpkg -x), never installed: installing
# would start a service, or remove another one (rsyslog and syslog-ng, postfix and exim4 exclude
# each other).  One that is installed is copied, so that the same paths serve both cases and no
# security profile that is bound to the installed path applies to the private server.
# Where the kernel lets us, all runs in a network and a process namespace of its own: then nothing
# that listens can be reached from outside, and nothing can stay behind.  Where it does not, the
# servers listen on addresses in 127.77.0.0/16 only.
#
# LIMITS: root is needed (the servers' ports are below 1024, Postfix changes its user).

PRIVATE_ROOT=${PRIVATE_ROOT-}  # where private_root unpacked the packages
PRIVATE_PIDS=()      # what start_process started and stop_processes has to stop
PRIVATE_NAMES=()

# private_root DIR LOGDIR PACKAGE...: fill DIR/root with the files of the packages and of those
# that they need and that are not installed; what it has already (DIR/complete) stays.  Sets
# PRIVATE_ROOT.
private_root() {
    local dir=$1 logdir=$2 package present absent=()
    shift 2
    PRIVATE_ROOT=$dir/root
    present=" $(cat "$dir/complete" 2>/dev/null) "
    mkdir -p "$PRIVATE_ROOT" "$dir/debs"
    for package in "$@"; do
        [[ $present != *" $package "* ]] || continue
        present="$present$package "
        if is_installed "$package"; then
            copy_installed "$package" "$PRIVATE_ROOT"
        else
            absent+=("$package")
        fi
    done
    if [ ${#absent[@]} -gt 0 ]; then
        step "downloading, not installing: ${absent[*]}"
        download_closure "$dir/debs" "$logdir" "${absent[@]}" || {
            refresh_package_lists "$logdir"
            download_closure "$dir/debs" "$logdir" "${absent[@]}"
        } || return 1
        for package in "$dir"/debs/*.deb; do
            dpkg -x "$package" "$PRIVATE_ROOT" || return 1
        done
    fi
    write_rsyslogd "$dir"
    write_syslog_ng "$dir"
    # shellcheck disable=SC2086 # one word a package
    echo $present >"$dir/complete"
}

# write_rsyslogd DIR: DIR/rsyslogd, a command that runs the unpacked rsyslogd with its own modules.
write_rsyslogd() {
    [ -x "$PRIVATE_ROOT/usr/sbin/rsyslogd" ] || return 0
    printf '%s\n' '#!/bin/sh' '# Made by private.sh: the unpacked rsyslogd, with its own libraries and modules.' \
        "LD_LIBRARY_PATH=$(private_library_path)\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" \
        'export LD_LIBRARY_PATH' \
        "exec $PRIVATE_ROOT/usr/sbin/rsyslogd -M $(rsyslog_modules) \"\$@\"" >"$1/rsyslogd"
    chmod 755 "$1/rsyslogd"
}

# syslog_ng_root DIR LOGDIR: syslog-ng and its headers in DIR/root, apart from the other servers: apt
# would not name what rsyslog and syslog-ng need together, since they exclude each other.
syslog_ng_root() {
    local PRIVATE_ROOT
    private_root "$1" "$2" "${SERVERS_SYSLOG_NG_PACKAGES[@]}"
}

# write_syslog_ng DIR: DIR/syslog-ng and DIR/syslog-ng-ctl, commands that run the unpacked ones;
# SYSLOG_NG_MODULES names a folder with more modules.
write_syslog_ng() {
    [ -x "$PRIVATE_ROOT/usr/sbin/syslog-ng" ] || return 0
    local name modules
    for modules in "$PRIVATE_ROOT"/usr/lib/syslog-ng/[0-9]*; do :; done
    for name in syslog-ng syslog-ng-ctl; do
        printf '%s\n' '#!/bin/sh' '# Made by private.sh: the unpacked program, with its own libraries and modules.' \
            "LD_LIBRARY_PATH=$PRIVATE_ROOT/usr/lib/syslog-ng:$(private_library_path)\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" \
            "SYSLOGNG_PREFIX=$PRIVATE_ROOT/usr" 'export LD_LIBRARY_PATH SYSLOGNG_PREFIX' >"$1/$name"
        chmod 755 "$1/$name"
    done
    printf '%s\n' "exec $PRIVATE_ROOT/usr/sbin/syslog-ng --module-path=$modules\${SYSLOG_NG_MODULES:+:\$SYSLOG_NG_MODULES} \"\$@\"" \
        >>"$1/syslog-ng"
    printf '%s\n' "exec $PRIVATE_ROOT/usr/sbin/syslog-ng-ctl \"\$@\"" >>"$1/syslog-ng-ctl"
}

# rsyslog_modules: the folder of the unpacked rsyslogd's modules.
rsyslog_modules() {
    local dir
    for dir in "$PRIVATE_ROOT"/usr/lib/*/rsyslog; do
        if [ -d "$dir" ]; then printf '%s\n' "$dir"; fi
    done
}

# copy_installed PACKAGE ROOT: the installed files of a package, but not its configuration.
copy_installed() {
    dpkg -L "$1" | grep -E '^/(usr|lib|sbin|bin)/' | grep -v -E '^/usr/share/(doc|man|locale)' |
        while IFS= read -r path; do
            if [ -f "$path" ] || [ -L "$path" ]; then printf '%s\n' "${path#/}"; fi
        done | tar -C / --no-recursion -T - -cf - | tar -C "$2" -xf -
}

# closure PACKAGE...: NAME=VERSION of what installing these would unpack.  What it would remove is
# of no concern here, nothing is installed.
closure() {
    apt-get "${SETUP_APT[@]}" -s install --no-install-recommends "$@" |
        awk '$1 == "Inst" { v = ($3 ~ /^\[/) ? $4 : $3; gsub(/[()]/, "", v); print $2 "=" v }'
}

# download_closure DIR LOGDIR PACKAGE...
download_closure() {
    local dir=$1 logdir=$2 wanted
    shift 2
    wanted=$(closure "$@" 2>"$logdir/closure.log") && [ -n "$wanted" ] || return 1
    # apt downloads as its own user when that user may write to the folder.
    chown _apt "$dir" 2>/dev/null
    # shellcheck disable=SC2086 # one word a package
    (cd "$dir" && rm -f ./*.deb && logged "$logdir/download.log" \
        apt-get "${SETUP_APT[@]}" download $wanted)
}

# private_library_path: LD_LIBRARY_PATH for programs of PRIVATE_ROOT.
private_library_path() {
    local dir path=
    for dir in "$PRIVATE_ROOT"/usr/lib/*-linux-gnu* "$PRIVATE_ROOT"/lib/*-linux-gnu* \
        "$PRIVATE_ROOT"/usr/lib "$PRIVATE_ROOT"/lib; do
        if [ -d "$dir" ]; then path=$path${path:+:}$dir; fi
    done
    printf '%s\n' "$path"
}

# private COMMAND [ARGUMENT...]: run a program of PRIVATE_ROOT, given by its path in it.
private() {
    local program=$1
    shift
    LD_LIBRARY_PATH=$(private_library_path) "$PRIVATE_ROOT$program" "$@"
}

# private_jail JAIL PACKAGE-PATH...: a root folder for chroot that holds the named files of
# PRIVATE_ROOT, every shared library that they need, and the few device nodes.  Mounts nothing.
private_jail() {
    local jail=$1 path
    shift
    mkdir -p "$jail"/{dev,etc,tmp,usr/bin,usr/sbin,usr/lib,usr/lib64,var/spool,var/lib,run}
    for path in bin sbin lib lib64; do
        [ -e "$jail/$path" ] || ln -s "usr/$path" "$jail/$path"
    done
    chmod 1777 "$jail/tmp"
    for path in "$@"; do
        mkdir -p "$jail$(dirname "$path")"
        cp -a "$PRIVATE_ROOT$path" "$jail$(dirname "$path")/"
    done
    copy_libraries "$jail"
    make_nodes "$jail/dev"
}

# copy_libraries JAIL: what ldd names for every program and shared object in it.
copy_libraries() {
    local jail=$1 triplet library
    triplet=$(gcc -print-multiarch)
    mkdir -p "$jail/usr/lib/$triplet"
    find "$jail/usr" -type f \( -perm -u+x -o -name '*.so*' \) -print0 |
        LD_LIBRARY_PATH=$PRIVATE_ROOT/usr/lib/postfix:$PRIVATE_ROOT/usr/lib/dovecot:$(private_library_path) \
            xargs -0 ldd 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 }
                $1 ~ /^\/.*ld-linux[^:]*$/ { print $1 }' | sort -u |
        while IFS= read -r library; do
            case $library in
            */ld-linux*) mkdir -p "$jail$(dirname "$library")"
                cp -L "$library" "$jail$(dirname "$library")/" ;;
            */usr/lib/postfix/*) ;;
            *) cp -L "$library" "$jail/usr/lib/$triplet/" ;;
            esac
        done
}

# make_nodes DEV: null, zero, random, urandom.
make_nodes() {
    local node
    for node in null:3 zero:5 random:8 urandom:9; do
        [ -e "$1/${node%:*}" ] || mknod -m 666 "$1/${node%:*}" c 1 "${node#*:}" 2>/dev/null ||
            fail "this container may not make device nodes (mknod), which Postfix needs"
    done
}

# enter_private_network COMMAND [ARGUMENT...]: run the command again inside namespaces of our own,
# or return when we are there already or the kernel refuses.  DNSMON_NAMESPACE says which.
enter_private_network() {
    local flags=(--net --pid --fork --kill-child)
    [ -z "${DNSMON_NAMESPACE-}" ] || {
        [ "$DNSMON_NAMESPACE" = none ] || loopback_up
        return 0
    }
    if unshare "${flags[@]}" true 2>/dev/null; then
        DNSMON_NAMESPACE=own exec unshare "${flags[@]}" -- "$@"
    fi
    export DNSMON_NAMESPACE=none
    step "no network namespace to be had here: using 127.77.0.0/16 of this machine's loopback"
}

# loopback_up: a fresh network namespace has its loopback down; perl-base is on every Debian.
loopback_up() {
    perl -e 'use strict; socket(my $s, 2, 2, 0) or die "socket: $!";
        my $request = pack("a16 s x22", "lo", 0x41);      # IFF_UP | IFF_RUNNING
        ioctl($s, 0x8914, $request) or die "SIOCSIFFLAGS: $!";' ||
        fail "could not bring the loopback of the private network up"
}

# loopback_address LABEL ADDRESS MASK: one more address on the private network's loopback.  With a
# shorter mask every address below it is one of this host's: a client may come from any of them, and
# those that bind none come from ADDRESS itself.  Never on a network that is not ours.
loopback_address() {
    [ "${DNSMON_NAMESPACE-}" = own ] || return 1
    perl -e 'use strict; my ($label, @number) = @ARGV; socket(my $s, 2, 2, 0) or die "socket: $!";
        for my $call (0x8916, 0x891c) {                   # SIOCSIFADDR, SIOCSIFNETMASK
            my $request = pack("a16 S x2 C4 x8", $label, 2, split(/[.]/, shift @number));
            ioctl($s, $call, $request) or die "$label: $!";
        }' "$@"
}

# start_process NAME LOG COMMAND...: in the background, in a process group of its own.
start_process() {
    local name=$1 log=$2
    shift 2
    setsid "$@" >"$log" 2>&1 </dev/null &
    PRIVATE_PIDS+=($!)
    PRIVATE_NAMES+=("$name")
}

# process_alive NAME
process_alive() {
    local i
    for i in "${!PRIVATE_PIDS[@]}"; do
        if [ "${PRIVATE_NAMES[$i]}" = "$1" ]; then
            kill -0 "${PRIVATE_PIDS[$i]}" 2>/dev/null
            return
        fi
    done
    return 1
}

# stop_process NAME: TERM, ten seconds, then KILL; returns 1 when it had to be killed.
stop_process() {
    local i pid tries=0
    for i in "${!PRIVATE_PIDS[@]}"; do
        [ "${PRIVATE_NAMES[$i]}" = "$1" ] || continue
        pid=${PRIVATE_PIDS[$i]}
        unset "PRIVATE_PIDS[$i]" "PRIVATE_NAMES[$i]"
        kill -TERM "$pid" 2>/dev/null
        while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
            sleep 0.1
            tries=$((tries + 1))
        done
        if kill -0 "$pid" 2>/dev/null; then
            kill -KILL -- "-$pid" 2>/dev/null
            wait "$pid" 2>/dev/null
            return 1
        fi
        wait "$pid" 2>/dev/null
        # Children of a server that has ended (Postfix' daemons) are in its group.
        kill -TERM -- "-$pid" 2>/dev/null
    done
    return 0
}

# stop_processes: all, the last started first.
stop_processes() {
    local i names=("${PRIVATE_NAMES[@]}")
    for ((i = ${#names[@]} - 1; i >= 0; i--)); do
        stop_process "${names[$i]}" || step "${names[$i]} did not end by itself and was killed"
    done
}

# wait_for SECONDS COMMAND...: until the command succeeds; 1 when it did not in time. SECONDS are those of
# an idle machine; a busy one gets four times as many (DNSMON_PATIENCE).
wait_for() {
    local deadline=$((SECONDS + $1 * ${DNSMON_PATIENCE:-4}))
    shift
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}

# tcp_open ADDRESS PORT
tcp_open() {
    (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}
