/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the files of the labelled generator share: options, the queue of lines to be, the streams
 * that fill it, the population and the labels.
 *
 * Everything that happens is a stream: a function that acts at its time and says when it acts
 * next. Each has its own random numbers, so that leaving one stream out (--thin) changes no other.
 */
#ifndef DM_EVAL_GEN_GEN_H
#define DM_EVAL_GEN_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* Lines are made, sorted and printed by slices of this length. */
#define SLICE (10 * MINUTE)
/* 2026-04-06 is a Monday; all times are ms since 1970 UTC, and the site lives in UTC. */
#define EPOCH_DAY 20549LL
#define START (EPOCH_DAY * DAY)

/* ---- options.c ---- */
enum bind_form { BIND_9_2, BIND_9_11, BIND_9_18, BIND_9_20 };
enum postfix_form { POSTFIX_2_0, POSTFIX_3 };
#define INFECTIONS 25 /* I1 .. I24; 0 is none */

struct options {
    uint64_t seed;
    uint32_t days, clients, starts, big;
    double scale, mail_scale;
    bool thin, modern_mta, only_conf, few_roles;
    bool infect[INFECTIONS];
    enum bind_form bind;
    enum postfix_form postfix;
    const char *labels, *conf;
};
extern struct options opt;

/** options_read() - fill opt from the command line; ends the program on a mistake. */
void options_read(int argc, char **argv);

/** run_end() - when the last line may be, ms. */
int64_t run_end(void);

/* ---- rng.c ---- */
/** A random number generator of eight bytes (splitmix64). */
struct rng {
    uint64_t s;
};

/** rng_of() - the generator of thing number @i of kind @kind; --seed is mixed in. */
struct rng rng_of(uint32_t kind, uint32_t i);
uint64_t rng_next(struct rng *r);
/** rng_unit() - in (0, 1). */
double rng_unit(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);
bool rng_chance(struct rng *r, double p);
/** rng_gap() - ms to the next event of a Poisson process with @per_hour. */
int64_t rng_gap(struct rng *r, double per_hour);
uint32_t rng_poisson(struct rng *r, double mean);
double rng_normal(struct rng *r);
/** rng_zipf() - rank 0 .. n - 1, P(rank) ~ 1 / (rank + 1). */
uint32_t rng_zipf(struct rng *r, uint32_t n);

/* ---- calendar.c ---- */
bool calendar_holiday(int64_t t);     /* a weekend day or holiday */
double calendar_activity(int64_t t);  /* of people; its mean over a weekday is about 1 */
#define ACTIVITY_MAX 4.5              /* never more: the Monday burst in a busy semester */
int64_t calendar_midnight(int64_t t); /* the local day's begin */
/** calendar_gap() - when a Poisson process with @per_hour x activity acts next, after @t. */
int64_t calendar_gap(struct rng *r, int64_t t, double per_hour);
/** calendar_print() - "2026-04-15;..." for the configuration. */
const char *calendar_holidays(void);

/* ---- item.c: the queue ---- */
enum item_kind {
    ITEM_QUERY,
    ITEM_CONNECT,
    ITEM_DISCONNECT,
    ITEM_CLIENT,
    ITEM_FROM,
    ITEM_SENT,
    ITEM_REMOVED,
    ITEM_USER_UNKNOWN,
    ITEM_RELAY_DENIED,
    ITEM_RCPT_REJECTED,
    ITEM_POP3,
    ITEM_IPLOG,
    ITEM_NETFILTER,
};

enum qtype {
    Q_A,
    Q_AAAA,
    Q_MX,
    Q_PTR,
    Q_TXT,
    Q_HTTPS,
    Q_SRV,
    Q_TLSA,
    Q_NS,
    Q_DS,
    Q_ANY,
    Q_SOA,
    Q_RD_OFF = 0x80 /* added: recursion not desired */
};

