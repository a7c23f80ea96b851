/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which mail server a log and an address belong to: [hosts], the address, the only mail server, the
 * host's name; and what a state file may hold.
 */
#include "server_case.h"

#define TWO "[roles]\nmail-servers = 192.0.2.25; 192.0.2.26\n"
#define ONE "[roles]\nmail-servers = 192.0.2.25\n"
#define HOSTS "[hosts]\nMX1 = 192.0.2.25; 192.0.2.125\nmx2 = 192.0.2.26\n"

static void who_is_who(void **unused)
{
    static const struct {
        const char *what, *config, *host, *name;
        const char *addr; /* NULL: it has none */
    } rows[] = {
        {"its entry", TWO HOSTS, "mx1", "mx1", "192.0.2.25"},
        {"case does not matter", TWO HOSTS, "Mx2", "mx2", "192.0.2.26"},
        {"the sender's address", TWO, "192.0.2.26", "192.0.2.26", "192.0.2.26"},
        {"an address with an entry", TWO HOSTS, "192.0.2.125", "mx1", "192.0.2.25"},
        {"an address that is no mail server", TWO, "192.0.2.7", "192.0.2.7", NULL},
        {"the only one", ONE, "whatever", "192.0.2.25", "192.0.2.25"},
        {"the only one, without a host", ONE, "", "192.0.2.25", "192.0.2.25"},
        {"the only one has an entry of another name", ONE HOSTS, "other", "other", NULL},
        {"the only one has an entry, the log no name", ONE HOSTS, "", "mx1", "192.0.2.25"},
        {"the only one has an entry in another form", ONE HOSTS, "mx1.test", "mx1", "192.0.2.25"},
        {"one of two: by name", TWO, "MAIL", "mail", NULL},
        {"none is known: by name", "", "mail", "mail", NULL},
        {"two, without a host", TWO, "", "-", NULL},
        {"a prefix is not one", "[roles]\nmail-servers = 192.0.2.24/30\n", "m", "m", NULL},
    };
    (void)unused;
    FOR_ROWS(row, rows)
    {
        struct servers s;
        servers_open(&s, row->config);
        const char *name = servers_of_host(&s, row->host);
        CHECK_ROW(row->what, strcmp(name, row->name) == 0);
        CHECK_ROW(row->what, servers_of_host(&s, row->host) == name); /* remembered */
        struct dm_server *srv = dm_server_at(s.table, 1);
        CHECK_ROW(row->what, !srv == !strcmp(name, "-"));
        if (srv) {
            CHECK_ROW(row->what, srv->has_addr == !!row->addr);
            struct dm_addr want = row->addr ? servers_addr(row->addr) : srv->addr;
            CHECK_ROW(row->what, dm_addr_eq(&srv->addr, &want));
        }
        servers_close(&s);
    }
}

/* Log and queries meet, whichever comes first, from any of its addresses. */
static void log_and_queries_meet(void **unused)
{
    struct servers s;

    (void)unused;
    servers_open(&s, TWO HOSTS);
    assert_string_equal(servers_of_addr(&s, "192.0.2.125"), "mx1");
    assert_string_equal(servers_of_host(&s, "mx1"), "mx1");
    assert_string_equal(servers_of_addr(&s, "192.0.2.25"), "mx1");
    assert_int_equal(dm_server_count(s.table), 1);
    assert_string_equal(servers_of_host(&s, "mx2"), "mx2");
    assert_string_equal(servers_of_addr(&s, "192.0.2.26"), "mx2");
    assert_int_equal(dm_server_count(s.table), 2);
    assert_int_equal(dm_server_at(s.table, 1)->host, 1);
    assert_null(dm_server_at(s.table, 0));
    assert_null(dm_server_at(s.table, 3));
    servers_close(&s);
    assert_int_equal(s.cleared, 2);
}

static void another_configuration(void **unused)
{
    struct servers s;

    (void)unused;
    servers_open(&s, TWO);
    assert_string_equal(servers_of_host(&s, "mx1"), "mx1");
    assert_string_equal(servers_of_addr(&s, "192.0.2.25"), "192.0.2.25");
    dnsmon_config_t *cfg = servers_site(TWO HOSTS);
    dm_server_table_configure(s.table, cfg->site);
    dnsmon_config_free(s.cfg);
    s.cfg = cfg;
    /* the log's server gets its address, the address its name; the nameless one stays behind */
    assert_string_equal(servers_of_host(&s, "mx1"), "mx1");
    assert_string_equal(servers_of_addr(&s, "192.0.2.25"), "mx1");
    assert_int_equal(dm_server_count(s.table), 2);
    assert_true(dm_server_at(s.table, 1)->has_addr);
    servers_close(&s);
}

