/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The state as bytes:
 *
 *     "dnsmon state\n\0", events told, order mark, version, hash of the layout, length of the body
 *     body: hash key, log hosts, what the sequencer holds back, engine, waiting events
 *     hashes of everything before it, with no events told
 *
 * "Events told" is counted up in place while a host delivers the waiting events of the file
 * (state_file.c): after a crash the others are sent, and no other.
 *
 * The layout's hash covers what the body's shape depends on: the rules in their order and the sizes
 * of the machine's types. The checksum is four SipHashes, 64 bits for each quarter: it finds
 * accidents, not forgers, so the body is read as if somebody hostile had written it; a SHA-256 took
 * four fifths of the time of reading and writing. Reading builds
 * a second engine beside the first and swaps them when all of it was understood.
 *
 * The hash key is in it, since sets hold keyed hashes: whoever reads the file knows the key.
 *
 * LIMITS: one byte order and word size; the state is in memory twice meanwhile. Counters are not
 * kept, nor the year that a feed has found for stamps without one.
 */
#include "monitor/state.h"

#include <glib.h>

#include "util/hash.h"

static const char magic[DM_STATE_AT_TOLD] = "dnsmon state\n";

#define ORDER_MARK 0x01020304u

/** In front of the body; without padding. */
struct header {
    char magic[DM_STATE_AT_TOLD];
    uint16_t told;
    uint32_t order;
    uint32_t version;
    uint8_t layout[DM_STATE_SUM];
    uint64_t body_bytes;
};

/* Four hashes, each of a quarter. */
static void sum_of(struct dm_slice s, uint64_t seed, uint8_t ret_sum[DM_STATE_SUM])
{
    size_t quarter = s.n / 4 + 1;

    for (uint64_t i = 0; i < DM_STATE_SUM / sizeof(uint64_t); i++) {
        struct dm_slice part = dm_slice_head(dm_slice_skip(s, i * quarter), quarter);
        struct dm_hashkey key = {seed, i};
        uint64_t h = dm_hash(&key, part.p, part.n);
        memcpy(ret_sum + i * sizeof h, &h, sizeof h);
    }
}

void dm_state_sum(struct dm_slice file, uint8_t ret_sum[DM_STATE_SUM])
{
    static const struct dm_hashkey key = {0, 0};
    struct header h = {.told = 0};

    memcpy(&h, file.p, MIN(file.n, sizeof h));
    h.told = 0;
    sum_of(dm_slice_skip(file, sizeof h), dm_hash(&key, &h, sizeof h), ret_sum);
}

static void layout_of(uint8_t ret[DM_STATE_SUM])
{
    char text[2048];
    size_t n = (size_t)g_snprintf(text, sizeof text, "%zu %zu %zu", sizeof(void *), sizeof(double),
                                  sizeof(int));

    for (int i = 0; i < DM_DET_COUNT && n < sizeof text; i++) {
        n += (size_t)g_snprintf(text + n, sizeof text - n, " %s %zu", dm_detectors[i]->id,
                                dm_detectors[i]->state_bytes);
    }
    sum_of(dm_slice_make(text, MIN(n, sizeof text - 1)), 0, ret);
}

/* ---- writing ---- */

static void pack_hosts(struct dm_buf *out, const struct dm_intern *hosts)
{
    uint64_t n = dm_intern_count(hosts);

    dm_pack_count(out, n);
    for (uint64_t i = 1; i <= n; i++) {
        struct dm_slice text = dm_intern_slice(hosts, (uint16_t)i);
        dm_pack_count(out, text.n);
        dm_pack(out, text.p, text.n);
    }
}

static uint16_t pack_body(struct dnsmon_monitor *mon, struct dm_buf *out)
{
    DM_PACK(out, mon->key);
    pack_hosts(out, mon->hosts);
    dm_sequencer_pack(out, mon->seq);
    dm_engine_pack(out, mon->engine);
    return dm_state_pack_events(mon, out);
}

uint16_t dm_state_pack(struct dnsmon_monitor *mon, struct dm_buf *out)
{
    struct header h = {.order = ORDER_MARK, .version = DM_STATE_VERSION};
    uint8_t sum[DM_STATE_SUM];

    memcpy(h.magic, magic, sizeof h.magic);
    layout_of(h.layout);
    DM_PACK(out, h);
    g_mutex_lock(&mon->lock);
    uint16_t events = pack_body(mon, out);
    g_mutex_unlock(&mon->lock);
    if (!out->failed) {
        h.body_bytes = out->n - sizeof h;
        memcpy(out->p, &h, sizeof h);
        dm_state_sum(dm_slice_make(out->p, out->n), sum);
        DM_PACK(out, sum);
    }
    return events;
}

/* ---- reading ---- */

/* Whether it is a state file of this library, whole, and undamaged.   Returns: NULL, or what not.
 */
