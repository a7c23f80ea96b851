/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Open seconds are kept in one array sorted by time. Almost every observation belongs to the same
 * second as the one before it or to a later one, so finding its second is one compare, and opening
 * one is an append.
 *
 * LIMITS: a feed whose lines are more than DM_SEQ_BEHIND_S out of order has late lines, and which
 * ones are late depends on how they came. Two sources whose clocks differ by more than
 * DM_SEQ_JUMP_S share one front: the one ahead waits, and when half of the room is used its lines
 * are lost. A clock that is wrong by less than that takes the front along, and the other sources'
 * lines are late until they have caught up; so does one that is set back. Doubles are told in whole
 * milliseconds of the line's own stamp: a stamp without fraction, or late lines, cannot be.
 */
#include "stream/sequencer.h"

#include "stream/sequencer_parts.h"

/* How many emptied seconds keep their memory: a live feed has about eight open. And how much each
 * of them (own choice: what 16,000 queries a second need): the memory of a flood is given back. */
#define SPARE_MAX 8
#define SPARE_OBS (1u << 14)
#define SPARE_TEXT (1u << 20)

static void free_second(void *p)
{
    struct dm_second *sec = p;

    dm_batch_clear(&sec->batch);
    g_free(sec);
}

static void drop_second(struct dm_second *sec)
{
    if (sec) {
        free_second(sec);
    }
}

struct dm_sequencer *dm_sequencer_new(bool live)
{
    struct dm_sequencer *seq = g_try_new0(struct dm_sequencer, 1);

    if (!seq) {
        return NULL;
    }
    seq->live = live;
    seq->front = INT64_MIN;
    seq->hold = INT64_MAX;
    seq->released = INT64_MIN;
    seq->front_alone = DM_SEQ_WITNESS;
    return seq;
}

void dm_sequencer_free(struct dm_sequencer *seq)
{
    if (seq) {
        dm_ptrs_clear(&seq->open, free_second);
        dm_ptrs_clear(&seq->spare, free_second);
        dm_batch_clear(&seq->sorted);
        dm_pool_clear(&seq->pool);
        g_free(seq);
    }
}

void dm_sequencer_set_hosts(struct dm_sequencer *seq, const struct dm_intern *hosts)
{
    seq->hosts = hosts;
}

static struct dm_second *new_second(struct dm_sequencer *seq, int64_t second)
{
    struct dm_second *sec = seq->spare.len ? dm_ptrs_take(&seq->spare, seq->spare.len - 1)
                                           : g_try_new0(struct dm_second, 1);

    if (sec) {
        sec->batch.pool = &seq->pool;
        sec->second = second;
        sec->wall_us = 0;
        sec->late_us = 0;
        sec->late = sec->lost = 0;
    }
    return sec;
}

