/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND query lines of four ages, and the names in them.
 *
 * Source: doc/FORMATS.md (BIND); the trie is S1 Figure 2 as cleaned in doc/SCIENCE.md A.5.
 * LIMITS: no views, no ECS, no TCP; the port and the pointer are made from the line's number.
 */
#include "gen.h"

/* In the order of enum label_id. */
static const char *const labels[] = {
    "", "www", "api", "cdn", "img", "static", "login", "edge", "push", "mail", "smtp", "imap", "mx",
    "mx1", "mx2", "in", "autoconfig", "autodiscover", "_dmarc", "sel1._domainkey", "_25._tcp.mx",
    "_ldap._tcp.dc", "ns1",
    /* S0 3.2, Mydoom.A */
    "mx", "mail", "smtp", "mx1", "mxs", "mail1", "relay", "ns", "gate",
    /* S1 Figure 2; the rows of trie_weights[] */
    "mail", "smtp", "mail1", "mailhub", "mail2", "relay", "mailgate", "inbound", "mail-in", "mails",
    "smtp1", "mx01", "mail0", "barracuda", "smtp-in", "server", "email", "mail3", "mx1", "mx0",
    "mx", "mx2", "pop", "spam", "www", "mx3", "post", "gate", "filter", "mx4", "ns", "core", "web",
    "n1", "3d", "5a", "1x", "las", "exch", "host"};

/* Distinct names that begin so in the figure's fourth and fifth columns; the last rows make the six
 * keywords 70 % of the whole. */
static const uint16_t trie_weights[] = {5894, 491, 229, 201, 200, 195, 162, 134, 129, 108,
                                        96,   91,  74,  74,  72,  79,  73,  65,  360, 311,
                                        378,  167, 118, 101, 91,  79,  69,  64,  51,  47,
                                        55,   67,  57,  566, 542, 490, 462, 403, 395, 363};
#define TRIE_WORDS (sizeof trie_weights / sizeof trie_weights[0])
_Static_assert(L_TRIE + TRIE_WORDS == sizeof labels / sizeof labels[0], "a label without weight");

uint16_t trie_label(struct rng *r)
{
    static uint32_t total;
    uint32_t x, i = 0;

    for (size_t k = 0; total == 0 || (k > 0 && k < TRIE_WORDS); k++) {
        total += trie_weights[k];
    }
    x = rng_below(r, total);
    while (x >= trie_weights[i]) {
        x -= trie_weights[i++];
    }
    return (uint16_t)(L_TRIE + i);
}

static const char *const type_names[] = {"A",   "AAAA", "MX", "PTR", "TXT", "HTTPS",
                                         "SRV", "TLSA", "NS", "DS",  "ANY", "SOA"};

static void numbered(const char *before, uint32_t n, const char *after)
{
    out_text(before);
    out_uint(n);
    out_text(after);
}

static void print_base(const struct item *it)
{
    switch ((enum base)it->base) {
    case BASE_DOMAIN:
        numbered("d", it->n, ".example");
        break;
    case BASE_FREEMAIL:
        numbered("free", it->n, ".example");
        break;
    case BASE_SITE:
        numbered("h", it->n, ".campus.example");
        break;
    case BASE_FORGED:
        numbered("ev--", it->n, ".com");
        break;
    case BASE_FORGED_SEARCH:
        numbered("ev--", it->n, ".com.campus.example");
        break;
    case BASE_REVERSE:
        out_ip_reversed(it->n);
        out_text("in-addr.arpa");
        break;
    case BASE_DNSSD:
        numbered("lb._dns-sd._udp.0.", it->n & 255, ".1.10.in-addr.arpa");
        break;
    case BASE_LOOPBACK:
        out_text("1.0.0.127.in-addr.arpa");
        break;
    case BASE_SINGLE:
        numbered("WORKGROUP", it->n, "");
        break;
    case BASE_DNSBL:
        out_ip_reversed(it->n);
        out_text("bl.dnsbl.example");
        break;
    case BASE_ROOT:
        out_char((char)('A' + it->n % 13));
        out_text(".ROOT-SERVERS.NET");
        break;
    case BASE_RANDOM:
        out_letters(it->n, 12);
        numbered(".d", it->label, ".example");
        break;
    case BASE_DGA:
        out_letters(it->n, 12);
        out_text(".example");
        break;
    case BASE_EXFIL:
        out_letters(it->n, 40);
        numbered(".t", it->label, ".example");
        break;
    }
}

static void print_name(const struct item *it)
{
    if (it->base < BASE_RANDOM && it->label != L_NONE) {
        out_text(labels[it->label]);
        out_char('.');
    }
    print_base(it);
}

static void print_pointer(uint32_t seq)
{
    static const char hex[] = "0123456789abcdef";

    out_text("@0x7f3c");
    for (int shift = 28; shift >= 0; shift -= 4) {
        out_char(hex[seq >> shift & 15]);
    }
    out_char(' ');
}

void emit_query(const struct item *it)
{
    enum qtype type = (enum qtype)(it->type & ~Q_RD_OFF);

    out_stamp(it->t);
    out_text("ns1 named[217]: client ");
    if (opt.bind != BIND_9_2) {
        print_pointer(it->seq);
    }
    out_ip(it->ip);
    out_char('#');
    out_uint(1024 + it->seq % 60000);
    if (opt.bind != BIND_9_2) {
        out_text(" (");
        print_name(it);
        out_char(')');
    }
    out_text(": query: ");
    print_name(it);
    out_text(" IN ");
    out_text(type == Q_HTTPS && opt.bind <= BIND_9_11 ? "TYPE65" : type_names[type]);
    if (opt.bind != BIND_9_2) {
        out_text(it->type & Q_RD_OFF ? " -" : " +");
        out_text(opt.bind == BIND_9_20   ? "E(0)K (192.0.2.2)"
                 : opt.bind == BIND_9_18 ? "E(0) (192.0.2.2)"
                                         : " (192.0.2.2)");
    }
    out_char('\n');
}
