/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The site: three longest-prefix maps (inside, role, manager), a few sorted lists (hosts, domains,
 * holidays) and a time zone. Built once from the configuration, read by many threads afterwards.
 *
 * LIMITS: domains are tried one after the other; a site has a handful.
 */
#include "site/site.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "dns/name.h"
#include "dnsmon/dnsmon.h"
#include "util/copy.h"
#include "util/ptrs.h"
#include "util/value.h"

struct host {
    char *name; /* owned, as written */
    struct dm_addr *addr;
    size_t n, room;
};

struct dm_site {
    struct dm_prefixmap networks;  /* value unused */
    struct dm_prefixmap roles;     /* value: enum dm_role */
    struct dm_prefixmap managers;  /* value: index in manager_texts */
    struct dm_prefixmap notifiers; /* value unused */
    struct dm_ptrs manager_texts;  /* of char * */
    struct dm_ptrs domains;        /* of char *, normal form */
    struct dm_ptrs subdomains;     /* the same */
    struct host *host;             /* sorted by name once sealed */
    size_t n_hosts, hosts_room;
    int32_t *holiday; /* sorted once sealed */
    size_t n_holidays, holidays_room;
    struct dm_zone *zone;
    bool failed;           /* there was no memory for something; dm_site_seal() says so */
    unsigned mail_servers; /* entries of the role */
    struct dm_prefix mail_server;
};

const char *dm_role_name(enum dm_role role)
{
    static const char *const names[DM_ROLE_COUNT] = {
        [DM_ROLE_USER] = "user",
        [DM_ROLE_MAIL_SERVER] = "mail-server",
        [DM_ROLE_LIST_HOST] = "list-host",
        [DM_ROLE_RESOLVER] = "resolver",
        [DM_ROLE_FORWARDER] = "forwarder",
        [DM_ROLE_MONITOR] = "monitor",
        [DM_ROLE_APP_SERVER] = "app-server",
    };

    assert(role < DM_ROLE_COUNT);
    return names[role];
}

struct dm_site *dm_site_new(void)
{
    return g_try_new0(struct dm_site, 1);
}

void dm_site_free(struct dm_site *site)
{
    if (site == NULL) {
        return;
    }
    dm_prefixmap_clear(&site->networks);
    dm_prefixmap_clear(&site->roles);
    dm_prefixmap_clear(&site->managers);
    dm_prefixmap_clear(&site->notifiers);
    dm_ptrs_clear(&site->manager_texts, g_free);
    dm_ptrs_clear(&site->domains, g_free);
    dm_ptrs_clear(&site->subdomains, g_free);
    for (size_t i = 0; i < site->n_hosts; i++) {
        g_free(site->host[i].name);
        g_free(site->host[i].addr);
    }
    g_free(site->host);
    g_free(site->holiday);
    dm_zone_free(site->zone);
    g_free(site);
}

void dm_site_add_network(struct dm_site *site, const struct dm_prefix *p)
{
    dm_prefixmap_add(&site->networks, p, 0);
}

/* A text at the end of a list, which owns it.   @text: or NULL. */
static void add_text(struct dm_site *site, struct dm_ptrs *list, char *text)
{
    if (!text || dm_ptrs_insert(list, list->len, text) < 0) {
        g_free(text);
        site->failed = true;
    }
}

static int add_name(struct dm_site *site, struct dm_ptrs *names, struct dm_slice name)
{
    struct dm_name norm;

    dm_name_normalise(name, &norm);
    if (norm.len == 0 || (norm.bits & DM_NAME_INVALID) != 0) {
        return DNSMON_EINVAL;
    }
    add_text(site, names, dm_copy_slice(dm_slice_make(norm.text, norm.len)));
    return 0;
}

int dm_site_add_domain(struct dm_site *site, struct dm_slice name)
{
    return add_name(site, &site->domains, name);
}

int dm_site_add_subdomain(struct dm_site *site, struct dm_slice name)
{
    return add_name(site, &site->subdomains, name);
}

