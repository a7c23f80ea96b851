#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# managers.sh - prints the actions that notify.conf includes: for each manager of dnsmon.conf's
# section [managers], one ommail action that takes the events that are his.
#
#     managers.sh [CONFIG [SERVER [PORT [FROM]]]] >/etc/dnsmon/managers.new &&
#         mv /etc/dnsmon/managers.new /etc/dnsmon/managers.rsyslog
#
# CONFIG  default: /etc/dnsmon/dnsmon.conf; read by "dnsmon check", so a wrong file is refused
# SERVER  the mail server that takes the mail, default: localhost; PORT: 25
# FROM    the mails' sender, default: dnsmon@ and this host's name
#
# Run it again whenever [managers] changes, and restart rsyslogd: ommail's mailto is a constant of
# the action, it takes no template (rsyslog 8.2302, plugins/ommail/ommail.c).
# A manager is written as one address or several, parted by commas or blanks.  A text without an
# address (a name, a room) gets no action, and neither does one with characters that need quoting;
# both are named on standard error, and their events go where notify.conf sends what nobody took.
#
# LIMITS: addresses in ASCII, without quoted local parts.

CONFIG=${1:-/etc/dnsmon/dnsmon.conf}
SERVER=${2:-localhost}
PORT=${3:-25}
FROM=${4:-dnsmon@$(uname -n)}

settings=$("${DNSMON:-dnsmon}" check "$CONFIG") || exit 1
printf '# Made by managers.sh from %s: do not edit.\n' "$CONFIG"
printf '%s\n' "$settings" | LC_ALL=C awk -v server="$SERVER" -v port="$PORT" -v from="$FROM" '
function warn(text, why)
{
    printf "managers.sh: nobody is mailed for \"%s\": %s\n", text, why | "cat >&2"
}

# The addresses in the text, as the words of an array in RainerScript; "" when there is none.
function addresses(text,    word, n, i, list)
{
    n = split(text, word, /[ ,<>]+/)
    for (i = 1; i <= n; i++) {
        if (word[i] ~ /^[A-Za-z0-9][A-Za-z0-9._%+=-]*@[A-Za-z0-9][A-Za-z0-9.-]*$/) {
            list = list (list == "" ? "" : ", ") "\"" word[i] "\""
        }
    }
    return list
}

# A queue of its own: a mailbox that refuses mail keeps nobody else waiting.
function action(text, list)
{
    printf "if $!dnsmon!manager == \"%s\" then {\n", text
    printf "    action(type=\"ommail\" name=\"dnsmon-mail-%d\" server=\"%s\" port=\"%s\"\n", ++mails, \
        server, port
    printf "           mailfrom=\"%s\" mailto=[%s]\n", from, list
    printf "           subject.template=\"dnsmon-mail-subject\" template=\"dnsmon-mail-body\"\n"
    printf "           queue.type=\"LinkedList\" queue.size=\"1000\" queue.timeoutEnqueue=\"0\"\n"
    printf "           queue.filename=\"dnsmon-mail-%d\" queue.saveOnShutdown=\"on\"\n", mails
    printf "           action.resumeRetryCount=\"-1\" action.resumeInterval=\"30\")\n"
    printf "    stop\n}\n"
}

/^\[/ { inside = $0 == "[managers]"; next }
inside && /^[^#]/ && (at = index($0, "=")) {
    text = substr($0, at + 1)
    if (text == "" || seen[text]++) next
    if (text !~ /^[A-Za-z0-9 ._%+=@,<>-]*$/) {
        warn(text, "only letters, digits and . _ % + = - @ , < > are understood")
    } else if ((list = addresses(text)) == "") {
        warn(text, "there is no address in it")
    } else {
        action(text, list)
    }
}'