/** How a name is built from item.label and item.n; see emit_bind.c. */
enum base {
    BASE_DOMAIN,        /* d123.example: a registered domain, numbered by popularity */
    BASE_FREEMAIL,      /* free3.example */
    BASE_SITE,          /* h12.campus.example: the site's own */
    BASE_FORGED,        /* ev--123.com: no such domain can be registered (RFC 5891 4.2.3.1) */
    BASE_FORGED_SEARCH, /* ev--123.com.campus.example */
    BASE_REVERSE,       /* 4.3.2.1.in-addr.arpa; n is the address */
    BASE_DNSSD,
    BASE_LOOPBACK, /* 1.0.0.127.in-addr.arpa */
    BASE_SINGLE,   /* WORKGROUP3: one label */
    BASE_DNSBL,    /* 4.3.2.1.bl.dnsbl.example */
    BASE_ROOT,     /* A.ROOT-SERVERS.NET */
    BASE_RANDOM,   /* 12 letters . d<label>.example, all different */
    BASE_DGA,      /* 12 letters .example */
    BASE_EXFIL,    /* 40 letters . t<label>.example */
};

struct item {
    int64_t t;
    uint32_t seq;
    uint32_t ip; /* the asking client, or the peer of a mail line; host byte order */
    uint32_t n;  /* names: see enum base; mail: a number for queue id and addresses */
    uint16_t label;
    uint8_t kind, base, type;
    uint8_t host;  /* mail lines: which server logs */
    uint8_t extra; /* mail lines: see emit_mail.c */
};

/** queue_add() - a line to be; its seq is given here. */
void queue_add(struct item it);
/** queue_print() - in time order, all that is before @end. */
void queue_print(int64_t end);

/** query() - a DNS query of @ip for label . base(n). */
void query(int64_t t, uint32_t ip, enum qtype type, uint16_t label, enum base base, uint32_t n);

/* ---- names: emit_bind.c ---- */
enum label_id {
    L_NONE,
    L_WEB, /* the first of eight: www, api, cdn, ... */
    L_MAIL = L_WEB + 8,
    L_SMTP,
    L_IMAP,
    L_MX,
    L_MX1,
    L_MX2,
    L_IN,
    L_AUTOCONFIG,
    L_AUTODISCOVER,
    L_DMARC,
    L_DKIM,
    L_TLSA,
    L_LDAP,
    L_NS1,
    L_MYDOOM,              /* the first of nine: S0's list */
    L_TRIE = L_MYDOOM + 9, /* the first of S1's Figure 2 */
};
#define MYDOOM_WORDS 9
/** trie_label() - a first label as Mytob asked for it, S1 Figure 2 (doc/SCIENCE.md A.5). */
uint16_t trie_label(struct rng *r);

/* ---- printing ---- */
void emit_query(const struct item *it);
void emit_mail(const struct item *it);
void emit_tcp(const struct item *it);
void out_stamp(int64_t t);
void out_text(const char *s);
void out_char(char c);
void out_uint(uint32_t n);
void out_ip(uint32_t ip);
void out_ip_reversed(uint32_t ip);
void out_letters(uint64_t seed, unsigned n);
/** out_flush() - Returns: 0 when everything was written. */
int out_flush(void);

/* ---- population.c ---- */
enum role {
    ROLE_PC,
    ROLE_PHONE,
    ROLE_IOT,
    ROLE_SERVER,
    ROLE_MTA,
    ROLE_LIST,
    ROLE_FORWARDER,
    ROLE_RESOLVER,
    ROLE_MONITOR,
    ROLE_LLMNR,
    ROLE_COUNT
};
extern const char *const role_names[ROLE_COUNT];

#define KEEPS 12
struct client {
    enum role role;
    uint32_t ip;      /* its address, apart from DHCP swaps */
    uint32_t partner; /* the client it swaps addresses with; itself: none */
    double per_day;   /* look-ups on a weekday */
    struct rng bulk;
    struct {
        int64_t from, to;
    } keep[KEEPS]; /* --thin leaves its bulk in these */
    uint32_t keeps;
    bool mac, swapped, infected, listed;
    uint8_t ptr_tool; /* asks for strangers' addresses */
};
extern struct client *clients;
extern uint32_t clients_count, role_first[ROLE_COUNT + 1];