int dm_site_set_zone(struct dm_site *site, const char *name)
{
    if (!dm_zone_has_room()) {
        site->failed = true;
        return DNSMON_ENOMEM;
    }
    struct dm_zone *zone = dm_zone_new(name);
    if (zone == NULL) {
        return DNSMON_EINVAL;
    }
    dm_zone_free(site->zone);
    site->zone = zone;
    return 0;
}

void dm_site_add_holiday(struct dm_site *site, int32_t day)
{
    int32_t *v =
        dm_array_room(site->holiday, site->n_holidays, &site->holidays_room, sizeof *site->holiday);

    if (!v) {
        site->failed = true;
        return;
    }
    site->holiday = v;
    v[site->n_holidays++] = day;
}

void dm_site_add_role(struct dm_site *site, enum dm_role role, const struct dm_prefix *p)
{
    dm_prefixmap_add(&site->roles, p, (uint32_t)role);
    if (role == DM_ROLE_MAIL_SERVER) {
        site->mail_servers++;
        site->mail_server = *p;
    }
}

void dm_site_add_notifier(struct dm_site *site, const struct dm_prefix *p)
{
    dm_prefixmap_add(&site->notifiers, p, 0);
}

/* A host name against a slice, without regard to case, as qsort() wants it. */
static int compare_name(const char *name, struct dm_slice s)
{
    size_t len = strlen(name), n = len < s.n ? len : s.n;
    int order = n > 0 ? g_ascii_strncasecmp(name, s.p, n) : 0;

    return order != 0 ? order : (len > s.n) - (len < s.n);
}

/* The entry of a name, perhaps a new one without an address.   Returns: NULL without memory. */
static struct host *host_named(struct dm_site *site, struct dm_slice name)
{
    for (size_t i = 0; i < site->n_hosts; i++) {
        if (compare_name(site->host[i].name, name) == 0) {
            return &site->host[i];
        }
    }
    struct host *v =
        dm_array_room(site->host, site->n_hosts, &site->hosts_room, sizeof *site->host);
    char *copy = v ? dm_copy_slice(name) : NULL;
    site->host = v ? v : site->host;
    if (!copy) {
        return NULL;
    }
    v[site->n_hosts] = (struct host){.name = copy};
    return &v[site->n_hosts++];
}

void dm_site_add_host(struct dm_site *site, struct dm_slice name, const struct dm_addr *a)
{
    struct host *h = host_named(site, name);
    struct dm_addr *v = h ? dm_array_room(h->addr, h->n, &h->room, sizeof *h->addr) : NULL;

    if (!v) {
        site->failed = true;
        return;
    }
    h->addr = v;
    v[h->n++] = *a;
}

void dm_site_add_manager(struct dm_site *site, const struct dm_prefix *p, const char *text)
{
    dm_prefixmap_add(&site->managers, p, site->manager_texts.len);
    add_text(site, &site->manager_texts, dm_copy_text(text));
}

static void add_default_networks(struct dm_site *site)
{
    struct dm_slice rest = DM_SLICE(DM_SITE_NETWORKS_DEFAULT), item;
    struct dm_prefix p;

    while (dm_list_next(&rest, &item)) {
        if (dm_prefix_parse(item, &p) == 0) {
            dm_site_add_network(site, &p);
        }
    }
}

static int compare_hosts(const void *va, const void *vb)
{
    const struct host *a = va, *b = vb;

    return compare_name(a->name, dm_slice_make(b->name, strlen(b->name)));
}

static int compare_days(const void *va, const void *vb)
{
    const int32_t *a = va, *b = vb;

    return (*a > *b) - (*a < *b);
}

