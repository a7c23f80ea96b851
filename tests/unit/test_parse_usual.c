/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * BIND's usual query line: the short way says what the parser says, or leaves the line to it. By
 * hand for the lines it must take, and by a law under random lines, most of them nearly right. A
 * failing case is repeated with DM_TEST_SEED=<printed seed>.
 */
#include "parse_case.h"

#include "parse/bind_usual.h"
#include "parse/record_json.h"

/* Two feeds' memories: one takes the short way where it can. */
struct pair {
    struct dm_clock clock[2];
    struct dm_usual_memo memo;
};

static void open_pair(struct pair *p)
{
    memset(p, 0, sizeof *p);
    p->clock[0].zone = p->clock[1].zone = dm_zone_new("Asia/Tokyo");
}

static void clear(struct dm_record *rec)
{
    memset(rec, 0, sizeof *rec);
    rec->parser = "bind";
}

/* Both ways; the short one first.   Returns: whether it took the line. */
static bool both(struct pair *p, struct dm_slice line)
{
    static struct dm_record usual, full;
    const char *why = NULL;

    clear(&usual);
    clear(&full);
    bool taken = dm_bind_usual(line, &p->clock[0], &p->memo, &usual);
    enum dm_verdict v = dm_parser_bind.parse(line, &p->clock[1], &full, &why);
    if (taken) {
        char *a = dm_record_json(&usual, DM_PARSE_RECORD, NULL);
        char *b = dm_record_json(&full, v, why);
        if (v != DM_PARSE_RECORD || strcmp(a, b) != 0 || usual.qtype_code != full.qtype_code ||
            usual.flag_bits != full.flag_bits || usual.client_port != full.client_port) {
            print_error("%.*s\n  short: %s\n  full:  %s\n", (int)line.n, line.p, a, b);
            fail();
        }
        free(a);
        free(b);
    } else {
        clear(&usual);
        dm_parser_bind.parse(line, &p->clock[0], &usual, &why);
    }
    assert_int_equal(p->clock[0].last_us, p->clock[1].last_us);
    assert_int_equal(p->clock[0].ref_us, p->clock[1].ref_us);
    assert_int_equal(p->clock[0].far_us, p->clock[1].far_us);
    return taken;
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
    struct pair p;

    (void)state;
    open_pair(&p);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t n = strlen(cases[i].line);
        char *exact = malloc(n); /* a sanitizer sees a byte read too far */
        memcpy(exact, cases[i].line, n);
        bool taken = both(&p, dm_slice_make(exact, n));
        free(exact);
        if (taken != cases[i].taken) {
            print_error("%s: %s\n", cases[i].line, taken ? "taken" : "left");
            fail();
        }
    }
    dm_zone_free(p.clock[0].zone);
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
    static const char *const fronts[] = {"", "queries: info: ", "general: info: ", NULL};
    static const char *const addrs[] = {"2001:db8::7", "fe80::1%eth0", "::ffff:192.0.2.7",
                                        "2001:db8::g", NULL};
    static const char *const pointers[] = {"", "@0x7fbad7a6e098 ", "@0x55 ", "@", NULL};
    static const char *const names[] = {"www.example",  "a", "mail.example.test",
                                        "x\\032y.test", ".", "(b).test",
                                        "\\(q:.test",   NULL};
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
            g_string_insert_c(s, at, " :()#@0."[g_rand_int_range(r, 0, 8)]);
            break;
        default:
            g_string_truncate(s, (gsize)at);
        }
    }
}

static void both_ways_say_the_same(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    struct pair p;
    int taken = 0;

    (void)state;
    open_pair(&p);
    for (int i = 0; i < 5 * ROUNDS; i++) {
        GString *s = random_line(r);
        if (g_rand_boolean(r)) {
            damage(r, s);
        }
        char *exact = malloc(s->len ? s->len : 1); /* a sanitizer sees a byte read too far */
        memcpy(exact, s->str, s->len);
        taken += both(&p, dm_slice_make(exact, s->len));
        free(exact);
        g_string_free(s, TRUE);
    }
    assert_in_range(taken, ROUNDS / 2, 4 * ROUNDS); /* the law is not about nothing */
    dm_zone_free(p.clock[0].zone);
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_taken),
        cmocka_unit_test(both_ways_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
