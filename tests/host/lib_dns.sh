# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_dns.sh - Unbound, dnsmasq and PowerDNS' Recursor on loopback for the host tests.  To be sourced
# by bash after tests/lib.sh and host_servers.  Each answers by itself or asks the named of
# servers.sh, and logs to one file as it does by default behind a stamp of its own.
#
# LIMITS: Debian's file locations.

# shellcheck disable=SC2034 # read by the tests
DNS_UNBOUND=127.77.0.53
DNS_DNSMASQ=127.77.0.54
DNS_RECURSOR=127.77.0.55

# build_askdns: $TEST_TMP/askdns, which asks any name from any address of ours.
build_askdns() {
    cc -O2 -o "$TEST_TMP/askdns" "$DNSMON_SRC/examples/demo/askdns.c" ||
        fail "askdns.c does not compile"
}

# dns_ready ADDRESS: something answers there.
dns_ready() {
    printf '127.0.0.1 A up.ready.example\n' | "$TEST_TMP/askdns" "$1" 53 0 >/dev/null 2>&1
}

# started NAME ADDRESS LOG: wait for it, or say why not.
started() {
    wait_for 15 dns_ready "$2" && process_alive "$1" && return 0
    show_tail "$3"
    fail "$1 did not start (is something else on $2 port 53?)"
}

# start_unbound DIR [LINE...]: answers itself.  Every name has an address and a mail exchanger,
# below nx.example nothing exists.  LINE: more of the server's section.
start_unbound() {
    local dir=$1
    shift
    mkdir -p "$dir"
    cat >"$dir/unbound.conf" <<CONF
server:
    interface: $DNS_UNBOUND
    access-control: 127.0.0.0/8 allow
    directory: "$dir"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    log-time-ascii: yes
    verbosity: 1
    num-threads: 1
    module-config: "iterator"
    do-ip6: no
    local-zone: "." redirect
    local-data: ". 60 IN A $SERVERS_SINK"
    local-data: ". 60 IN MX 10 mx.dnsmon-demo."
    local-zone: "nx.example." always_nxdomain
$(printf '    %s\n' "$@")
remote-control:
    control-enable: no
CONF
    start_process unbound "$dir/log" env LD_LIBRARY_PATH="$(private_library_path)" \
        "$PRIVATE_ROOT/usr/sbin/unbound" -d -p -c "$dir/unbound.conf"
    started unbound "$DNS_UNBOUND" "$dir/log"
}

# start_dnsmasq DIR [OPTION...]: answers A itself, asks nobody.
start_dnsmasq() {
    local dir=$1
    shift
    mkdir -p "$dir"
    start_process dnsmasq "$dir/stderr" env LD_LIBRARY_PATH="$(private_library_path)" \
        "$PRIVATE_ROOT/usr/sbin/dnsmasq" --keep-in-foreground --conf-file=/dev/null --user=root \
        --group=root --pid-file= --no-resolv --no-hosts --port=53 --listen-address="$DNS_DNSMASQ" \
        --bind-interfaces --log-facility="$dir/log" --address=/ready.example/"$SERVERS_SINK" "$@"
    started dnsmasq "$DNS_DNSMASQ" "$dir/stderr"
}

# start_recursor DIR [OPTION...]: asks named for everything.
start_recursor() {
    local dir=$1
    shift
    mkdir -p "$dir"
    start_process recursor "$dir/log" env LD_LIBRARY_PATH="$(private_library_path)" \
        "$PRIVATE_ROOT/usr/sbin/pdns_recursor" --config-dir="$dir" --socket-dir="$dir" \
        --daemon=no --disable-syslog=yes --log-timestamp=yes --quiet=no --threads=1 \
        --local-address="$DNS_RECURSOR" --forward-zones-recurse=.="$SERVERS_NAMED" --dont-query= \
        --dnssec=off --qname-minimization=no --security-poll-suffix= --write-pid=no "$@"
    started recursor "$DNS_RECURSOR" "$dir/log"
}
