/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event as one line for people and for the msg part of a log message:
 *
 *     dnsmon: alarm mass-mailing-worm client=192.0.2.7 score=21.4 ...: REASON
 *
 * Method:  a blank inside a value is written \x20 and a colon at its end \x3a, so the fields are
 *          what stands between single blanks and the reason begins behind the first ": " that
 *          follows the level. Everything else that could mislead is escaped by dm_text_escape().
 * LIMITS:  short: samples and counts of a roll-up's clients are in the JSON only.
 * Source:  doc/EVENTS.md.
 */
#include "event/event.h"

#include "event/getters.h"
#include "util/buf.h"
#include "util/text.h"

static const struct dm_escape field_escape = {DM_CHAR_BLANK, 0};
static const struct dm_escape sentence_escape = {0, 0};

/** A colon at the end of a value ("2001:db8::") must not look like the one before the reason. */
static void hide_last_colon(struct dm_buf *buf)
{
    if (!buf->failed && buf->n && buf->p[buf->n - 1] == ':') {
        dm_buf_cut(buf, buf->n - 1);
        dm_buf_text(buf, "\\x3a");
    }
}

/** The class, or the rule where it has none: one word. */
static void put_class(struct dm_buf *buf, const struct dnsmon_event *ev)
{
    struct dm_value value = {0};

    if (!dm_get_class(ev, 0, &value) && !dm_get_rule_id(ev, 0, &value)) {
        value.text = DM_SLICE("-");
    }
    dm_text_escape(buf, value.text, &field_escape);
    hide_last_colon(buf);
}

char *dm_event_encode_text(const struct dnsmon_event *ev)
{
    struct dm_buf buf = {0};
    const char *reason = ev->reason ? ev->reason : "";

    (void)dm_buf_room(&buf, DM_EVENT_SHORT);
    dm_buf_text(&buf, "dnsmon: ");
    dm_buf_text(&buf, dm_level_name(ev->level));
    dm_buf_char(&buf, ' ');
    put_class(&buf, ev);
    for (size_t i = 0; i < dm_n_short_fields; i++) {
        const struct dm_short_field *field = &dm_short_fields[i];

        if (field->in_text && dm_short_field_put(&buf, ev, field, "=", &field_escape)) {
            hide_last_colon(&buf);
        }
    }
    dm_buf_text(&buf, ": ");
    dm_text_escape(&buf, dm_slice_make(reason, strlen(reason)), &sentence_escape);
    return dm_buf_take(&buf);
}
