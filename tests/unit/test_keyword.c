/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The keyword of a first label (doc/SCIENCE.md A.5): what is a hit, and the traps that are none.
 */
#include "testlib.h"

#include "dns/name.h"

static void test_hits(void **state)
{
    static const struct {
        const char *raw;
        enum dm_keyword kw;
    } rows[] = {
        /* S0's list */
        {"mx.example.com", DM_KW_MX},
        {"mail.example.com", DM_KW_MAIL},
        {"smtp.example.com", DM_KW_SMTP},
        {"mx1.example.com", DM_KW_MX},
        {"mxs.example.com", DM_KW_MXS},
        {"mail1.example.com", DM_KW_MAIL},
        {"relay.example.com", DM_KW_RELAY},
        {"ns.example.com", DM_KW_NS},
        {"gate.example.com", DM_KW_GATE},
        /* S1 Figure 2 */
        {"mailhost.example.com", DM_KW_MAIL},
        {"mailgate.example.com", DM_KW_MAIL},
        {"mails.example.com", DM_KW_MAIL},
        {"mail-x.example.com", DM_KW_MAIL},
        {"mail2.example.com", DM_KW_MAIL},
        {"mail0.example.com", DM_KW_MAIL},
        {"mx01.example.com", DM_KW_MX},
        {"mx-a.example.com", DM_KW_MX},
        {"smtp1.example.com", DM_KW_SMTP},
        {"smtp-out.example.com", DM_KW_SMTP},
        {"mxs1.example.com", DM_KW_MXS},
        {"mxs-1.example.com", DM_KW_MXS},
        {"gate1.example.com", DM_KW_GATE},
        {"gate-a.example.com", DM_KW_GATE},
        {"relay2.example.com", DM_KW_RELAY},
        {"relay-a.example.com", DM_KW_RELAY},
        {"ns1.example.com", DM_KW_NS},
        {"mail9x.example.com", DM_KW_MAIL},
        /* a prefix by design */
        {"mailgun.example.com", DM_KW_MAIL},
        {"mailstore.example.com", DM_KW_MAIL},
        /* case, final dot, short zones */
        {"MaIl.eXample.com", DM_KW_MAIL},
        {"MAILHOST.EXAMPLE.COM.", DM_KW_MAIL},
        {"NS1.example.com", DM_KW_NS},
        {"mx.a", DM_KW_MX},
        {"mail.example", DM_KW_MAIL},
        {"mail-a\\.b.example", DM_KW_MAIL},
        /* no hits: another byte behind the word */
        {"mailing.example.com", DM_KW_NONE},
        {"mailbox.example.com", DM_KW_NONE},
        {"mailer.example.com", DM_KW_NONE},
        {"mail_x.example.com", DM_KW_NONE},
        {"smtps.example.com", DM_KW_NONE},
        {"smtph.example.com", DM_KW_NONE},
        {"mxa.example.com", DM_KW_NONE},
        {"mxsa.example.com", DM_KW_NONE},
        {"mxh.example.com", DM_KW_NONE},
        {"gateway.example.com", DM_KW_NONE},
        {"gateway-cdn.example.com", DM_KW_NONE},
        {"gates.example.com", DM_KW_NONE},
        {"relays.example.com", DM_KW_NONE},
        {"ns-1.example.com", DM_KW_NONE},
        {"nsa.example.com", DM_KW_NONE},
        {"nss.example.com", DM_KW_NONE},
        /* no hits: not at the front */
        {"dns.example.com", DM_KW_NONE},
        {"insights.example.com", DM_KW_NONE},
        {"webmail.example.com", DM_KW_NONE},
        {"email.example.com", DM_KW_NONE},
        {"www.mail.example.com", DM_KW_NONE},
        {"_mail.example.com", DM_KW_NONE},
        /* no hits: one label, arpa, broken */
        {"mail", DM_KW_NONE},
        {"mail.", DM_KW_NONE},
        {"mail1", DM_KW_NONE},
        {"mail-x.", DM_KW_NONE},
        {"mx.", DM_KW_NONE},
        {"mx..", DM_KW_NONE},
        {"ns1", DM_KW_NONE},
        {"mail-a\\.b", DM_KW_NONE},
        {"mail-a\\", DM_KW_NONE},
        {"mail\\.x.example", DM_KW_NONE},
        {"mail\\045.example", DM_KW_NONE},
        {"mail.0.2.0.192.in-addr.arpa", DM_KW_NONE},
        {"mail.0.2.0.192.IN-ADDR.ARPA.", DM_KW_NONE},
        {"mail.arpa", DM_KW_NONE},
        {"mail.xarpa", DM_KW_MAIL},
        {"ma", DM_KW_NONE},
        {"m", DM_KW_NONE},
        {".", DM_KW_NONE},
        {"", DM_KW_NONE},
        {"\xed"
         "ail.example.com",
         DM_KW_NONE},
    };

    (void)state;
    FOR_ROWS(c, rows)
    {
        struct dm_slice raw = test_exact(test_slice(c->raw));
        enum dm_keyword kw = dm_keyword_of(raw);
        free((char *)raw.p);
        if (kw != c->kw) {
            fail_msg("\"%s\": keyword %d, not %d", c->raw, (int)kw, (int)c->kw);
        }
    }
    assert_int_equal(dm_keyword_of(dm_slice_make(NULL, 0)), DM_KW_NONE);
    assert_int_equal(dm_keyword_of(DM_SLICE("\0mail.example.com")), DM_KW_NONE);
    assert_int_equal(dm_keyword_of(DM_SLICE("mail\0.example.com")), DM_KW_NONE);
}

/* Every prefix of every text, in a block of its own: nothing behind the slice is read. */
static void test_cut(void **state)
{
    static const char *const texts[] = {
        "mail-x\\\\.example.arpa.", "mxs1.a.b.", "ns.a", "relay.x", "smtp\\", "gate-\\.\\."};

    (void)state;
    FOR_ROWS(t, texts)
    {
        for (size_t n = 0; n <= strlen(*t); n++) {
            struct dm_slice cut = test_exact(dm_slice_make(*t, n));
            assert_in_range(dm_keyword_of(cut), DM_KW_NONE, DM_KW_COUNT - 1);
            free((char *)cut.p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hits), cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