static const char *check(struct dm_slice file, uint16_t *ret_told, struct dm_slice *ret_body)
{
    struct header h;
    uint8_t layout[DM_STATE_SUM], sum[DM_STATE_SUM];

    if (file.n < sizeof h || memcmp(file.p, magic, sizeof magic) != 0) {
        return "is no state file of dnsmon, or is cut";
    }
    memcpy(&h, file.p, sizeof h);
    if (h.order != ORDER_MARK) {
        return "was written on a machine with another byte order";
    }
    if (h.version != DM_STATE_VERSION) {
        return "was written by another version of dnsmon";
    }
    if (file.n < sizeof h + sizeof sum || file.n - sizeof h - sizeof sum != h.body_bytes) {
        return "is cut, or something was added to it";
    }
    dm_state_sum(dm_slice_head(file, file.n - sizeof sum), sum);
    if (memcmp(sum, file.p + file.n - sizeof sum, sizeof sum) != 0) {
        return "is damaged: its checksum is wrong";
    }
    layout_of(layout);
    if (memcmp(layout, h.layout, sizeof layout) != 0) {
        return "was written by a dnsmon with other rules, or on another kind of machine";
    }
    *ret_told = h.told;
    *ret_body = dm_slice_make(file.p + sizeof h, h.body_bytes);
    return NULL;
}

/* Returns: 0, also if refused; DNSMON_ENOMEM. */
static int unpack_hosts(struct dm_unpacker *in, struct dm_intern *hosts)
{
    uint64_t n = dm_unpack_count(in, sizeof n);

    dm_unpack_require(in, n <= DM_INTERN_MAX, "there are too many log hosts");
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        struct dm_slice text = dm_unpack_slice(in, dm_unpack_count(in, 1));
        bool fits = !in->bad && text.n > 0 && dm_slice_find(text, '\0') > 0;
        uint16_t number = fits ? dm_intern_add(hosts, text) : 0;
        if (fits && number == 0) {
            return DNSMON_ENOMEM; /* for it is no empty text, and there are not too many */
        }
        dm_unpack_require(in, number == i + 1, "a log host's name cannot be");
    }
    return 0;
}

static int unpack_parts(struct dm_unpacker *in, struct dm_monitor_parts *parts, uint16_t told,
                        struct dnsmon_event **ret_events)
{
    int rc = unpack_hosts(in, parts->hosts);

    if (rc == 0) {
        rc = dm_sequencer_unpack(in, parts->seq, &parts->key,
                                 (uint16_t)dm_intern_count(parts->hosts));
    }
    if (rc == 0 && !in->bad) {
        rc = dm_engine_unpack(in, parts->engine);
    }
    if (rc == 0 && !in->bad) {
        rc = dm_state_unpack_events(in, told, ret_events);
    }
    dm_unpack_require(in, in->n == 0 || rc < 0, "there is more than there should be");
    return rc < 0 ? rc : in->bad ? DNSMON_ESTATE : 0;
}

static bool is_new(const struct dnsmon_monitor *mon)
{
    return dm_sequencer_front(mon->seq) == INT64_MIN && dm_engine_now_s(mon->engine) == INT64_MIN;
}

/* They wait again, or are freed. */
static void put_events(struct dnsmon_monitor *mon, struct dnsmon_event *list, bool wait)
{
    for (struct dnsmon_event *ev = list, *next; ev; ev = next) {
        next = ev->next;
        ev->next = NULL;
        if (wait) {
            dm_monitor_put_event(mon, ev);
        } else {
            dnsmon_event_free(ev);
        }
    }
}

/* Holds the lock.  Makes the parts that a new monitor has, reads into them, and swaps them. */
static int replace_parts(struct dnsmon_monitor *mon, struct dm_unpacker *in, uint16_t told)
{
    struct dm_monitor_parts parts;
    struct dnsmon_event *events = NULL;

    if (!is_new(mon)) {
        in->bad = "can be read only before the first line";
        return DNSMON_EINVAL;
    }
    DM_UNPACK(in, parts.key);
    int rc = dm_monitor_open_parts(mon, &parts);
    if (rc == 0) {
        rc = unpack_parts(in, &parts, told, &events);
    }
    put_events(mon, events, rc == 0);
    if (rc == 0) {
        dm_monitor_swap_parts(mon, &parts);
        dm_engine_resume(mon->engine);
    }
    dm_monitor_free_parts(&parts);
    return rc;
}

int dm_state_unpack(struct dnsmon_monitor *mon, struct dm_slice file, const char **ret_bad)
{
    struct dm_slice body;
    uint16_t told;

    *ret_bad = check(file, &told, &body);
    if (*ret_bad) {
        return DNSMON_ESTATE;
    }
    struct dm_unpacker in = {body.p, body.n, NULL};
    g_mutex_lock(&mon->lock);
    int rc = replace_parts(mon, &in, told);
    g_mutex_unlock(&mon->lock);
    *ret_bad = in.bad;
    return rc;
}
