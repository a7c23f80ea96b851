/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the administrator can say about the site, as option rows. No row here is a threshold: there
 * is nothing to calibrate, only facts that the library cannot know.
 *
 * Source: doc/CONFIGURATION.md; the "authorised servers" of the papers (client roles) are [roles].
 */
#include "site/site_options.h"

#define FACT "a fact of the site"

const struct dm_option dm_site_rows[DM_SITE_KEY_COUNT] = {
    [DM_SITE_NETWORKS] = {"networks", DM_OPT_PREFIXES, DM_SITE_NETWORKS_DEFAULT, 0, 0, "-",
                          "Who is inside: clients from here are watched, queries of others are "
                          "passed over. Set it to your public prefixes; a provider adds "
                          "100.64.0.0/10 (RFC 6598), which is not in the default.",
                          "RFC 1918, RFC 4193, RFC 3927, RFC 4291"},
    [DM_SITE_DOMAINS] = {"domains", DM_OPT_NAMES, "", 0, 0, "-",
                         "The site's own DNS suffixes: questions for names under them are "
                         "everyday business and no evidence against a client.",
                         FACT},
    [DM_SITE_SUBDOMAINS] = {"subdomains", DM_OPT_NAMES, "", 0, 0, "-",
                            "Real names under domains whose first label is also a top-level "
                            "domain, such as cc.example.edu: without an entry they are learned "
                            "from answers, or when five clients ask for the name itself. Rule "
                            "backscatter takes others for what a search list made of a stranger's "
                            "domain.",
                            FACT},
    [DM_SITE_TIMEZONE] = {"timezone", DM_OPT_ZONE, "", 0, 0, "-",
                          "Where a day begins and which hours are weekday or holiday; also the "
                          "zone of time stamps that name none. Empty: the system's.",
                          "tz database (IANA)"},
    [DM_SITE_HOLIDAYS] = {"holidays", DM_OPT_DATES, "", 0, 0, "-",
                          "Days that are treated as weekend: traffic is lower and looks different.",
                          FACT},
    [DM_SITE_HOLIDAYS_FILE] = {"holidays-file", DM_OPT_FILE, "", 0, 0, "-",
                               "A file with more holidays: one date a line, what follows the date "
                               "is its name; # begins a comment. A relative path is beside this "
                               "configuration file.",
                               FACT},
};

#define ROLE_ROW(role, key, doc) [(role)-1] = {key, DM_OPT_PREFIXES, "", 0, 0, "-", doc, FACT}

const struct dm_option dm_role_rows[DM_ROLE_COUNT - 1] = {
    ROLE_ROW(DM_ROLE_MAIL_SERVER, "mail-servers",
             "The authorised mail servers: asking MX all day is their work, so that the rules "
             "about mass mail do not name them. List every one: an unlisted mail server looks "
             "like a relay."),
    ROLE_ROW(DM_ROLE_LIST_HOST, "list-hosts",
             "Hosts that send to mailing lists: like mail servers, in bursts."),
    ROLE_ROW(DM_ROLE_RESOLVER, "resolvers",
             "Resolvers that ask this server for many clients: what they ask is not their own."),
    ROLE_ROW(DM_ROLE_FORWARDER, "forwarders",
             "Address translators, proxies and forwarders: one address, many machines behind it. "
             "Rules allow it as much as forwarder-hosts machines."),
    ROLE_ROW(DM_ROLE_MONITOR, "monitors",
             "Machines that ask a lot on purpose: monitoring, scanners of your own."),
    ROLE_ROW(DM_ROLE_APP_SERVER, "app-servers",
             "Servers that look names up for their visitors: web, log analysis, databases. Rules "
             "expect more of them than of a desk."),
};

const struct dm_option dm_host_row[1] = {
    {"NAME", DM_OPT_ADDRESSES, "", 0, 0, "-",
     "The addresses of the machine that logs under the syslog host name NAME (case does not "
     "matter; mx1 also stands for mx1.example.edu and the other way round, while only one entry "
     "can be meant), so that a mail log and the DNS queries of the same server meet. Without an "
     "entry: "
     "the sender's address if it is a mail server's; else the only mail server, if there is just "
     "one and it has no entry of its own.",
     FACT}};

const struct dm_option dm_manager_row[1] = {
    {"PREFIX", DM_OPT_TEXT, "", 0, 0, "-",
     "Who is responsible for the addresses under PREFIX; the longest prefix wins. The event "
     "carries the text, nobody is mailed by the library.",
     FACT}};
