/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state file, behind its header: a body that somebody forged is refused or taken, and then the
 * monitor works.
 *
 * Method:  a good state is made once, of lines that every detector keeps something of. The input
 *          begins with a flag byte and a number of edits, each of them: what to do (replace,
 * insert, remove), where in the body (4 bytes, modulo its length), how many bytes (0..255), and the
 *          bytes. With flag bit 1 the input behind the flags is the whole body. Length and checksum
 *          are put right, the layout is the library's own. What is left of the input is lines
 *          (fuzz_feed.c) for the monitor that has read the state; before them it writes it, another
 *          one reads that, and writes the same.
 * LIMITS:  the header's own checks are in tests/unit/test_state_refused.c.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "monitor/state.h"

/* state.c: bytes in front of the body, and where among them its length is. */
#define HEADER_BYTES 64
#define AT_LENGTH 56
#define EDITS_MAX 16
/* Of inputs one in so many has its state compared. */
#define STATE_STEP 4
#define LIVE 1u
#define WHOLE_BODY 2u

/* Lines of the base state; %1$d the minute, the others small numbers. Each uses all of them: a
 * fortified libc aborts at a gap. */
static const char *const forms[] = {
    "2026-05-12T%1$02d:%2$02d:00Z ns%3$d named[1]: client @0x1 192.0.2.%4$d#9 (a): query: "
    "mail.x%2$d.test IN A + (192.0.2.53)",
    "2026-05-12T%1$02d:%2$02d:01Z ns%3$d named[1]: client @0x1 192.0.2.%4$d#9 (a): query: "
    "x%2$d.test IN MX + (192.0.2.53)",
    "2026-05-12T%1$02d:%2$02d:02Z ns%3$d named[1]: client @0x1 2001:db8::%4$d#9 (a): query: "
    "%4$d.2.0.192.in-addr.arpa IN PTR + (192.0.2.53)",
    "2026-05-12T%1$02d:%2$02d:03Z mx postfix/smtpd[7%3$d]: connect from "
    "h%4$d.test[198.51.100.%4$d]",
    "2026-05-12T%1$02d:%2$02d:03Z mx postfix/smtpd[7%3$d]: NOQUEUE: reject: RCPT from "
    "h.test[198.51.100.%4$d]: 550 5.1.1 <u%2$d@campus.test>: Recipient address rejected: User "
    "unknown in local recipient table; from=<a@b.test> to=<u%2$d@campus.test> proto=ESMTP "
    "helo=<h.test>",
    "2026-05-12T%1$02d:%2$02d:04Z mx postfix/qmgr[8]: 4AB%2$02d%3$dCD: from=<a%4$d@b.test>, "
    "size=292, nrcpt=1 (queue active)",
    "2026-05-12T%1$02d:%2$02d:05Z gw kernel: IN=eth0 OUT= SRC=192.0.2.%4$d DST=198.51.100.%2$d "
    "LEN=60 PROTO=TCP SPT=40000 DPT=445 WINDOW=1%3$d SYN",
    "2026-05-12T%1$02d:%2$02d:06Z mx dovecot: pop3-login: Login: user=<u%4$d>, method=PLAIN, "
    "rip=192.0.2.%4$d, lip=192.0.2.25, mpid=1%3$d",
};

static struct dm_slice make_base(void)
{
    dnsmon_monitor_t *mon;
    dnsmon_feed_t *feed;
    struct dm_buf buf = {0};
    char line[512];

    if (dnsmon_monitor_new(fuzz_sensitive(), DNSMON_REPLAY, &mon) < 0 ||
        dnsmon_feed_new(mon, &feed) < 0) {
        abort();
    }
    for (int i = 0; i < 240; i++) {
        const char *form = forms[i % (int)G_N_ELEMENTS(forms)];
        int n = g_snprintf(line, sizeof line, form, i / 60, i % 60, i % 2, i / 8 % 4 + 1);
        dnsmon_feed_line(feed, line, (size_t)n);
    }
    dnsmon_feed_free(feed);
    fuzz_check_events(mon);
    dm_state_pack(mon, &buf);
    if (buf.failed) {
        abort();
    }
    dnsmon_monitor_free(mon);
    return dm_slice_make(buf.p, buf.n);
}

/* The good state; kept for the process. */
static struct dm_slice base(void)
{
    static struct dm_slice good;

    if (!good.p) {
        good = make_base();
    }
    return good;
}

/* One edit of the body. */
static void edit(GString *body, struct dm_slice *input)
{
    unsigned what = (unsigned)fuzz_number(input, 1) % 3;
    size_t at = fuzz_number(input, 4) % (body->len + 1), len = fuzz_number(input, 1);
    struct dm_slice bytes = dm_slice_head(*input, what < 2 ? len : 0);

    *input = dm_slice_skip(*input, bytes.n);
    if (what == 0) {
        bytes = dm_slice_head(bytes, body->len - at);
        memcpy(body->str + at, bytes.p, bytes.n);
    } else if (what == 1) {
        g_string_insert_len(body, (gssize)at, bytes.p, (gssize)bytes.n);
    } else {
        g_string_erase(body, (gssize)at, (gssize)MIN(len, body->len - at));
    }
}

static GString *make_body(unsigned flags, struct dm_slice *input)
{
    struct dm_slice good = base();
    GString *body;

    if (flags & WHOLE_BODY) {
        body = g_string_new_len(input->p, (gssize)input->n);
        *input = dm_slice_skip(*input, input->n);
        return body;
    }
    body = g_string_new_len(good.p + HEADER_BYTES, (gssize)(good.n - HEADER_BYTES - DM_STATE_SUM));
    for (unsigned n = (unsigned)fuzz_number(input, 1) % EDITS_MAX; n > 0; n--) {
        edit(body, input);
    }
    return body;
}

/* A file of that body, its header and checksum right, in a heap block of its size. */
static struct dm_slice make_file(const GString *body)
{
    size_t n = HEADER_BYTES + body->len + DM_STATE_SUM;
    uint64_t body_bytes = body->len;
    char *p = malloc(n);

    if (!p) {
        abort();
    }
    memcpy(p, base().p, HEADER_BYTES);
    memcpy(p + AT_LENGTH, &body_bytes, sizeof body_bytes);
    memcpy(p + HEADER_BYTES, body->str, body->len);
    dm_state_sum(dm_slice_make(p, n - DM_STATE_SUM), (uint8_t *)p + n - DM_STATE_SUM);
    return dm_slice_make(p, n);
}

void fuzz_state(struct dm_slice input)
{
    unsigned flags = (unsigned)fuzz_number(&input, 1);
    GString *body = make_body(flags, &input);
    struct dm_slice file = make_file(body);
    const char *bad = NULL;
    dnsmon_monitor_t *mon;

    g_string_free(body, TRUE);
    if (dnsmon_monitor_new(fuzz_sensitive(), flags & LIVE ? DNSMON_LIVE : DNSMON_REPLAY, &mon) <
        0) {
        abort();
    }
    int rc = dm_state_unpack(mon, file, &bad);
    free((char *)file.p);
    if (rc < 0 && !bad) {
        fuzz_fail("a refused state has a reason", "");
    }
    if (rc == 0 && fuzz_one_in(input, STATE_STEP)) {
        fuzz_check_state(mon);
    }
    fuzz_feed_lines(mon, input, flags & LIVE);
    dnsmon_monitor_finish(mon, 1);
    fuzz_check_events(mon);
    dnsmon_monitor_free(mon);
}
