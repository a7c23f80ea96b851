/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the administrator says about the site: who is inside, who does what, who is responsible,
 * what day it is there. Immutable once built.
 */
#ifndef DM_SITE_SITE_H
#define DM_SITE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/addr.h"
#include "util/localtime.h"
#include "util/prefixmap.h"
#include "util/slice.h"

/** Who is inside when nothing is said: private (RFC 1918), loopback, link-local and unique-local
 * (RFC 4193) ranges. Not the providers' shared space 100.64.0.0/10 (RFC 6598), which is inside only
 * at a provider. */
#define DM_SITE_NETWORKS_DEFAULT                                                                   \
    "10.0.0.0/8;172.16.0.0/12;192.168.0.0/16;127.0.0.0/8;169.254.0.0/16;fc00::/7;fe80::/10;::1"

/** What a client is by configuration; [roles] has a key for each but USER. */
enum dm_role {
    DM_ROLE_USER, /**< nothing said: PCs, phones, printers */
    DM_ROLE_MAIL_SERVER,
    DM_ROLE_LIST_HOST,
    DM_ROLE_RESOLVER,
    DM_ROLE_FORWARDER,
    DM_ROLE_MONITOR,
    DM_ROLE_APP_SERVER,
    DM_ROLE_COUNT
};

struct dm_site;

/** The same prefix under two roles, or twice under managers. */
struct dm_site_clash {
    bool manager; /**< it is in [managers], else in [roles] */
    struct dm_prefix prefix;
    enum dm_role first, second; /**< the two roles, unless manager */
};

/**
 * dm_site_new() - a site of which nothing is known yet. Fill it with the dm_site_add_... calls,
 * then dm_site_seal() it, which also says whether one of them had no memory; it never changes after
 * that.
 * Returns: NULL without memory.   Owner: caller, dm_site_free().
 */
struct dm_site *dm_site_new(void);
void dm_site_free(struct dm_site *site); /**< @site: or NULL */

void dm_site_add_network(struct dm_site *site, const struct dm_prefix *p);
/** dm_site_add_domain() - one of its DNS suffixes.   Returns: 0; DNSMON_EINVAL: no such name. */
int dm_site_add_domain(struct dm_site *site, struct dm_slice name);
/** dm_site_add_subdomain() - a real name under one of them.   Returns: as dm_site_add_domain(). */
int dm_site_add_subdomain(struct dm_site *site, struct dm_slice name);
/** dm_site_set_zone() - NULL or "": the system's.   Returns: 0; DNSMON_EINVAL: no such zone;
 * DNSMON_ENOMEM. */
int dm_site_set_zone(struct dm_site *site, const char *name);
/** dm_site_add_holiday() - @day: days since 1970-01-01. */
void dm_site_add_holiday(struct dm_site *site, int32_t day);
void dm_site_add_role(struct dm_site *site, enum dm_role role, const struct dm_prefix *p);
/** dm_site_add_notifier() - hosts that mail the managers: unless they are mail servers, they have
 * the role of list hosts, whose own look-ups are never reported. */
void dm_site_add_notifier(struct dm_site *site, const struct dm_prefix *p);
/** dm_site_add_host() - one more address of a syslog host name; case does not matter. */
void dm_site_add_host(struct dm_site *site, struct dm_slice name, const struct dm_addr *a);
/** dm_site_add_manager() - @text is copied. */
void dm_site_add_manager(struct dm_site *site, const struct dm_prefix *p, const char *text);

/**
 * dm_site_seal() - make it ready for the questions below. Without any network it gets
 * DM_SITE_NETWORKS_DEFAULT, without a zone the system's.
 * @ret_clash: what is said twice and differently; may be NULL.
 * Returns:    0; DNSMON_EINVAL for a clash, DNSMON_ENOMEM: the site can then only be freed.
 */
int dm_site_seal(struct dm_site *site, struct dm_site_clash *ret_clash);

/** dm_role_name() - such as "mail-server", "user".   Returns: a constant. */
const char *dm_role_name(enum dm_role role);

/** dm_site_inside() - whether an address is in [site] networks.
 * Cost: about 20 ns, no allocation. */
bool dm_site_inside(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_inside_again() - the same for one address after the other.
 * @memo: zeroed for a new site; the network that had the last one. */
bool dm_site_inside_again(const struct dm_site *site, const struct dm_addr *a,
                          struct dm_prefixmap_memo *memo);

/** dm_site_role() - by longest prefix; the same prefix in two roles is a configuration error. */
enum dm_role dm_site_role(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_manager() - who is responsible, by longest prefix.   Returns: text of the site's, NULL.
 */
const char *dm_site_manager(const struct dm_site *site, const struct dm_addr *a);

/** dm_site_local() - whether a name in normal form is under one of [site] domains. */
bool dm_site_local(const struct dm_site *site, struct dm_slice name);

/** dm_site_maybe_local() - false only if a name as printed, in any case and with or without its
 * final dot, cannot be under one of [site] domains.   Cost: a compare of four bytes a domain. */
bool dm_site_maybe_local(const struct dm_site *site, struct dm_slice raw);

/** dm_site_domain_at() - one of [site] domains, in normal form.   @i: from 0 on.
 * Returns: empty: there are no more. */
struct dm_slice dm_site_domain_at(const struct dm_site *site, unsigned i);

/** dm_site_above() - what stands in front of the site's domain in a local name in normal form:
 * "www" of "www.campus.example", the longest domain counts.   Returns: empty if nothing does. */
struct dm_slice dm_site_above(const struct dm_site *site, struct dm_slice name);

/** dm_site_domain() - the longest of [site] domains that @name is under.   Returns: empty: none. */
struct dm_slice dm_site_domain(const struct dm_site *site, struct dm_slice name);

/** dm_site_above_subdomain() - what stands in front of the longest of [site] subdomains that @name
 * is under, as dm_site_above().   Returns: false if it is under none; empty if it is one. */
bool dm_site_above_subdomain(const struct dm_site *site, struct dm_slice name,
                             struct dm_slice *ret_front);

/** dm_site_host_addr() - the @index'th address of a syslog host name ([hosts]).
 * Returns: false if there is none. */
bool dm_site_host_addr(const struct dm_site *site, struct dm_slice host, unsigned index,
                       struct dm_addr *ret);

/** dm_site_only_mail_server() - if [roles] mail-servers is one single address.
 * Returns: false if there are none, several, or a prefix. */
bool dm_site_only_mail_server(const struct dm_site *site, struct dm_addr *ret);

/** dm_site_host_of() - the number of the [hosts] entry that has an address, from 1 on; 0: none.
 * dm_site_host_find() - of a host name; if there is none, of the only one that it is the first
 * label of, or that is its first label ("mx1" and "mx1.example.edu"). */
unsigned dm_site_host_of(const struct dm_site *site, const struct dm_addr *a);
unsigned dm_site_host_find(const struct dm_site *site, struct dm_slice host);

/** dm_site_host_name() - the name of such an entry, as configured.   Returns: the site's. */
const char *dm_site_host_name(const struct dm_site *site, unsigned host);

/** dm_site_zone() - its time zone; lives as long as the site. */
struct dm_zone *dm_site_zone(const struct dm_site *site);

/** dm_site_is_holiday() - Saturday, Sunday or a configured holiday; @day as of dm_zone_day(). */
bool dm_site_is_holiday(const struct dm_site *site, int32_t day);

#endif
