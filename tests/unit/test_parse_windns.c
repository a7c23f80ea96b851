/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The parser of Windows DNS Server's debug log.
 */
#include "dns_case.h"

#define US "6/5/2013 10:00:32 AM 0E70 PACKET  00000000033397A0 "

static const struct dns_row rows[] = {
    {"a query", NULL,
     US "UDP Rcv 192.0.2.7    5b47   Q [0001   D   NOERROR] A      (3)www(7)example(0)", QUERY,
     "192.0.2.7", 0, "www.example", "A", NULL},
    {"the root over TCP", NULL,
     "2019/08/20 11:48:27 0BE4 PACKET  000000149B80B390 TCP Rcv 2001:db8::7 ccfb   Q [0000       "
     "NOERROR] NS     (0)",
     QUERY, "2001:db8::7", 0, ".", "NS", NULL},
    {"a type as number", NULL, US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] 65     (1)a(0)",
     QUERY, "192.0.2.7", 0, "a", "HTTPS", NULL},
    {"all types", NULL, US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] ALL    (1)a(0) ", QUERY,
     "192.0.2.7", 0, "a", "ANY", NULL},
    {"under a tag", "msdns", US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (1)a(0)", QUERY,
     "192.0.2.7", 0, "a", "A", NULL},
    {"a dot, a blank and a backslash in a label", NULL,
     US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (5)a. b\\(0)", QUERY, "192.0.2.7", 0,
     "a\\.\\032b\\\\", "A", NULL},
    {"a label that looks like an end", NULL,
     US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (7)(0)(1)x(0)", QUERY, "192.0.2.7", 0,
     "(0)(1)x", "A", NULL},
    {"a label that looks like a packet", NULL,
     US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (18) PACKET 1 Rcv 6.6.(0)", QUERY,
     "192.0.2.7", 0, "\\032PACKET\\0321\\032Rcv\\0326\\.6\\.", "A", NULL},

    {"an answer to a client", NULL,
     US "UDP Snd 192.0.2.7 1 R Q [8081   DR  NXDOMAIN] A      (1)a(0)", UNUSED},
    {"an answer from another server", NULL,
     US "UDP Rcv 198.51.100.1 1 R Q [8081   DR  NOERROR] A      (1)a(0)", UNUSED},
    {"a question to another server", NULL,
     US "UDP Snd 198.51.100.1 1   Q [0001   D   NOERROR] A      (1)a(0)", UNUSED},
    {"an update", NULL, US "UDP Rcv 192.0.2.7 1   U [0028       NOERROR] SOA    (1)a(0)", UNUSED},

    {"cut inside the name", NULL, US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (3)ww",
     BROKEN},
    {"cut before the end", NULL, US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (3)www",
     BROKEN},
    {"a length that is too large", NULL,
     US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (64)www(0)", BROKEN},
    {"text behind the name", NULL, US "UDP Rcv 192.0.2.7 1 Q [0001   D   NOERROR] A      (1)a(0) x",
     BROKEN},
    {"no flags", NULL, US "UDP Rcv 192.0.2.7 1 Q A      (1)a(0)", BROKEN},
    {"no address", NULL, US "UDP Rcv host 1 Q [0001   D   NOERROR] A      (1)a(0)", BROKEN},

    {"no date", NULL, "0E70 PACKET  00000000033397A0 UDP Rcv 192.0.2.7 1 Q", OTHER},
    {"another context", NULL, "6/5/2013 10:00:32 AM 0E70 EVENT   The DNS server has started.",
     OTHER},
    {"somebody else's packet", "daemon", "dropped PACKET  1 UDP Rcv 192.0.2.7", OTHER},
};

static void table(void **state)
{
    (void)state;
    dns_table(rows, G_N_ELEMENTS(rows));
}

static void a_cut_line_names_no_other_client(void **state)
{
    (void)state;
    dns_cut(rows, G_N_ELEMENTS(rows), NULL);
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    dns_noise(rows, G_N_ELEMENTS(rows));
}

static void make(GRand *r, struct dns_made *m)
{
    dns_choose(r, m, false);
    GString *name = wire_text(&m->wire, FORM_WINDOWS);
    m->port = 0;
    g_string_append_printf(m->line, US "UDP Rcv %-15s 5b47   Q [0001   D   NOERROR] %-6s ",
                           m->client, m->type);
    g_string_append_len(m->line, name->str, (gssize)name->len);
    g_string_free(name, TRUE);
}

static void what_it_prints_is_read_back(void **state)
{
    (void)state;
    dns_law(make);
}

/* The date as servers of some regions write it. */
static void dates(void **state)
{
    static const struct {
        const char *text;
        int64_t time_s;
    } cases[] = {
        {"6/5/2013 10:00:32 AM", 1370426432},  /* 2013-06-05T10:00:32Z */
        {"6/5/2013 12:00:32 PM", 1370433632},  /* noon */
        {"6/5/2013 12:00:32 AM", 1370390432},  /* midnight */
        {"06/05/2013 22:00:32", 1367877632},   /* 6 May, no half day */
        {"13/05/2013 1:00:32 PM", 1368450032}, /* there is no 13th month */
        {"05/13/2013 13:00:32", 1368450032},   {"05.06.2013 10:00:32", 1370426432},
        {"2013-06-05 10:00:32", 1370426432},   {"2013/06/05 10:00:32", 1370426432},
        {"20130605 10:00:32", 1370426432},
    };
    struct dm_parse_ctx ctx;
    struct dm_record rec;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *line = g_strdup_printf("%s 0E70 PACKET  01 UDP Rcv 192.0.2.7 1 Q [0001   D   "
                                     "NOERROR] A      (1)a(0)",
                                     cases[i].text);
        start(&ctx);
        dm_parse_line(&ctx, of(line), &rec, NULL);
        if (rec.kind != DM_REC_QUERY || rec.time_us != cases[i].time_s * 1000000) {
            fail_msg("%s: kind %d, %lld s", cases[i].text, rec.kind,
                     (long long)(rec.time_us / 1000000));
        }
        assert_true(is(rec.flags, "+") && rec.flag_bits == (DM_QF_PRINTED | DM_QF_RD));
        g_free(line);
        dm_zone_free(ctx.clock.zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(a_cut_line_names_no_other_client),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(what_it_prints_is_read_back),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