static void by_name_and_no_more_than_255(void **unused)
{
    struct servers s;
    char name[16];

    (void)unused;
    servers_open(&s, "");
    for (unsigned i = 0; i < DM_SERVER_MAX + 5; i++) {
        g_snprintf(name, sizeof name, "h%03u", (i * 97 + 13) % 263);
        assert_string_equal(servers_of_host(&s, name), i < DM_SERVER_MAX ? name : "-");
    }
    assert_int_equal(dm_server_count(s.table), DM_SERVER_MAX);
    for (uint16_t i = 1; i < DM_SERVER_MAX; i++) {
        const char *a = dm_server_at(s.table, dm_server_by_name(s.table, i - 1))->name;
        const char *b = dm_server_at(s.table, dm_server_by_name(s.table, i))->name;
        assert_true(strcmp(a, b) < 0);
    }
    assert_string_equal(servers_of_host(&s, "h013"), "h013");
    servers_close(&s);
    assert_int_equal(s.cleared, DM_SERVER_MAX);
}

/* A name that is longer than a server's is cut, and the same again finds it. */
static void a_long_name(void **unused)
{
    struct servers s;
    char name[200];

    (void)unused;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    servers_open(&s, "");
    assert_int_equal(strlen(servers_of_host(&s, name)), DM_SERVER_NAME - 1);
    name[sizeof name - 2] = 'b';
    servers_of_host(&s, name);
    assert_int_equal(dm_server_count(s.table), 1);
    assert_int_equal(dm_server_of_host(s.table, DM_INTERN_MAX + 1), 0);
    servers_close(&s);
}

/* ---- state ---- */

static void pack_state(void *user, struct dm_buf *out, struct dm_server *srv)
{
    (void)user;
    dm_pack(out, dm_server_states(srv), 8);
}

static int unpack_state(void *user, struct dm_unpacker *in, struct dm_server *srv)
{
    (void)user;
    dm_unpack(in, dm_server_states(srv), 8);
    return 0;
}

static const char *load(struct dm_buf *file, size_t n, struct servers *ret)
{
    struct dm_unpacker in = {file->p, n, NULL};

    servers_open(ret, TWO HOSTS);
    assert_int_equal(dm_server_table_unpack(&in, ret->table, unpack_state, NULL), 0);
    return in.bad;
}

static struct dm_buf save_two(void)
{
    struct dm_buf file = {0};
    struct servers s;

    servers_open(&s, TWO HOSTS);
    servers_of_host(&s, "mx2");
    servers_of_host(&s, "mx1");
    dm_server_at(s.table, 1)->day.connections = 17;
    dm_server_at(s.table, 2)->minute.rejects[DM_REJ_USER_UNKNOWN] = 3;
    dm_server_at(s.table, 2)->last_s = 1778544000;
    memset(dm_server_states(dm_server_at(s.table, 2)), 'x', 8);
    dm_server_table_pack(&file, s.table, pack_state, NULL);
    assert_false(file.failed);
    servers_close(&s);
    return file;
}

static void a_state_file(void **unused)
{
    struct dm_buf file = save_two();
    struct servers s;

    (void)unused;
    assert_null(load(&file, file.n, &s));
    assert_int_equal(dm_server_count(s.table), 2);
    assert_string_equal(dm_server_at(s.table, 1)->name, "mx2");
    assert_int_equal(dm_server_at(s.table, 1)->day.connections, 17);
    assert_int_equal(dm_server_at(s.table, 2)->minute.rejects[DM_REJ_USER_UNKNOWN], 3);
    assert_int_equal(dm_server_at(s.table, 2)->last_s, 1778544000);
    assert_true(dm_server_at(s.table, 2)->has_addr);
    assert_memory_equal(dm_server_states(dm_server_at(s.table, 2)), "xxxxxxxx", 8);
    /* their numbers are new to the log's hosts */
    assert_string_equal(servers_of_host(&s, "mx1"), "mx1");
    assert_int_equal(dm_server_count(s.table), 2);
    servers_close(&s);
    free(dm_buf_take(&file));
}

static void hostile_state(void **unused)
{
    struct dm_buf file = save_two();
    struct servers s;

    (void)unused;
    for (size_t n = 0; n < file.n; n++) {
        assert_non_null(load(&file, n, &s));
        servers_close(&s);
    }
    static const struct {
        const char *what;
        size_t at;
        char byte;
    } rows[] = {
        {"256 of them", 1, 1},
        {"an empty name", 2, 0},
        {"a flag that is neither", 2 + DM_SERVER_NAME, 2},
    };
    FOR_ROWS(row, rows)
    {
        char was = file.p[row->at];
        file.p[row->at] = row->byte;
        CHECK_ROW(row->what, load(&file, file.n, &s) != NULL);
        servers_close(&s);
        file.p[row->at] = was;
    }
    /* a name without an end; the same name twice */
    char name[DM_SERVER_NAME];
    memcpy(name, file.p + 2, sizeof name);
    memset(file.p + 2, 'a', sizeof name);
    assert_non_null(load(&file, file.n, &s));
    servers_close(&s);
    memcpy(file.p + 2, "mx1", 4);
    assert_non_null(load(&file, file.n, &s));
    servers_close(&s);
    free(dm_buf_take(&file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_who),
        cmocka_unit_test(log_and_queries_meet),
        cmocka_unit_test(another_configuration),
        cmocka_unit_test(by_name_and_no_more_than_255),
        cmocka_unit_test(a_long_name),
        cmocka_unit_test(a_state_file),
        cmocka_unit_test(hostile_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
