/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Many lines at a time are what they are one by one: the same observations, the same counters, and
 * the same sense of time, whatever is in the text, wherever it is cut into pieces. By a law under
 * random texts of all forms that have a short way, some lines of them damaged. A failing case is
 * repeated with DM_TEST_SEED=<printed seed>.
 */
#include "parse_case.h"

#include "dnsmon/dnsmon.h"
#include "monitor/feed_parts.h"

/* Lines of one text, and texts. */
#define LINES 60
#define TEXTS 600

struct side {
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
};

static void open_side(struct side *s)
{
    char why[DNSMON_ERRLEN];

    assert_int_equal(dnsmon_config_load(NULL, &s->cfg, why, sizeof why), 0);
    assert_int_equal(dnsmon_monitor_new(s->cfg, DNSMON_REPLAY, &s->mon), 0);
    dnsmon_monitor_set_year(s->mon, 2026);
    assert_int_equal(dnsmon_feed_new(s->mon, &s->feed), 0);
    assert_int_equal(dnsmon_feed_hold(s->feed), 0);
}

static void close_side(struct side *s)
{
    dnsmon_feed_free(s->feed);
    dnsmon_monitor_free(s->mon);
    dnsmon_config_free(s->cfg);
}

static const char *one_of(GRand *r, const char *const *words, int n)
{
    return words[g_rand_int_range(r, 0, n)];
}

#define ONE_OF(r, words) one_of(r, words, G_N_ELEMENTS(words))

/* What stands in front of "client": headers of a few hosts, in a few seconds. */
static void add_front(GRand *r, GString *s)
{
    static const char *const hosts[] = {
        "ns1", "ns2.example", "192.0.2.53",
        "a]b", "[::1]:",      "a-log-host-with-a-name-longer-than-is-remembered.example.test"};
    static const char *const programs[] = {
        "named[211]: ", "named[212]: ", "named: ",     "x[1]: ",
        "unbound[7]: ", "named[211]:",  "named[211] ", "postfix/smtpd[3]: "};
    static const char *const words[] = {"queries: info: ", "queries: info: ", "",
                                        "info: ", "general: "};
    int second = g_rand_int_range(r, 0, 3), ms = g_rand_int_range(r, 0, 1000);

    switch (g_rand_int_range(r, 0, 8)) {
    case 0:
    case 1:
        g_string_append_printf(s, "21-Nov-2026 06:25:%02d.%03d ", second, ms);
        break;
    case 2:
    case 3:
    case 4:
        g_string_append_printf(s, "Nov 21 06:25:%02d %s %s", second, ONE_OF(r, hosts),
                               ONE_OF(r, programs));
        break;
    case 5:
        g_string_append_printf(s, "2026-11-21T06:25:%02d.%03d%s+09:00 %s %s", second, ms,
                               g_rand_boolean(r) ? "123" : "", ONE_OF(r, hosts),
                               ONE_OF(r, programs));
        break;
    case 6:
        g_string_append_printf(s, "2026-11-21T06:25:%02dZ %s %s", second, ONE_OF(r, hosts),
                               ONE_OF(r, programs));
        break;
    default:
        break;
    }
    g_string_append(s, ONE_OF(r, words));
}

static void add_line(GRand *r, GString *s)
{
    static const char *const addrs[] = {"192.0.2.7", "10.98.7.6", "2001:db8::7", "255.255.255.255",
                                        "1.2.3.4"};
    static const char *const names[] = {"www.example", "mx1.example.test", "a",
                                        "a-name-of-more-than-32-bytes-in-all.example.test",
                                        "4.3.2.1.in-addr.arpa"};
    static const char *const views[] = {"", "", "", "view internal: "};
    static const char *const rests[] = {"IN A +E(0)K (192.0.2.53)", "IN MX + (192.0.2.53)",
                                        "IN AAAA -E(0)DC (2001:db8::53)", "IN PTR + (192.0.2.53)",
                                        "IN A +"};
    const char *name = ONE_OF(r, names);

    add_front(r, s);
    g_string_append_printf(s, "client %s%s#%d (%s): %squery: %s %s",
                           g_rand_boolean(r) ? "@0x7fbad7a6e098 " : "", ONE_OF(r, addrs),
                           g_rand_int_range(r, 0, 66000), name, ONE_OF(r, views), name,
                           ONE_OF(r, rests));
}

/* Bytes changed, put in or taken away, newlines too. */
static void damage(GRand *r, GString *s, gsize from)
{
    for (int i = g_rand_int_range(r, 0, 3); i > 0 && s->len > from; i--) {
        gssize at = g_rand_int_range(r, (gint)from, (gint)s->len);
        switch (g_rand_int_range(r, 0, 3)) {
        case 0:
            s->str[at] = (char)g_rand_int_range(r, 0, 256);
            break;
        case 1:
            g_string_erase(s, at, 1);
            break;
        default:
            g_string_insert_c(s, at, "\n\r :]#"[g_rand_int_range(r, 0, 6)]);
        }
    }
}

