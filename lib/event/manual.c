/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doc/EVENTS.md from the table of fields.
 *
 * LIMITS:  the rules and their classes are not listed here: doc/detectors/ has a page for each.
 * Source:  doc/EVENTS.md.
 */
#include "event/event.h"

#include "event/fields.h"
#include "util/buf.h"

static const char intro[] =
    "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
    "# Events\n"
    "\n"
    "This page is generated from the table that the encoders use (`dnsmon manual events`): do not\n"
    "edit it. `doc/event.schema.json` says the same as a JSON Schema.\n"
    "\n"
    "An event has three forms with the same values: one JSON object a line, one line of text, and\n"
    "one RFC 5424 structured data element. A field that has no value is left out; there is no "
    "empty\n"
    "text. Only a **figure** or an integer beside one may be null: there was too little data for "
    "it.\n"
    "\n"
    "## Values\n"
    "\n"
    "* **time**: ISO 8601, UTC, milliseconds: `2004-01-28T01:11:12.000Z`.\n"
    "* **number**: rounded to two decimals, with a decimal point in every locale.\n"
    "* **figure**: the same with four decimals. The short forms leave a null out.\n"
    "* **word**: one of our own constants. **ip**: IPv4 dotted, IPv6 as in RFC 5952.\n"
    "* **text**: may hold what a stranger sent. It is valid UTF-8 without control characters: a\n"
    "  backslash is written `\\\\`, and a control character, a byte that is not UTF-8 or a "
    "character\n"
    "  that hides or reorders text (bidi controls, invisible and blank characters, U+2028, U+2029) "
    "is\n"
    "  written as `\\xHH`, one for each of its bytes. To get the bytes back undo the form's own\n"
    "  quoting (JSON, RFC 5424), then `\\\\` and `\\xHH`.\n"
    "* The JSON is data. `/` is written `\\/`, so that nothing in it ends a script element, but\n"
    "  `<`, `>` and `&` stay: a page that shows a value escapes it as it does with any text.\n"
    "* A path with `[]` is a list; the fields behind it belong to each element.\n"
    "\n"
    "## JSON\n"
    "\n"
    "| path | type | unit | present | meaning |\n"
    "| --- | --- | --- | --- | --- |\n";

static const char short_intro[] =
    "\n"
    "## Text and structured data\n"
    "\n"
    "Text: `dnsmon: LEVEL CLASS name=value ...: REASON`, for example\n"
    "\n"
    "    dnsmon: alarm mass-mailing-worm client=192.0.2.7 score=21.4 ...: 807 MX for 412 names "
    "...\n"
    "\n"
    "A blank inside a value is written `\\x20` and a colon at its end `\\x3a`: fields are what "
    "stands\n"
    "between blanks, and the reason begins behind the first `: ` that follows the level. CLASS is\n"
    "`dnsmon.class`, or `rule.id` where there is none.\n"
    "\n"
    "Structured data: `[dnsmon@32473 level=\"alarm\" class=\"mass-mailing-worm\" ...]`, with a "
    "backslash\n"
    "in front of `\"`, `\\` and `]` (RFC 5424 6.3.3).\n"
    "\n"
    "A list is written with commas; after 16 elements follows `+N` for the others.\n"
    "\n"
    "| name | JSON path | in |\n"
    "| --- | --- | --- |\n";

/** A table row's cells, without anything that Markdown would take for markup. */
static void put_row(struct dm_buf *buf, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dm_buf_text(buf, i ? " | " : "| ");
        dm_buf_text(buf, cells[i]);
    }
    dm_buf_text(buf, " |\n");
}

static void put_code(struct dm_buf *buf, const char *text)
{
    dm_buf_text(buf, "| `");
    dm_buf_text(buf, text);
    dm_buf_text(buf, "` ");
}

/** dm_manual_events() in event.h */
char *dm_manual_events(void)
{
    struct dm_buf buf = {0};

    dm_buf_text(&buf, intro);
    for (size_t i = 0; i < dm_n_fields; i++) {
        const struct dm_field *f = &dm_fields[i];
        const char *const cells[] = {dm_field_type_name(f->type), f->unit, f->when, f->meaning};

        put_code(&buf, f->path);
        put_row(&buf, cells, 4);
    }
    dm_buf_text(&buf, short_intro);
    for (size_t i = 0; i < dm_n_short_fields; i++) {
        const struct dm_short_field *f = &dm_short_fields[i];
        const char *const cells[] = {f->in_text ? "both" : "structured data"};

        put_code(&buf, f->name);
        put_code(&buf, f->path);
        put_row(&buf, cells, 1);
    }
    return dm_buf_take(&buf);
}
