/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event as one RFC 5424 structured data element: [dnsmon@32473 level="alarm" ...].
 *
 * Method:  values are made visible first and then quoted as RFC 5424 6.3.3 wants: a backslash in
 *          front of '"', '\' and ']'. A reader undoes them in the other order.
 * LIMITS:  32473 is the enterprise number for documentation (RFC 5612): the contract names it, and
 *          the project has none of its own. Samples are in the JSON only.
 * Source:  RFC 5424 6.3; doc/EVENTS.md.
 */
#include "event/event.h"

#include "event/fields.h"
#include "util/buf.h"
#include "util/text.h"

static const struct dm_escape sd_escape = {0, DM_CHAR_QUOTE | DM_CHAR_BACKSLASH | DM_CHAR_BRACKET};

char *dm_event_encode_sd(const struct dnsmon_event *ev)
{
    struct dm_buf buf = {0};

    (void)dm_buf_room(&buf, DM_EVENT_SHORT);
    dm_buf_text(&buf, "[dnsmon@32473");
    for (size_t i = 0; i < dm_n_short_fields; i++) {
        if (dm_short_field_put(&buf, ev, &dm_short_fields[i], "=\"", &sd_escape)) {
            dm_buf_char(&buf, '"');
        }
    }
    dm_buf_char(&buf, ']');
    return dm_buf_take(&buf);
}