static GString *random_text(GRand *r)
{
    GString *s = g_string_new(NULL);

    for (int i = g_rand_int_range(r, 0, LINES); i > 0; i--) {
        gsize from = s->len;
        add_line(r, s);
        if (g_rand_int_range(r, 0, 5) == 0) {
            damage(r, s, from);
        }
        if (i > 1 || g_rand_boolean(r)) {
            g_string_append_c(s, '\n');
        }
    }
    return s;
}

/* The text in memory of exactly its size, so that a sanitizer sees a byte read too far. */
static int feed_lines(dnsmon_feed_t *feed, const GString *s)
{
    char *exact = malloc(s->len ? s->len : 1);

    memcpy(exact, s->str, s->len);
    int n = dnsmon_feed_lines(feed, exact, s->len);
    free(exact);
    return n;
}

static int feed_each(dnsmon_feed_t *feed, const GString *s)
{
    const char *p = s->str, *end = p + s->len;
    int n = 0;

    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((nl ? nl : end) - p);
        n += dnsmon_feed_line(feed, p, len);
        p += len + 1;
    }
    return n;
}

/* The same by the long way: nothing is remembered. */
static int feed_long(dnsmon_feed_t *feed, const GString *s)
{
    feed->parse.brief = false;
    return feed_each(feed, s);
}

static void same_feeds(const dnsmon_feed_t *a, const dnsmon_feed_t *b)
{
    assert_int_equal(a->batch.n, b->batch.n);
    for (size_t i = 0; i < a->batch.n; i++) {
        assert_memory_equal(&a->batch.obs[i], &b->batch.obs[i], sizeof a->batch.obs[i]);
    }
    assert_int_equal(a->batch.text_n, b->batch.text_n);
    assert_memory_equal(a->batch.text, b->batch.text, a->batch.text_n);
    assert_memory_equal(&a->parse.counts, &b->parse.counts, sizeof a->parse.counts);
    assert_int_equal(a->counts.observed, b->counts.observed);
    assert_int_equal(a->counts.unread, b->counts.unread);
    assert_int_equal(a->parse.clock.last_us, b->parse.clock.last_us);
    assert_int_equal(a->parse.clock.ref_us, b->parse.clock.ref_us);
    assert_int_equal(a->parse.clock.far_us, b->parse.clock.far_us);
    assert_int_equal(a->parse.last, b->parse.last);
}

static void lines_are_what_each_of_them_is(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct side many, each, slow;
    size_t seen = 0;

    (void)state;
    open_side(&many);
    open_side(&each);
    open_side(&slow);
    for (int i = 0; i < TEXTS; i++) {
        GString *s = random_text(r);
        int n = feed_lines(many.feed, s);
        assert_int_equal(n, feed_each(each.feed, s));
        assert_int_equal(n, feed_long(slow.feed, s));
        seen += many.feed->batch.n;
        same_feeds(many.feed, each.feed);
        same_feeds(many.feed, slow.feed);
        if (g_rand_int_range(r, 0, 8) == 0) {
            dnsmon_feed_flush(many.feed, 0);
            dnsmon_feed_flush(each.feed, 0);
            dnsmon_feed_flush(slow.feed, 0);
        }
        g_string_free(s, TRUE);
    }
    assert_true(seen > TEXTS);
    close_side(&many);
    close_side(&each);
    close_side(&slow);
    g_rand_free(r);
}

/* A view's name ends with its line, and so does a name: what looks like one line over two is two.
 */
static void a_line_ends_at_its_newline(void **state)
{
#define KNOWN                                                                                      \
    "21-Nov-2026 06:25:48.645 queries: info: client 192.0.2.7#1 (a): query: a IN A + "             \
    "(192.0.2.53)\n"
#define FRONT "21-Nov-2026 06:25:48.645 queries: info: client 192.0.2.7#1 "
    static const char *const texts[] = {
        KNOWN KNOWN FRONT
        "(a): view x\ny: query: a IN A + (192.0.2.53)\n" KNOWN KNOWN KNOWN KNOWN KNOWN,
        KNOWN KNOWN FRONT "(a\nb): query: a\nb IN A + (192.0.2.53)\n" KNOWN KNOWN KNOWN KNOWN KNOWN,
        KNOWN KNOWN FRONT "(a): query: a\nIN A + (192.0.2.53)\n" KNOWN KNOWN KNOWN KNOWN KNOWN,
        KNOWN KNOWN FRONT "(a): query: a IN A +\n(192.0.2.53)\n" KNOWN KNOWN KNOWN KNOWN KNOWN,
        KNOWN KNOWN
        "21-Nov-2026 06:25:48.645 queries: info: client @0x7f\n192.0.2.7#1 (a): query: a IN A + "
        "(192.0.2.53)\n" KNOWN KNOWN KNOWN KNOWN KNOWN,
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        GString *s = g_string_new(texts[i]);
        struct side many, slow;
        open_side(&many);
        open_side(&slow);
        assert_int_equal(feed_lines(many.feed, s), feed_long(slow.feed, s));
        same_feeds(many.feed, slow.feed);
        close_side(&many);
        close_side(&slow);
        g_string_free(s, TRUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_at_its_newline),
        cmocka_unit_test(lines_are_what_each_of_them_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