/* The first open second that is not before @second: binary search. */
static guint lower_bound(const struct dm_sequencer *seq, int64_t second)
{
    guint lo = 0, hi = seq->open.len;

    while (lo < hi) {
        guint mid = lo + (hi - lo) / 2;
        if (dm_sequencer_at(seq, mid)->second < second) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

struct dm_second *dm_sequencer_find(struct dm_sequencer *seq, int64_t second)
{
    if (seq->last < seq->open.len && dm_sequencer_at(seq, seq->last)->second == second) {
        return dm_sequencer_at(seq, seq->last);
    }
    guint at = lower_bound(seq, second);
    if (at == seq->open.len || dm_sequencer_at(seq, at)->second != second) {
        struct dm_second *sec = new_second(seq, second);
        if (!sec || dm_ptrs_insert(&seq->open, at, sec) < 0) {
            drop_second(sec);
            return NULL;
        }
    }
    seq->last = at;
    return dm_sequencer_at(seq, at);
}

/* Believe the seconds that are waiting ahead, up to the next gap that is too wide. */
static void jump_front(struct dm_sequencer *seq)
{
    guint i = lower_bound(seq, seq->front + DM_SEQ_JUMP_S + 1);

    if (i < seq->open.len) {
        seq->front = dm_sequencer_at(seq, i)->second;
        for (; i < seq->open.len && dm_sequencer_at(seq, i)->second <= seq->front + DM_SEQ_JUMP_S;
             i++) {
            seq->front = dm_sequencer_at(seq, i)->second;
        }
    }
    seq->ahead_run = 0;
}

/* The first line of all was from the future: go back to the time that the others agree on. */
static void step_back(struct dm_sequencer *seq, int64_t second)
{
    if (++seq->behind_run >= DM_SEQ_JUMP_LINES) {
        seq->front = second;
        seq->behind_run = 0;
    }
}

/* Another log host than the one that is ahead has sent lines of the front's time lately. */
static bool has_witness(const struct dm_sequencer *seq)
{
    return seq->front_host != seq->ahead_host || seq->front_alone < DM_SEQ_WITNESS;
}

/* Enough lines are ahead, but of one log host alone and against others. */
static bool is_doubted(const struct dm_sequencer *seq)
{
    return seq->ahead_run >= DM_SEQ_JUMP_LINES && seq->ahead_run < DM_SEQ_JUMP_ALONE &&
           !seq->ahead_many && has_witness(seq);
}

static void run_ahead(struct dm_sequencer *seq, uint16_t host)
{
    seq->ahead_many = seq->ahead_run > 0 && (seq->ahead_many || host != seq->ahead_host);
    seq->ahead_host = host;
    seq->ahead_run++;
    seq->counts.ahead++;
    if (seq->ahead_run >= DM_SEQ_JUMP_LINES && !is_doubted(seq)) {
        jump_front(seq);
    }
}

/* A line of the front's time: its log host is a witness. */
static void see_witness(struct dm_sequencer *seq, uint16_t host)
{
    if (host != seq->front_host) {
        seq->front_alone = seq->front == INT64_MIN ? DM_SEQ_WITNESS : 0;
        seq->front_host = host;
    } else if (seq->front_alone < DM_SEQ_WITNESS) {
        seq->front_alone++;
    }
}

static bool is_ahead(const struct dm_sequencer *seq, int64_t second)
{
    return seq->front != INT64_MIN && second > seq->front + DM_SEQ_JUMP_S;
}

static void advance_front(struct dm_sequencer *seq, int64_t second, uint16_t host)
{
    bool behind = seq->front != INT64_MIN && second < seq->front - DM_SEQ_JUMP_S;

    if (second == seq->front) { /* almost every line */
        seq->ahead_run = seq->behind_run = 0;
        see_witness(seq, host);
        return;
    }
    seq->behind_run = behind ? seq->behind_run : 0;
    if (is_ahead(seq, second)) {
        run_ahead(seq, host);
        return;
    }
    see_witness(seq, host);
    if (seq->front == INT64_MIN) {
        seq->front = second;
    } else if (behind) {
        seq->ahead_run = 0;
        step_back(seq, second);
    } else {
        seq->ahead_run = 0;
        seq->front = MAX(seq->front, second);
    }
}

/* The first wall time of all: whatever came before it, from a state file or from a feed that had
 * not been told the time, has been waiting since now. */
static void resume(struct dm_sequencer *seq, int64_t wall_us)
{
    if (!seq->resumed || !seq->live || wall_us == 0) {
        return;
    }
    for (guint i = 0; i < seq->open.len; i++) {
        dm_sequencer_at(seq, i)->wall_us = wall_us;
    }
    seq->last_wall_us = wall_us;
    seq->resumed = false;
}

/* The second of an observation whose own has been released. */
static int64_t make_late(struct dm_sequencer *seq, struct dm_obs *o)
{
    int64_t second = seq->released + 1;

    o->time_us = second * 1000000;
    o->bits |= DM_OBS_LATE;
    seq->counts.late++;
    return second;
}

static void note_late(struct dm_second *sec, int64_t time_us)
{
    sec->late++;
    sec->late_us = sec->late_us ? MIN(sec->late_us, time_us) : time_us;
}

/* A sign of life that nothing is to be made of: too late, or of a program whose time may be wrong.
 */
static bool is_vain(const struct dm_sequencer *seq, const struct dm_obs *obs, int64_t second)
{
    return obs->kind == DM_OBS_ALIVE && ((seq->released != INT64_MIN && second <= seq->released) ||
                                         ((obs->bits & DM_OBS_NO_CLOCK) && second > seq->front));
}

static void add_one(struct dm_sequencer *seq, const struct dm_obs *obs, struct dm_slice name,
                    int64_t wall_us)
{
    struct dm_obs o = *obs;
    int64_t second = dm_sequencer_second(o.time_us);
    bool late = seq->released != INT64_MIN && second <= seq->released;

    if (late) {
        second = make_late(seq, &o);
    }
    if (second != seq->front && is_ahead(seq, second) && is_doubted(seq) &&
        (seq->pending > DM_SEQ_MAX_OBS / 2 || seq->open.len > DM_SEQ_MAX_OPEN / 2)) {
        run_ahead(seq, o.host);
        seq->counts.lost++;
        return;
    }
    struct dm_second *sec = dm_sequencer_find(seq, second);
    if (!sec || dm_batch_add(&sec->batch, &o, name) < 0) {
        seq->counts.lost++;
        return;
    }
    if (late) {
        note_late(sec, obs->time_us);
    }
    sec->wall_us = wall_us;
    seq->pending++;
    if (!(o.bits & DM_OBS_NO_CLOCK)) {
        advance_front(seq, second, o.host);
    }
}

/* What time it is if somebody says @wall_us: a feed that was idle knows an old time only. */
static int64_t latest(struct dm_sequencer *seq, int64_t wall_us)
{
    if (seq->live) {
        seq->wall_us = MAX(seq->wall_us, wall_us);
        wall_us = seq->wall_us;
    }
    resume(seq, wall_us);
    return wall_us;
}

void dm_sequencer_tick(struct dm_sequencer *seq, int64_t wall_us)
{
    if (seq->live && wall_us < seq->wall_us) {
        for (guint i = 0; i < seq->open.len; i++) {
            dm_sequencer_at(seq, i)->wall_us = MIN(dm_sequencer_at(seq, i)->wall_us, wall_us);
        }
        seq->last_wall_us = MIN(seq->last_wall_us, wall_us);
        seq->wall_us = wall_us;
    }
}

/* How many observations behind @begin are of the same second and log host, the front's: all that is
 * decided for an observation has then been decided for the one before them. */
static size_t run_length(const struct dm_sequencer *seq, const struct dm_batch *batch, size_t begin)
{
    int64_t from_us = seq->front * 1000000;
    size_t i = begin;

    if (seq->front < 0 || seq->last >= seq->open.len || seq->front <= seq->released ||
        dm_sequencer_at(seq, seq->last)->second != seq->front) {
        return 0;
    }
    for (; i < batch->n; i++) {
        const struct dm_obs *obs = &batch->obs[i];
        if ((uint64_t)(obs->time_us - from_us) >= 1000000 || obs->host != seq->front_host ||
            obs->kind == DM_OBS_ALIVE) {
            break;
        }
    }
    return i - begin;
}

/* Add a run at once.   Returns: its length. */
static size_t add_run(struct dm_sequencer *seq, const struct dm_batch *batch, size_t begin,
                      int64_t wall_us)
{
    size_t n = run_length(seq, batch, begin);
    struct dm_second *sec = n ? dm_sequencer_at(seq, seq->last) : NULL;

    if (!sec || dm_batch_append(&sec->batch, batch, begin, begin + n) < 0) {
        return 0;
    }
    sec->wall_us = wall_us;
    seq->pending += n;
    seq->ahead_run = seq->behind_run = 0;
    seq->front_alone = (unsigned)MIN(seq->front_alone + n, DM_SEQ_WITNESS);
    return n;
}

void dm_sequencer_add(struct dm_sequencer *seq, const struct dm_batch *batch, int64_t wall_us)
{
    wall_us = latest(seq, wall_us);
    seq->resumed = seq->resumed || (seq->live && wall_us == 0 && batch->n > 0);
    bool moved = false;
    for (size_t i = 0; i < batch->n; i++) {
        const struct dm_obs *obs = &batch->obs[i];
        if (obs->kind == DM_OBS_ALIVE && is_vain(seq, obs, dm_sequencer_second(obs->time_us))) {
            continue;
        }
        add_one(seq, obs, dm_batch_name(batch, obs), wall_us);
        moved = moved || !(obs->bits & DM_OBS_NO_CLOCK);
        size_t more = add_run(seq, batch, i + 1, wall_us);
        moved = moved || more > 0;
        i += more;
    }
    if (moved) {
        seq->last_wall_us = wall_us;
    }
}

static bool is_full(const struct dm_sequencer *seq)
{
    return seq->pending > DM_SEQ_MAX_OBS || seq->open.len > DM_SEQ_MAX_OPEN;
}

static bool is_due(const struct dm_sequencer *seq, const struct dm_second *sec, int64_t wall_us)
{
    if (is_full(seq)) {
        return true;
    }
    if (sec->second > seq->front || sec->second >= seq->hold) {
        return false;
    }
    if (seq->live && wall_us - seq->last_wall_us >= DM_SEQ_IDLE_US) {
        return true;
    }
    return sec->second <= MIN(seq->front, seq->hold) - DM_SEQ_BEHIND_S &&
           (!seq->live || wall_us - sec->wall_us >= DM_SEQ_SETTLE_US);
}

/* A line that waits ahead on a feed that has gone quiet: the wall clock is the second witness. */
static void believe_wall(struct dm_sequencer *seq, int64_t wall_us)
{
    if (seq->live && seq->ahead_run > 0 && wall_us - seq->last_wall_us >= DM_SEQ_IDLE_US) {
        guint i = lower_bound(seq, seq->front + DM_SEQ_JUMP_S + 1);
        if (i < seq->open.len &&
            dm_sequencer_at(seq, i)->second <= wall_us / 1000000 + DM_SEQ_JUMP_S) {
            jump_front(seq);
        }
    }
}

void dm_sequencer_hold(struct dm_sequencer *seq, int64_t second)
{
    seq->hold = second;
}

struct dm_second *dm_sequencer_next(struct dm_sequencer *seq, int64_t wall_us, bool drain)
{
    wall_us = latest(seq, wall_us);
    believe_wall(seq, wall_us);
    if (seq->open.len == 0) {
        return NULL;
    }
    struct dm_second *sec = dm_sequencer_at(seq, 0);
    if (!drain && !is_due(seq, sec, wall_us)) {
        return NULL;
    }
    if (!drain && is_full(seq)) {
        seq->counts.forced++;
    }
    dm_ptrs_take(&seq->open, 0);
    seq->last = seq->last ? seq->last - 1 : 0;
    seq->released = sec->second;
    seq->front = MAX(seq->front, sec->second);
    seq->pending -= sec->batch.n;
    dm_sequencer_sort(seq, sec);
    sec->lost = (uint32_t)MIN(seq->counts.lost - seq->told_lost, UINT32_MAX);
    seq->told_lost = seq->counts.lost;
    return sec;
}

void dm_sequencer_done(struct dm_sequencer *seq, struct dm_second *sec)
{
    if (seq->spare.len >= SPARE_MAX || sec->batch.cap > SPARE_OBS ||
        sec->batch.text_cap > SPARE_TEXT) {
        free_second(sec);
        return;
    }
    dm_batch_reset(&sec->batch);
    if (dm_ptrs_insert(&seq->spare, seq->spare.len, sec) < 0) {
        free_second(sec);
    }
}

int64_t dm_sequencer_front(const struct dm_sequencer *seq)
{
    return seq->front;
}

int64_t dm_sequencer_idle_us(const struct dm_sequencer *seq, int64_t wall_us)
{
    return seq->last_wall_us && !seq->resumed ? wall_us - seq->last_wall_us : 0;
}

const struct dm_seq_counts *dm_sequencer_counts(const struct dm_sequencer *seq)
{
    return &seq->counts;
}

size_t dm_sequencer_pending(const struct dm_sequencer *seq)
{
    return seq->pending;
}