#define KEYWORD_DOMAINS 200000 /* registered domains that people visit, doc/SCIENCE.md D.1 */
#define SPAM_DOMAINS                                                                               \
    2000000         /* domains in a spammer's list: own choice, the mail domains of the            \
                       world; the site's servers ask for few of them */
#define FREEMAIL 20 /* big mail providers, which everybody asks for: own choice */

void population_make(void);
/** population_lease() - at a lease's end: a tenth of the DHCP pairs swap their addresses. */
void population_lease(int64_t t);
/** client_ip() - its address now. */
uint32_t client_ip(uint32_t cli);
/** client_keep() - thinning spares its bulk look-ups from the day before @from to @to and longer.
 */
void client_keep(uint32_t cli, int64_t from, int64_t to);
/** client_spare() - the same for just that time: where no event will come of it. */
void client_spare(uint32_t cli, int64_t from, int64_t to);
/** population_bulk() - the ordinary look-ups of everybody in a slice. */
void population_bulk(int64_t from);

/* ---- streams: stream.c ---- */
struct stream;
typedef void (*step_fn)(struct stream *s, int64_t t);
#define NEVER INT64_MAX

struct stream {
    int64_t next;
    int64_t end;
    step_fn step;
    struct rng rng;
    double per_hour;
    uint32_t cli; /* client, or number of the mail server */
    uint32_t a, b;
    struct label *label;
    const void *spec;
};

/** stream_add() - the caller fills in the rest; valid until the next call. */
struct stream *stream_add(step_fn step, uint32_t cli, int64_t first, uint32_t kind, uint32_t i);
void streams_run(int64_t until);

/* ---- benign.c, mta.c, infect.c, mail_attack.c ---- */
void benign_make(void);
void mta_make(void);
void infections_make(void);
void mail_attacks_make(void);

#define PEERS 65536 /* strange hosts, in 198.18.0.0/15 (RFC 2544) */
uint32_t peer_ip(uint32_t i);
struct mta {
    uint32_t ip;
    double per_hour; /* connections at activity 1 */
    double q_weekday, q_holiday, background_weekday, background_holiday;
    uint64_t connections, messages, received, dns, destinations, pop3; /* of weekdays */
};
#define MTAS_MAX 64
extern struct mta mtas[MTAS_MAX];
extern uint32_t mtas_count;
#define MTA_N                                                                                      \
    6.8 /* destination domains of a transmitted message: doc/SCIENCE.md A.7, k 2, q .5             \
         */
/** mta_reject() - a connection that ends in a reject; the DNS queries belong to it. */
void mta_reject(uint32_t mta, int64_t t, uint32_t peer, enum item_kind why, uint32_t rcpt,
                struct rng *r);

/* ---- label.c ---- */
#define LABEL_TIMES 2000 /* look-ups whose times a label keeps; own choice */
#define LABEL_SPANS 128

struct label {
    const char *id, *truth;
    uint32_t no, server; /* server: 1 + number of the mail server; 0: a client */
    bool ptr_tool;       /* its host has that tool */
    uint32_t peer;       /* the attacking peer, 0: none or many */
    int64_t start, end, first, last;
    uint32_t lookups, novel;
    int64_t *times, *novel_times;
    struct {
        uint32_t ip;
        int64_t from, to;
    } spans[LABEL_SPANS];
    uint32_t spans_count;
};

struct label *label_new(const char *id, const char *truth, uint32_t no, int64_t start, int64_t end);
/** label_lookup() - one malicious look-up of @ip; @novel: of a domain that is new to it. */
void label_lookup(struct label *l, int64_t t, uint32_t ip, bool novel);
void labels_write(const char *path);
void conf_write(const char *path);

#endif
