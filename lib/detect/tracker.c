/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The first step's time slides: what is older than it is forgotten one by one. The others' begins
 * when the step in front is complete; when it runs out, everything begins anew. A signature of one
 * step stays where it is once complete, so that its counts go on; others begin anew.
 *
 * LIMITS: one query serves one step. Sixteen names or domains are counted, further ones are not.
 */
#include "detect/tracker.h"

#include <glib.h>

static bool is_of(const struct dm_sig_step *step, const struct dm_obs *obs, struct dm_slice name,
                  bool is_first)
{
    return dm_sig_step_is(step, obs->type, name) && (is_first || !step->first) &&
           (obs->reg || !step->domains);
}

/* The step that a query would be before its turn; 0: none. */
static uint8_t early_step(const struct dm_signature *sig, unsigned from, const struct dm_obs *obs,
                          struct dm_slice name, bool is_first)
{
    for (unsigned i = from; i < sig->n_steps; i++) {
        if (sig->step[i].around && is_of(&sig->step[i], obs, name, is_first)) {
            return (uint8_t)i;
        }
    }
    return 0;
}

bool dm_tracker_begins(const struct dm_signature *sig, const struct dm_obs *obs,
                       struct dm_slice name, bool is_first)
{
    return is_of(&sig->step[0], obs, name, is_first) ||
           early_step(sig, 1, obs, name, is_first) != 0;
}

static void restart(struct dm_tracker *t)
{
    t->step = 0;
    t->n = 0;
}

static void forget(struct dm_tracker *t, const struct dm_signature *sig, int64_t now_us)
{
    int64_t within_us = sig->step[t->step].within_us;

    if (t->step > 0 && now_us - t->step_us > within_us) {
        restart(t);
        within_us = sig->step[0].within_us;
    }
    for (unsigned i = 0; t->step == 0 && i < t->n;) {
        if (now_us / 1000000 - (int64_t)t->seen[i].at_s > within_us / 1000000) {
            memmove(&t->seen[i], &t->seen[i + 1], (t->n - i - 1u) * sizeof t->seen[0]);
            t->n--;
        } else {
            i++;
        }
    }
}

/* FNV-1a; names are told apart among sixteen. */
static uint32_t hash_name(struct dm_slice name)
{
    uint32_t h = 0x811c9dc5u;

    for (size_t i = 0; i < name.n; i++) {
        h = (h ^ (uint8_t)name.p[i]) * 0x01000193u;
    }
    return h;
}

static void count(struct dm_tracker *t, const struct dm_obs *obs, uint32_t what)
{
    unsigned i = 0;

    while (i < t->n && t->seen[i].what != what) {
        i++;
    }
    if (i == DM_SIG_COUNT_MAX) {
        return;
    }
    if (i == t->n) {
        t->seen[t->n++] = (struct dm_tracker_seen){.what = what};
    }
    t->seen[i].times += t->seen[i].times < UINT16_MAX;
    t->seen[i].at_s = (uint32_t)(obs->time_us / 1000000);
}

/* The lower one of the two in the middle: half of them were asked more often at the most. */
static unsigned median(const struct dm_tracker *t)
{
    uint16_t sorted[DM_SIG_COUNT_MAX];

    for (unsigned i = 0; i < t->n; i++) {
        unsigned at = i;
        for (; at > 0 && sorted[at - 1] > t->seen[i].times; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = t->seen[i].times;
    }
    return t->n ? sorted[(t->n - 1) / 2] : 0;
}

static bool is_complete(const struct dm_tracker *t, const struct dm_sig_step *step)
{
    return t->n >= step->need && median(t) >= step->repeats;
}

/* The step is complete: the next, and those that came before their turn.
 * Returns: whether the signature is complete. */
static bool go_on(struct dm_tracker *t, const struct dm_signature *sig, int64_t now_us)
{
    for (;;) {
        if (t->step + 1u == sig->n_steps) {
            return true;
        }
        t->step++;
        t->n = 0;
        t->step_us = now_us;
        const struct dm_sig_step *step = &sig->step[t->step];
        if (!step->around || t->early != t->step || now_us - t->early_us > step->within_us) {
            return false;
        }
    }
}

static enum dm_tracker_said add_to_step(struct dm_tracker *t, const struct dm_signature *sig,
                                        const struct dm_obs *obs, struct dm_slice name,
                                        unsigned *ret_times)
{
    const struct dm_sig_step *step = &sig->step[t->step];

    if (t->step == 0 && t->n == 0) {
        t->start_us = obs->time_us;
    }
    count(t, obs, step->domains ? (uint32_t)obs->reg : hash_name(name));
    if (!is_complete(t, step)) {
        return DM_TRACK_STEP;
    }
    *ret_times = median(t);
    if (!go_on(t, sig, obs->time_us)) {
        return DM_TRACK_STEP;
    }
    if (sig->n_steps > 1) {
        restart(t);
    }
    return DM_TRACK_DONE;
}

enum dm_tracker_said dm_tracker_add(struct dm_tracker *t, const struct dm_signature *sig,
                                    const struct dm_obs *obs, struct dm_slice name, bool is_first,
                                    unsigned *ret_times)
{
    forget(t, sig, obs->time_us);
    if (is_of(&sig->step[t->step], obs, name, is_first)) {
        return add_to_step(t, sig, obs, name, ret_times);
    }
    uint8_t early = early_step(sig, t->step + 1u, obs, name, is_first);
    if (early) {
        t->early = early;
        t->early_us = obs->time_us;
    }
    return early ? DM_TRACK_STEP : DM_TRACK_NOTHING;
}

void dm_tracker_pack(struct dm_buf *out, const struct dm_tracker *t)
{
    DM_PACK(out, t->id);
    DM_PACK(out, t->start_us);
    DM_PACK(out, t->step_us);
    DM_PACK(out, t->early_us);
    DM_PACK(out, t->step);
    DM_PACK(out, t->early);
    DM_PACK(out, t->n);
    for (unsigned i = 0; i < t->n; i++) {
        DM_PACK(out, t->seen[i].what);
        DM_PACK(out, t->seen[i].at_s);
        DM_PACK(out, t->seen[i].times);
    }
}

void dm_tracker_unpack(struct dm_unpacker *in, struct dm_tracker *ret)
{
    DM_UNPACK(in, ret->id);
    ret->start_us = dm_unpack_us(in);
    ret->step_us = dm_unpack_us(in);
    ret->early_us = dm_unpack_us(in);
    DM_UNPACK(in, ret->step);
    DM_UNPACK(in, ret->early);
    DM_UNPACK(in, ret->n);
    if (!dm_unpack_require(in,
                           ret->step < DM_SIG_STEPS_MAX && ret->early < DM_SIG_STEPS_MAX &&
                               ret->n <= DM_SIG_COUNT_MAX,
                           "a step of worm-signature is out of range")) {
        ret->n = 0;
    }
    for (unsigned i = 0; i < ret->n; i++) {
        DM_UNPACK(in, ret->seen[i].what);
        DM_UNPACK(in, ret->seen[i].at_s);
        DM_UNPACK(in, ret->seen[i].times);
    }
}
