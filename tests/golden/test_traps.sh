#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_traps.sh - one day of some three hundred clients, among them today's innocent look-alikes:
# no alarm; with one infected PC in the same log: that one alone.  Then, beside each trap, a host
# that is infected while it does the same: found.
# Source: doc/SCIENCE.md C, gen/traps.c.  The level notice is listed exactly, so that a change shows.
#
# LIMITS: one hand-made model of traffic (D.6), not a false alarm rate.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
cd "$TEST_TMP" || exit 1

cat >site.conf <<'END'
[site]
networks = 192.0.2.0/24;198.51.100.0/24;2001:db8::/32
domains = campus.test
timezone = Asia/Tokyo
[roles]
mail-servers = 198.51.100.25
list-hosts = 198.51.100.26
app-servers = 198.51.100.20
[detectors]
disable = daily-summary
END

for scenario in traps traps+worm controls; do
    for form in 9.18 9.20; do
        generate $scenario $form
        replay $scenario.$form site.conf 2026 $scenario.$form.log
    done
    same_events $scenario.9.18.json $scenario.9.20.json ||
        problem "$scenario: form 9.20 gives other events than 9.18"
done

# What a monitor (.12), single labels (.14), random case (.15), search lists (.16, .17), a resolver
# (.18), a web server (.20) and a correspondent of the mail server's peers (.21) are worth: the old
# rule names them all, at level notice; the resolver is told as one by its flags and types.
notices='198.51.100.12/mx-over-threshold 198.51.100.14/mx-over-threshold '
notices+='198.51.100.15/mx-over-threshold 198.51.100.16/mx-over-threshold '
notices+='198.51.100.17/mx-over-threshold '
notices+='198.51.100.18/mx-over-threshold 198.51.100.18/unregistered-mail-host '
notices+='198.51.100.20/mx-over-threshold 198.51.100.21/mx-over-threshold '
expect_equal 'traps: alarmed' "$(alarmed traps.9.20.text)" ''
expect_equal 'traps: noticed' "$(noticed traps.9.20.text)" "$notices"

expect_equal 'one infected: alarmed' "$(alarmed traps+worm.9.20.text)" '192.0.2.77 '
expect_line 'one infected: what it is' \
    'alarm mass-mailing-worm client=192.0.2.77 .*rule=mass-mailer state=update' traps+worm.9.20.text
grep -v 192.0.2.77 traps+worm.9.20.json | cmp -s - traps.9.20.json ||
    problem 'one infected: it changes what is said of others'

# A resolver that begins with mail domains is told by its first queries: none has RD.
generate cold-resolver 9.20
replay cold-resolver.9.20 site.conf 2026 cold-resolver.9.20.log
expect_equal 'cold resolver: alarmed' "$(alarmed cold-resolver.9.20.text)" ''

# Without flags (9.2) the resolver still shows itself by asking NS and DS.
generate traps 9.2
replay traps.9.2 site.conf 2026 traps.9.2.log
expect_equal 'traps without flags: alarmed' "$(alarmed traps.9.2.text)" ''

# control CLIENT CLASS WHY: the client's alarm has this class in the end.
control() {
    expect_equal "controls: $3 ($1)" \
        "$(grep "^dnsmon: alarm .*client=$1 .*rule=mass-mailer" controls.9.20.text |
            tail -n 1 | cut -d ' ' -f 3)" "$2"
}
control 198.51.100.101 mass-mailing-worm 'a Mac with a worm is no relay'
control 198.51.100.110 unregistered-mail-host 'forty domains are no account set-up'
control 198.51.100.112 mass-mailing-worm 'a monitor with a worm'
control 198.51.100.114 mass-mailing-worm 'single labels and a worm'
control 198.51.100.115 mass-mailing-worm 'random case and new domains'
control 198.51.100.116 mass-mailing-worm 'a search list and a worm'
control 198.51.100.20 mass-mailing-worm 'a registered web server at 60 domains an hour'
control 198.51.100.120 unregistered-mail-host 'the same web server without its role'
control 198.51.100.125 spam-relay 'a mail server that nobody registered'
control 2001:db8::bad mass-mailing-worm 'IPv6'
control 198.51.100.118 '' 'a resolver stays at notice'
finish
