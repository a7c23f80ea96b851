/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's usual query line: both short ways say what the parser says, or leave the line to it. By
 * hand for the lines they must take, and by a law under random lines, most of them nearly right. A
 * failing case is repeated with DM_TEST_SEED=<printed seed>. Each line ends where memory ends, so
 * that a byte read too far is a fault with and without a sanitizer.
 */
#include "parse_case.h"

#include <sys/mman.h>
#include <unistd.h>

#include "parse/bind_usual.h"

/* Three feeds' memories: one tries the way for a line, one the way for a text, one neither. */
enum way { USUAL, QUICK, FULL, WAYS };

struct ways {
    struct dm_parse_ctx *ctx[WAYS];
    struct dm_zone *zone;
    char *end; /* of what can be read */
    size_t size;
};

static void open_ways(struct ways *w)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    w->zone = dm_zone_new("Asia/Tokyo");
    for (int i = 0; i < WAYS; i++) {
        w->ctx[i] = g_new0(struct dm_parse_ctx, 1);
        w->ctx[i]->clock.zone = w->zone;
        w->ctx[i]->brief = i != FULL;
    }
    w->size = 16 * page;
    char *all = mmap(NULL, w->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(all, MAP_FAILED);
    w->end = all + w->size - page;
    assert_int_equal(mprotect(w->end, page, PROT_NONE), 0);
}

static void close_ways(struct ways *w)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    for (int i = 0; i < WAYS; i++) {
        g_free(w->ctx[i]);
    }
    dm_zone_free(w->zone);
    munmap(w->end + page - w->size, w->size);
}

static void clear(struct dm_record *rec)
{
    memset(rec, 0, sizeof *rec);
    rec->parser = "bind";
}

static bool same_records(const struct dm_record *a, const struct dm_record *b)
{
    return a->kind == b->kind && a->time_us == b->time_us && a->has_client && b->has_client &&
           dm_addr_eq(&a->client, &b->client) && a->client_port == b->client_port &&
           dm_slice_eq(a->qname, b->qname) && a->qtype_code == b->qtype_code &&
           a->qclass_code == b->qclass_code && a->flag_bits == b->flag_bits && a->more == b->more;
}

static void same_clocks(const struct dm_clock *a, const struct dm_clock *b)
{
    assert_int_equal(a->last_us, b->last_us);
    assert_int_equal(a->ref_us, b->ref_us);
    assert_int_equal(a->far_us, b->far_us);
}

/* The parser's own answer. */
static enum dm_verdict ask_parser(struct dm_parse_ctx *ctx, struct dm_slice line,
                                  struct dm_record *rec)
{
    const char *why = NULL;