static int seal_maps(struct dm_site *site, struct dm_site_clash *ret_clash)
{
    struct dm_prefixmap_clash clash = {0};
    struct dm_site_clash told = {0};

    if (site->networks.n == 0) {
        add_default_networks(site);
    }
    if (dm_prefixmap_seal(&site->networks, NULL) < 0 ||
        dm_prefixmap_seal(&site->notifiers, NULL) < 0) {
        return DNSMON_ENOMEM; /* they have no values that could clash */
    }
    int rc = dm_prefixmap_seal(&site->roles, &clash);
    if (rc < 0) {
        told.first = (enum dm_role)clash.first;
        told.second = (enum dm_role)clash.second;
    } else if ((rc = dm_prefixmap_seal(&site->managers, &clash)) < 0) {
        told.manager = true;
    }
    told.prefix = clash.prefix;
    if (rc == DNSMON_EINVAL && ret_clash) {
        *ret_clash = told;
    }
    return rc;
}

int dm_site_seal(struct dm_site *site, struct dm_site_clash *ret_clash)
{
    int rc = site->failed ? DNSMON_ENOMEM : seal_maps(site, ret_clash);

    if (rc < 0) {
        return rc;
    }
    if (site->n_hosts > 1) {
        qsort(site->host, site->n_hosts, sizeof *site->host, compare_hosts);
    }
    if (site->n_holidays > 1) {
        qsort(site->holiday, site->n_holidays, sizeof *site->holiday, compare_days);
    }
    if (site->zone == NULL) {
        rc = dm_site_set_zone(site, NULL);
    }
    return rc == DNSMON_EINVAL ? dm_site_set_zone(site, "UTC") : rc;
}

bool dm_site_inside(const struct dm_site *site, const struct dm_addr *a)
{
    uint32_t unused;

    return dm_prefixmap_find(&site->networks, a, &unused);
}

bool dm_site_inside_again(const struct dm_site *site, const struct dm_addr *a,
                          struct dm_prefixmap_memo *memo)
{
    return dm_prefixmap_has(&site->networks, a, memo);
}

enum dm_role dm_site_role(const struct dm_site *site, const struct dm_addr *a)
{
    uint32_t role = DM_ROLE_USER, unused;

    dm_prefixmap_find(&site->roles, a, &role);
    if (role != DM_ROLE_MAIL_SERVER && site->notifiers.n > 0 &&
        dm_prefixmap_find(&site->notifiers, a, &unused)) {
        return DM_ROLE_LIST_HOST;
    }
    return (enum dm_role)role;
}

const char *dm_site_manager(const struct dm_site *site, const struct dm_addr *a)
{
    uint32_t index;

    return dm_prefixmap_find(&site->managers, a, &index) ? site->manager_texts.v[index] : NULL;
}

/* The longest of @zones that @name is under; empty: none. */
static struct dm_slice longest(const struct dm_ptrs *zones, struct dm_slice name)
{
    struct dm_slice best = DM_SLICE("");

    for (unsigned i = 0; i < zones->len; i++) {
        const char *text = zones->v[i];
        struct dm_slice zone = dm_slice_make(text, strlen(text));
        if (zone.n > best.n && dm_name_under(name, zone)) {
            best = zone;
        }
    }
    return best;
}

/* What stands in front of @zone in a name under it. */
static struct dm_slice front_of(struct dm_slice name, struct dm_slice zone)
{
    return zone.n && name.n > zone.n + 1 ? dm_slice_head(name, name.n - zone.n - 1) : DM_SLICE("");
}

struct dm_slice dm_site_domain(const struct dm_site *site, struct dm_slice name)
{
    return longest(&site->domains, name);
}

struct dm_slice dm_site_domain_at(const struct dm_site *site, unsigned i)
{
    const char *text = i < site->domains.len ? site->domains.v[i] : "";

    return dm_slice_make(text, strlen(text));
}

bool dm_site_local(const struct dm_site *site, struct dm_slice name)
{
    return dm_site_domain(site, name).n > 0;
}

struct dm_slice dm_site_above(const struct dm_site *site, struct dm_slice name)
{
    return front_of(name, dm_site_domain(site, name));
}

bool dm_site_above_subdomain(const struct dm_site *site, struct dm_slice name,
                             struct dm_slice *ret_front)
{
    struct dm_slice zone = longest(&site->subdomains, name);

    if (zone.n > 0) {
        *ret_front = front_of(name, zone);
    }
    return zone.n > 0;
}

