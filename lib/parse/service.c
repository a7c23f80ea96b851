/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * TCP service names and their ports: iplog and tcpdump print the logging host's own /etc/services.
 *
 * Method. A table of our own, because a line may come from another host, and the same line must
 * give the same port everywhere. Names of both lists in use (IANA's and the older ones of BSD and
 * Linux: loc-srv and epmap are both 135).
 *
 * LIMITS: other names have port 0; a detector of a certain port does not see them.
 * Source: IANA Service Name and Transport Protocol Port Number Registry; Debian netbase
 * /etc/services. Chosen: the ports that DETECTORS' worms and bots try, and ordinary servers.
 */
#include "parse/service.h"

#include "parse/scan.h"

static const struct {
    const char *name;
    uint16_t port;
} services[] = {
    {"ftp-data", 20},      {"ftp", 21},          {"ssh", 22},
    {"telnet", 23},        {"smtp", 25},         {"mail", 25},
    {"time", 37},          {"nameserver", 42},   {"domain", 53},
    {"gopher", 70},        {"finger", 79},       {"http", 80},
    {"www", 80},           {"www-http", 80},     {"kerberos", 88},
    {"kerberos-sec", 88},  {"pop2", 109},        {"pop-2", 109},
    {"pop3", 110},         {"pop-3", 110},       {"sunrpc", 111},
    {"portmapper", 111},   {"auth", 113},        {"ident", 113},
    {"nntp", 119},         {"ntp", 123},         {"epmap", 135},
    {"loc-srv", 135},      {"netbios-ns", 137},  {"netbios-dgm", 138},
    {"netbios-ssn", 139},  {"imap", 143},        {"imap2", 143},
    {"snmp", 161},         {"ldap", 389},        {"https", 443},
    {"microsoft-ds", 445}, {"urd", 465},         {"ssmtp", 465},
    {"smtps", 465},        {"submissions", 465}, {"exec", 512},
    {"login", 513},        {"shell", 514},       {"printer", 515},
    {"submission", 587},   {"ldaps", 636},       {"imaps", 993},
    {"pop3s", 995},        {"socks", 1080},      {"ms-sql-s", 1433},
    {"ms-sql-m", 1434},    {"pptp", 1723},       {"nfs", 2049},
    {"squid", 3128},       {"mysql", 3306},      {"ms-wbt-server", 3389},
    {"sip", 5060},         {"postgresql", 5432}, {"x11", 6000},
    {"ircd", 6667},        {"irc", 6667},        {"ircs-u", 6697},
    {"http-alt", 8080},    {"webcache", 8080},
};

uint16_t dm_service_port(struct dm_slice name)
{
    uint16_t port = 0;

    dm_slice_drop(&name, DM_SLICE("port "));
    if (dm_port_parse(name, &port)) {
        return port;
    }
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        if (dm_slice_eq(name, dm_slice_make(services[i].name, strlen(services[i].name)))) {
            return services[i].port;
        }
    }
    return 0;
}