    clear(rec);
    while (line.n && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    return dm_parser_bind.parse(line, &ctx->clock, rec, &why);
}

/* One way that says that it has read @line.   @n: of how many bytes. */
static void check_taken(struct ways *w, enum way way, struct dm_slice line, size_t n,
                        const struct dm_record *rec)
{
    static struct dm_record full;
    struct dm_parse_ctx copy = *w->ctx[FULL];

    if (ask_parser(&copy, line, &full) != DM_PARSE_RECORD || n != line.n ||
        !same_records(rec, &full)) {
        print_error("%s: %.*s\n", way == USUAL ? "usual" : "quick", (int)line.n, line.p);
        fail();
    }
    same_clocks(&w->ctx[way]->clock, &copy.clock);
}

/* A way that did not read the line has not changed its clock; the parser reads it. */
static void check_left(struct ways *w, enum way way, struct dm_slice line)
{
    struct dm_record ignored;

    same_clocks(&w->ctx[way]->clock, &w->ctx[FULL]->clock);
    ask_parser(w->ctx[way], line, &ignored);
}

/* The way for a text: @line, a newline and others, as many bytes as it may read and no more. */
static bool try_quick(struct ways *w, struct dm_slice line)
{
    static const char more[] = "20-Nov-2026 00:00:00.010 queries: info: client 192.0.2.1#1 (a): ";
    char *text = w->end - DM_QUICK_ROOM;
    struct dm_record rec;

    if (line.n >= DM_QUICK_ROOM || line.n < 3 || line.p[2] != '-') {
        return false; /* lines without a stamp of their own are for test_feed_lines.c */
    }
    for (size_t i = 0; i < DM_QUICK_ROOM; i++) {
        text[i] = more[i % (sizeof more - 1)];
    }
    memcpy(text, line.p, line.n);
    text[line.n] = '\n';
    clear(&rec);
    size_t n = dm_bind_quick(text, w->ctx[QUICK], &rec);
    line.p = text;
    if (n) {
        check_taken(w, QUICK, line, n, &rec);
    }
    return n != 0;
}

/* All ways.   Returns: which of the short ones took the line, as bits. */
static unsigned all_ways(struct ways *w, struct dm_slice line)
{
    char *exact = w->end - line.n;
    struct dm_record rec;
    bool quick = try_quick(w, line);

    memcpy(exact, line.p, line.n);
    line.p = exact;
    clear(&rec);
    bool usual = dm_bind_usual(line, w->ctx[USUAL], &rec);
    if (usual) {
        check_taken(w, USUAL, line, line.n, &rec);
    } else {
        check_left(w, USUAL, line);
    }
    if (!quick) {
        check_left(w, QUICK, line);
        dm_bind_usual(line, w->ctx[QUICK], &rec); /* learns what is behind the name */
    }
    ask_parser(w->ctx[FULL], line, &rec);
    w->ctx[QUICK]->clock = w->ctx[FULL]->clock; /* as it has read the line twice, perhaps */
    same_clocks(&w->ctx[USUAL]->clock, &w->ctx[FULL]->clock);
    return (unsigned)usual << USUAL | (unsigned)quick << QUICK;
}

#define FRONT "21-Nov-2026 06:25:48.645 queries: info: "

static void lines_that_are_taken(void **state)
{
    static const struct {
        const char *line;
        bool taken;
    } cases[] = {
        /* the first one of a second is read in full */
        {FRONT "client @0x7f0 192.0.2.7#1031 (a.example): query: a.example IN A + (192.0.2.53)",
         false},
        {FRONT "client @0x7f0 192.0.2.7#1031 (a.example): query: a.example IN A + (192.0.2.53)",
         true},
        {FRONT "client 192.0.2.7#1031 (a.example): query: a.example IN A + (192.0.2.53)", true},
        {FRONT "client 192.0.2.255#65535 (a.example): query: a.example IN A", true},
        {"client @0x7f0 192.0.2.7#1031 (a.example): query: a.example IN MX +E(0)K (2001:db8::53)",
         true},
        {"client 192.0.2.7#1 (a): query: a IN AAAA -ED (192.0.2.53) [ECS 198.51.100.0/24/0]", true},
        {FRONT "client 192.0.2.256#1031 (a.example): query: a.example IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.07#1031 (a.example): query: a.example IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#65536 (a.example): query: a.example IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1031 (a.example): query: b.example IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1031 (a.example): query: A.example IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1031 (a.example): query: a.example IN A +X (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1031 (a.example): query: a.example IN A + (192.0.2.53) x", false},
        {FRONT "client 192.0.2.7#1031 (a.example): query: a.example IN a + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1031 (a.example): view v: query: a.example IN A + (192.0.2.53)",
         true},
        {FRONT "client 192.0.2.7#1031 (a.example): view my: view: query: a.example IN A +", true},
        {FRONT "client 192.0.2.7#1031 (a): view x: query: a IN A: query: a IN A +", false},
        {FRONT "client 192.0.2.7#1031 (query:): view v: query: query: IN A +", true},
        {FRONT "client 192.0.2.7#1031 (a.example): view v: response: a.example IN A +", false},
        {FRONT "client 192.0.2.7#1031 (a.example): view v", false},
        {FRONT "client 2001:db8::7#1031 (a.example): query: a.example IN A + (192.0.2.53)", true},
        {FRONT "client fe80::7%eth0#1031 (a.example): query: a.example IN A +", true},
        {FRONT "client 2001:db8::7:#1031 (a.example): query: a.example IN A +", false},
        {FRONT "client 192.0.2.7#1031: query: a.example IN A + (192.0.2.53)", false},
        {FRONT "client @0x7fbad7a6e098 255.255.255.255", false}, /* cut */
        {FRONT "client @0x7fbad7a6e098 255.255.255.255#1", false},
        {"21-Nov-2026 06:25:48.6 queries: info: client 192.0.2.7#1 (a): query: a IN A +", false},
        {"21-Nov-2026 06:25:49.645 queries: info: client 192.0.2.7#1 (a): query: a IN A +", false},
    };
    struct ways w;

    (void)state;
    open_ways(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned taken = all_ways(&w, of(cases[i].line));
        if ((taken & 1 << USUAL) != (unsigned)cases[i].taken) {
            print_error("%s: %s\n", cases[i].line, taken ? "taken" : "left");
            fail();
        }
    }
    close_ways(&w);
}

/* The second time, when text and second are known, the way for a text takes them. */
static void lines_that_are_quick(void **state)
{
    static const struct {
        const char *line;
        bool taken;
    } cases[] = {
        {FRONT "client @0x7fbad7a6e098 192.0.2.7#1031 (a.example): query: a.example IN A -EDC",
         true},
        {FRONT "client 192.0.2.7#1 (a): query: a IN A + (192.0.2.53)", true},
        {FRONT "client 192.0.2.7#1 (a): query: a IN A +", false}, /* too short a text */
        {FRONT "client 192.0.2.7#1 (a): query: a IN A + (192.0.2.53)\r", true},
        {FRONT "client 10.98.7.6#65535 (a): query: a IN A + (192.0.2.53)", true},
        {FRONT "client 255.255.255.255#12345 (a): query: a IN A + (192.0.2.53)", true},
        {FRONT "client 0.0.0.0#0 (a): query: a IN A + (192.0.2.53)", true},
        {FRONT "client 192.0.2.7#1 (a): view in: query: a IN A + (192.0.2.53)", true},
        {FRONT "client 192.0.2.7#1 (a): view in:side: query: a IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1 (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example): query: "
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example IN A + (192.0.2.53)",
         true},
        {FRONT "client 192.0.2.7#1 (aaaaaaaaaaaaaaaaaaaaaaaaaaaaa): query: "
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa IN A + (192.0.2.53)",
         true},
        {FRONT "client 192.0.2.7#1 (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example): query: "
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab.example IN A + (192.0.2.53)",
         false},
        {FRONT "client 192.0.2.7# (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#123456 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 2001:db8::7#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1.2.3#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1.2.3.4.5#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1..3.4#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1.2.3.1234#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1.02.3.4#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 1.2.300.4#1 (a): query: a IN A + (192.0.2.53)", false},
        {FRONT "client 192.0.2.7#1 (a): query: a IN A + (192.0.2.53) [ECS 192.0.2.0/24/0]", false},
        {"client 192.0.2.7#1 (a): query: a IN A + (192.0.2.53)", false},
    };
    struct ways w;

    (void)state;
    open_ways(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        all_ways(&w, of(cases[i].line));
        unsigned taken = all_ways(&w, of(cases[i].line));
        if (((taken & 1 << QUICK) != 0) != cases[i].taken) {
            print_error("%s: %s\n", cases[i].line, cases[i].taken ? "left" : "taken");
            fail();
        }
    }
    close_ways(&w);
}

static const char *one_of(GRand *r, const char *const *words)
{
    int n = 0;

    while (words[n]) {
        n++;
    }
    return words[g_rand_int_range(r, 0, n)];
}

/* A line as BIND prints it, of a few seconds, names, types, flags and servers. */
static GString *random_line(GRand *r)
{
    static const char *const fronts[] = {
        "", "queries: info: ", "general: info: ", "queries: ", "info: ", "queries: info: ", NULL};
    static const char *const addrs[] = {"2001:db8::7", "fe80::1%eth0", "::ffff:192.0.2.7",
                                        "2001:db8::g", NULL};
    static const char *const pointers[] = {"", "@0x7fbad7a6e098 ", "@0x55 ", "@", NULL};
    static const char *const names[] = {
        "www.example",
        "a",
        "mail.example.test",
        "a-name-of-more-than-32-bytes.example.test",
        "a-name-of-more-bytes-than-are-looked-at-at-once-which-is-64.example",
        "x\\032y.test",
        ".",
        "(b).test",
        "\\(q:.test",
        NULL};
    static const char *const views[] = {
        "",      "",  "view internal: ", "view : ", "view a: query: b: ", "view x: query: a IN A: ",
        "view ", NULL};
    static const char *const rests[] = {"IN A +E(0)K (192.0.2.53)",
                                        "IN AAAA + (192.0.2.53)",
                                        "IN HTTPS -ED (192.0.2.53#53)",
                                        "IN MX",
                                        "CH TXT +",
                                        "IN TYPE65 + (2001:db8::53)",
                                        "IN A -E (192.0.2.53)",
                                        "IN A + (192.0.2.53) [ECS 192.0.2.0/24/0]",
                                        NULL};
    GString *s = g_string_new(NULL);
    const char *name = one_of(r, names);

    if (g_rand_boolean(r)) {
        g_string_printf(s, "%02d-Nov-2026 06:25:%02d.%03d ", g_rand_int_range(r, 20, 22),
                        g_rand_int_range(r, 0, 2), g_rand_int_range(r, 0, 1000));
        g_string_append(s, one_of(r, fronts));
    }
    g_string_append_printf(s, "client %s", one_of(r, pointers));
    if (g_rand_int_range(r, 0, 4) == 0) {
        g_string_append(s, one_of(r, addrs));
    } else {
        g_string_append_printf(s, "%d.%d.%d.%d", g_rand_int_range(r, 0, 260),
                               g_rand_int_range(r, 0, 256), g_rand_int_range(r, 0, 30),
                               g_rand_int_range(r, 0, 256));
    }
    g_string_append_printf(s, "#%d (%s): %squery: %s %s", g_rand_int_range(r, 0, 70000), name,
                           one_of(r, views), g_rand_int_range(r, 0, 8) ? name : one_of(r, names),
                           one_of(r, rests));
    return s;
}

/* Up to three bytes changed, put in or taken away. */
static void damage(GRand *r, GString *s)
{
    for (int i = g_rand_int_range(r, 0, 4); i > 0 && s->len > 0; i--) {
        gssize at = g_rand_int_range(r, 0, (gint)s->len);
        switch (g_rand_int_range(r, 0, 4)) {
        case 0:
            s->str[at] = (char)g_rand_int_range(r, 0, 256);
            break;
        case 1:
            g_string_erase(s, at, 1);
            break;
        case 2:
            g_string_insert_c(s, at, " :()#@0.\r"[g_rand_int_range(r, 0, 9)]);
            break;
        default:
            g_string_truncate(s, (gsize)at);
        }
    }
}

static void all_ways_say_the_same(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct ways w;
    int usual = 0, quick = 0;

    (void)state;
    open_ways(&w);
    for (int i = 0; i < 5 * ROUNDS; i++) {
        GString *s = random_line(r);
        if (g_rand_boolean(r)) {
            damage(r, s);
        }
        struct dm_slice line = {s->str, s->len};
        line = dm_slice_head(line, dm_slice_find(line, '\n'));
        unsigned taken = all_ways(&w, line);
        usual += (taken & 1 << USUAL) != 0;
        quick += (taken & 1 << QUICK) != 0;
        g_string_free(s, TRUE);
    }
    assert_in_range(usual, ROUNDS / 2, 4 * ROUNDS); /* the law is not about nothing */
    assert_in_range(quick, ROUNDS / 100, 4 * ROUNDS);
    close_ways(&w);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_taken),
        cmocka_unit_test(lines_that_are_quick),
        cmocka_unit_test(all_ways_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