/* Four bytes in one word, upper and lower case alike. */
static uint32_t fold(const char *p)
{
    uint32_t word;

    memcpy(&word, p, sizeof word);
    return word | 0x20202020u;
}

bool dm_site_maybe_local(const struct dm_site *site, struct dm_slice raw)
{
    size_t n = raw.n - (raw.n > 0 && raw.p[raw.n - 1] == '.');

    for (unsigned i = 0; i < site->domains.len && n >= sizeof(uint32_t); i++) {
        const char *zone = site->domains.v[i];
        size_t len = strlen(zone);
        if (len < sizeof(uint32_t) ||
            fold(raw.p + n - sizeof(uint32_t)) == fold(zone + len - sizeof(uint32_t))) {
            return true;
        }
    }
    return false;
}

bool dm_site_only_mail_server(const struct dm_site *site, struct dm_addr *ret)
{
    if (site->mail_servers != 1 || site->mail_server.len != 128) {
        return false;
    }
    *ret = site->mail_server.addr;
    return true;
}

static int find_host(const void *key, const void *element)
{
    return -compare_name(((const struct host *)element)->name, *(const struct dm_slice *)key);
}

/* Whether one of two names is the other's first label: "mx1" and "mx1.example.edu". */
static bool is_short_form(struct dm_slice a, struct dm_slice b)
{
    struct dm_slice few = a.n < b.n ? a : b, many = a.n < b.n ? b : a;

    return few.n > 0 && few.n < many.n && many.p[few.n] == '.' &&
           memchr(few.p, '.', few.n) == NULL && g_ascii_strncasecmp(few.p, many.p, few.n) == 0;
}

/* A host writes its name into the log short or whole, as its syslog daemon pleases.   Returns: the
 * only entry that is meant in this way, from 1 on; 0: none, or several. */
static unsigned find_other_form(const struct dm_site *site, struct dm_slice host)
{
    unsigned found = 0;
    struct dm_addr unused;

    if (dm_addr_parse(host, &unused) == 0) {
        return 0;
    }
    for (unsigned i = 0; i < site->n_hosts; i++) {
        const char *name = site->host[i].name;
        if (!is_short_form(host, dm_slice_make(name, strlen(name)))) {
            continue;
        }
        if (found) {
            return 0;
        }
        found = i + 1;
    }
    return found;
}

unsigned dm_site_host_find(const struct dm_site *site, struct dm_slice host)
{
    const struct host *first = site->host, *h = NULL;

    if (site->n_hosts > 0 && host.n > 0) {
        h = bsearch(&host, first, site->n_hosts, sizeof *h, find_host);
        if (h == NULL) {
            return find_other_form(site, host);
        }
    }
    return h ? (unsigned)(h - first) + 1 : 0;
}

unsigned dm_site_host_of(const struct dm_site *site, const struct dm_addr *a)
{
    for (unsigned i = 0; i < site->n_hosts; i++) {
        for (size_t k = 0; k < site->host[i].n; k++) {
            if (dm_addr_eq(&site->host[i].addr[k], a)) {
                return i + 1;
            }
        }
    }
    return 0;
}

bool dm_site_host_addr(const struct dm_site *site, struct dm_slice host, unsigned index,
                       struct dm_addr *ret)
{
    unsigned at = dm_site_host_find(site, host);

    if (at == 0 || index >= site->host[at - 1].n) {
        return false;
    }
    *ret = site->host[at - 1].addr[index];
    return true;
}

const char *dm_site_host_name(const struct dm_site *site, unsigned host)
{
    return site->host[host - 1].name;
}

struct dm_zone *dm_site_zone(const struct dm_site *site)
{
    return site->zone;
}

bool dm_site_is_holiday(const struct dm_site *site, int32_t day)
{
    int weekday =
        (int)((((int64_t)day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday; Sunday: 0 */

    if (weekday == 0 || weekday == 6) {
        return true;
    }
    return site->n_holidays > 0 &&
           bsearch(&day, site->holiday, site->n_holidays, sizeof day, compare_days) != NULL;
}
