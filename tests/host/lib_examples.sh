# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_examples.sh - examples/rsyslog/*.conf in the distribution's rsyslogd, with their paths and ports
# changed, and the logs that they are to find something in.  To be sourced by bash after
# tests/lib.sh and host_servers.

# shellcheck disable=SC2034 # read by the tests
EXAMPLES=$DNSMON_SRC/examples
MODULE=$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon.so
EXAMPLE_WORM=192.0.2.66         # the first of the clients of infected_log
EXAMPLE_FLOODER=203.0.113.66    # the client of flood_log
export TZ=UTC LC_ALL=C

need_module() {
    need_program
    [ -f "$MODULE" ] || skip "omdnsmon is not built ($MODULE)"
}

# moved FILE DIR [SED...]: an example's text with the module of this build and its files in DIR.
moved() {
    local file=$1 dir=$2
    shift 2
    sed -e "s|load=\"omdnsmon\"|load=\"$MODULE\"|" -e "s|/etc/rsyslog\.d/bind\.rb|$EXAMPLES/rsyslog/bind.rb|" \
        -e "s#\"/\(etc/dnsmon\|var/log\|var/lib/dnsmon\|etc/postfix\)/#\"$dir/#g" \
        "$@" "$file"
}

# write_example NAME FILE PORT [SED...]: $TEST_TMP/NAME.conf reads lines at PORT (0: nowhere but where
# the example says); its files are in $TEST_TMP/NAME.
write_example() {
    local name=$1 file=$2 port=$3 dir=$TEST_TMP/$1
    shift 3
    mkdir -p "$dir"
    [ -f "$dir/dnsmon.conf" ] || example_site >"$dir/dnsmon.conf"
    {
        printf 'global(workDirectory="%s" maxMessageSize="64k")\n' "$dir"
        if [ "$port" != 0 ]; then
            printf 'module(load="imptcp")\ninput(type="imptcp" address="127.0.0.1" port="%s")\n' "$port"
        fi
        moved "$EXAMPLES/rsyslog/$file" "$dir" "$@"
    } >"$TEST_TMP/$name.conf"
}

# start_example NAME: what write_example wrote.
start_example() {
    LD_LIBRARY_PATH=$DNSMON_BUILD/lib/.libs start_rsyslogd "$1" "$TEST_TMP/$1.conf" "$TEST_TMP/$1.err"
}

# example_site: examples/dnsmon.conf, as it is but for what would make a test wait or say more.
example_site() {
    sed -e 's/^enable=all/&\ndisable=daily-summary;mx-census/' "$EXAMPLES/dnsmon.conf"
}

# infected_log FIRST LAST: the queries of 192.0.2.FIRST to LAST, each a mass mailer's: for each of
# forty domains its mail server and that one's address.  Syslog lines, in the last five minutes.
infected_log() {
    awk -v first="$1" -v last="$2" -v now="$(date +%s)" 'BEGIN {
        for (i = 0; i < 80; i++) for (c = first; c <= last; c++) {
            name = "c" c "d" int(i / 2) ".example"; if (i % 2) name = "in1." name
            printf "<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 192.0.2.%d#4242 (%s): query: %s IN %s +E(0) (192.0.2.53)\n",
                strftime("%Y-%m-%dT%H:%M:%S", now - 300 + int(i * 3.5), 1), c, c, name, name, \
                i % 2 ? "A" : "MX"
        }
    }'
}

# flood_log: a client that tries users who do not exist at mx1, in the last six minutes.
flood_log() {
    awk -v now="$(date +%s)" -v peer="unknown[$EXAMPLE_FLOODER]" 'BEGIN {
        for (i = 0; i < 350; i++) {
            head = sprintf("<22>%s.%06dZ mx1 postfix/smtpd[%d]: ",
                strftime("%Y-%m-%dT%H:%M:%S", now - 360 + i, 1), i, 1000 + i)
            print head "connect from " peer
            print head "NOQUEUE: reject: RCPT from " peer ": 550 5.1.1 <u" i "@example.edu>: Recipient address" \
                " rejected: User unknown in local recipient table; from=<a@b.example> to=<u" i \
                "@example.edu> proto=ESMTP helo=<b.example>"
            print head "disconnect from " peer " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
        }
    }'
}

# example_authority: $TEST_TMP/ca.pem, whose certificates the hosts trust.
example_authority() {
    command -v openssl >/dev/null || skip "no openssl"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=site authority' \
        -addext basicConstraints=critical,CA:TRUE -keyout "$TEST_TMP/ca.key" -out "$TEST_TMP/ca.pem" \
        2>/dev/null || problem "openssl made no authority"
}

# example_certificate NAME DIR: DIR/tls as the examples want it, for a host of that name.
example_certificate() {
    local tls=$2/tls
    mkdir -p "$tls"
    openssl req -newkey rsa:2048 -nodes -keyout "$tls/host.key" -out "$tls/host.csr" -subj "/CN=$1" 2>/dev/null &&
        printf 'subjectAltName=DNS:%s\n' "$1" >"$tls/ext" &&
        openssl x509 -req -in "$tls/host.csr" -CA "$TEST_TMP/ca.pem" -CAkey "$TEST_TMP/ca.key" \
            -set_serial "$RANDOM" -days 2 -extfile "$tls/ext" -out "$tls/host.pem" 2>/dev/null &&
        cp "$TEST_TMP/ca.pem" "$tls/ca.pem" || problem "openssl made no certificate for $1"
}

# send FILE PORT
send() {
    cat "$1" >"/dev/tcp/127.0.0.1/$2"
}

# has_line PATTERN FILE
has_line() {
    [ -f "$2" ] && grep -q -E -- "$1" "$2"
}

# clients_in FILE: the addresses of the events in a file of JSON, each once.
clients_in() {
    sed -n -E 's/.*"client": ?\{ ?"ip": ?"([^"]*)".*/\1/p' "$1" 2>/dev/null | sort -u
}

# has_clients NUMBER FILE
has_clients() {
    [ "$(clients_in "$2" | wc -l)" -ge "$1" ]
}
