#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# traffic.sh - prints the questions of the demo's clients, "CLIENT TYPE NAME" a line, mixed as they
# would arrive; input of askdns.  What each client does follows doc/detectors: the infected behave
# as the papers describe, scaled down to seconds, the others as today's innocent traffic does.
#
#     traffic.sh           all clients, mixed
#     traffic.sh NAME      the questions of one of them
#
# LIMITS: names below .example and .test only, addresses of the documentation ranges only.

PC=127.10.0.11 PHONE=127.10.0.12 MAIL_CLIENT=127.10.0.13 MONITOR=127.10.0.14
WORM=127.10.0.66 RELAY=127.10.0.67 BOT=127.10.0.68

# An office PC: look-ups in pairs and threes, and the name of a printer's address.
ask_pc() {
    local i
    for i in {1..40}; do
        printf '%s A www.shop%d.example\n%s AAAA www.shop%d.example\n%s HTTPS www.shop%d.example\n' \
            $PC "$i" $PC "$i" $PC "$i"
        if ((i % 10 == 0)); then printf '%s PTR %d.0.168.192.in-addr.arpa\n' $PC "$i"; fi
    done
}

# A phone: service discovery in the reverse tree (RFC 6763, 11), and its applications.
ask_phone() {
    local i label
    for i in {1..5}; do
        for label in b db r dr lb; do
            printf '%s PTR %s._dns-sd._udp.0.0.168.192.in-addr.arpa\n' $PHONE $label
        done
        printf '%s PTR 1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa\n' $PHONE
    done
    for i in {1..20}; do
        printf '%s A api.app%d.example\n%s HTTPS api.app%d.example\n' $PHONE "$i" $PHONE "$i"
    done
}

# A mail program that sets up three accounts.
ask_mail_client() {
    local domain label
    for domain in work.example club.example family.example; do
        printf '%s MX %s\n' $MAIL_CLIENT $domain
        for label in autoconfig autodiscover imap pop3 smtp mail; do
            printf '%s A %s.%s\n%s AAAA %s.%s\n' $MAIL_CLIENT $label $domain \
                $MAIL_CLIENT $label $domain
        done
        printf '%s SRV _imaps._tcp.%s\n%s MX %s\n' $MAIL_CLIENT $domain $MAIL_CLIENT $domain
    done
}

# A monitor: the same five exchangers, nine rounds.
ask_monitor() {
    local round i
    for round in {1..9}; do
        for i in {1..5}; do printf '%s MX partner%d.example\n' $MONITOR "$i"; done
    done
}

# A mass-mailing worm of Mydoom's kind: MX of every address it found, then guesses at host names,
# six for each domain; no PTR at all.
ask_worm() {
    local i label
    for i in {1..75}; do
        printf '%s MX victim%d.example\n' $WORM "$i"
        for label in mx mail smtp mx1 mail1 relay; do
            printf '%s A %s.victim%d.example\n' $WORM $label "$i"
        done
    done
}

# A PC turned into a relay: MX and the exchanger's address, and PTR of those who connect to it.
ask_relay() {
    local i
    for i in {1..60}; do
        printf '%s MX list%d.test\n%s A in1.list%d.test\n%s A in2.list%d.test\n' \
            $RELAY "$i" $RELAY "$i" $RELAY "$i"
        if ((i % 2 == 0)); then printf '%s A out.list%d.test\n' $RELAY "$i"; fi
        if ((i % 6 == 0)); then printf '%s PTR %d.100.51.198.in-addr.arpa\n' $RELAY "$i"; fi
    done
}

# A bot that looks for mail hosts by their usual names: A alone, neither MX nor PTR.
ask_bot() {
    local i label
    for i in {1..45}; do
        for label in mail smtp mx ns gate relay; do
            printf '%s A %s.target%d.example\n' $BOT $label "$i"
        done
    done
}

# mixed NAME...: every client's questions spread evenly over the whole time, in their order.
mixed() {
    local name
    for name in "$@"; do
        "ask_$name" | awk -v who="$name" '{ line[NR] = $0 }
            END { for (i = 1; i <= NR; i++) printf "%.6f %s %s\n", (i - 0.5) / NR, who, line[i] }'
    done | sort -s -n -k 1,1 | cut -d ' ' -f 3-
}

if [ $# -gt 0 ]; then
    mixed "$@"
else
    mixed pc phone mail_client monitor worm relay bot
fi
