/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of one dnsmon(): its monitor is kept in this module by the parser's name, and is taken
 * up by whatever parser of that name the next configuration has. (syslog-ng's own store for this,
 * cfg_persist_config_add(), forgets what it is given when a reload fails halfway.) What no parser
 * of the new configuration has taken up is closed when that one runs.
 *
 * Threads. Each worker thread has a feed of its own, found by the thread's number: no lock a line.
 * The feed is flushed by a batch callback at the end of the thread's batch, so that an idle thread
 * has nothing waiting and nobody else needs to touch its feed. Threads without a number (the main
 * thread; threaded sources before 4.1) share one feed under a lock, which the timer flushes.
 *
 * Events are emitted by the timer, in the main thread: one thread keeps their order, and a batch
 * callback must not emit (a queue behind us would register its own callback in a list that is being
 * walked, and keep the event until the next batch). No lock is held meanwhile. With a state file an
 * event waits for the snapshot that has it (keep.c).
 *
 * The end. The hook before the shutdown comes 100 ms before sources stop, and emitting any later,
 * in deinit, would abort syslog-ng. So from the hook on each line is handed over at once and the
 * thread that brought it emits what came of it; the timer does the same for what was on its way.
 * With a state file that is all: lines whose time has not come are in the file and are classified
 * after the start. Without one the timer says the last word just before the 100 ms are over, and
 * again for what still comes.
 *
 * LIMITS: with several dnsmon() in one named parser, the state goes by their order in it. A clone
 * (a parser named in a second log path) feeds the same monitor; events leave where it stood first.
 */
#include "state.h"

#include <string.h>

#include "emit.h"
#include "stats.h"

/* Between ticks, ms: half the second that the library waits for the batches of all threads. */
enum { TICK_MS = 250 };
/* When syslog-ng ends: between ticks, and when the last word is due; it stops sources after 100. */
enum { END_TICK_MS = 5, END_CLOSE_MS = 90 };

/* All states; main thread only. */
static struct ng_state *states;

/* ---- events out -------------------------------------------------------------------------- */

/* One event; as dm_keep_host's send(). */
static void emit(void *user, const dnsmon_event_t *ev, void **ret_flight)
{
    struct ng_state *state = user;
    struct ng_flight *flight = NULL;

    if (ng_emit_event(state->owner, state->outlet, ev, ret_flight ? &flight : NULL))
        __atomic_add_fetch(&state->emitted, 1, __ATOMIC_RELAXED);
    if (flight)
        *ret_flight = flight;
}

static bool is_done(const void *flight)
{
    return ng_emit_is_done(flight);
}

static void release(void *flight)
{
    ng_emit_release(flight);
}

static const struct dm_keep_host keep_calls = {emit, is_done, release, ng_keep_say};

/* The end: without a snapshot before. */
static void emit_all(struct ng_state *state)
{
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(state->mon))) {
        emit(state, ev, NULL);
        dnsmon_event_free(ev);
    }
}

/* ---- lines in ---------------------------------------------------------------------------- */

static gpointer end_batch(gpointer user)
{
    struct ng_slot *slot = user;

    slot->batched = false;
    ng_slot_flush(slot);
    return NULL;
}

static struct ng_slot *new_slot(struct ng_state *state, gint number)
{
    struct ng_slot *slot = g_new(struct ng_slot, 1);

    ng_slot_init(slot, state->mon);
    slot->batch.func = end_batch;
    slot->batch.user_data = slot;
    __atomic_store_n(&state->slot[number], slot, __ATOMIC_RELEASE);
    return slot;
}

static bool read_numbered(struct ng_state *state, gint number, LogMessage *msg, const gchar *text,
                          gsize len)
{
    struct ng_slot *slot = state->slot[number];
    bool looped;

    if (!slot)
        slot = new_slot(state, number);
    looped = ng_slot_read(slot, state->owner->input, msg, text, len);
    if (!slot->batched) {
        slot->batched = true;
        main_loop_worker_register_batch_callback(&slot->batch);
    }
    return looped;
}

static bool read_shared(struct ng_state *state, LogMessage *msg, const gchar *text, gsize len)
{
    bool looped;

    g_mutex_lock(&state->lock);
    looped = ng_slot_read(&state->shared, state->owner->input, msg, text, len);
    g_mutex_unlock(&state->lock);
    return looped;
}

static void flush_shared(struct ng_state *state)
{
    g_mutex_lock(&state->lock);
    ng_slot_flush(&state->shared);
    g_mutex_unlock(&state->lock);
}

/* syslog-ng is about to end: what came of the line goes out at once. */
static void tell_now(struct ng_state *state, gint number)
{
    if (number >= 0)
        ng_slot_flush(state->slot[number]);
    else
        flush_shared(state);
    emit_all(state);
}

bool ng_state_read(struct ng_state *state, LogMessage *msg, const gchar *text, gsize len)
{
    gint number = ng_thread_index();
    bool looped;

    if (number >= NG_SLOTS)
        number = -1;
    if (number >= 0)
        looped = read_numbered(state, number, msg, text, len);
    else
        looped = read_shared(state, msg, text, len);
    if (G_UNLIKELY(g_atomic_int_get(&state->ending)))
        tell_now(state, number);
    return looped;
}

/* ---- the tick ---------------------------------------------------------------------------- */

static void add_ms(struct timespec *at, glong ms)
{
    at->tv_nsec += ms * 1000000;
    if (at->tv_nsec >= 1000000000) {
        at->tv_sec++;
        at->tv_nsec -= 1000000000;
    }
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* The last word must not be later than syslog-ng's own timer, however long a tick has taken. */
static void start_timer(struct ng_state *state, glong ms)
{
    bool ending = g_atomic_int_get(&state->ending);

    iv_validate_now();
    state->timer.expires = iv_now;
    add_ms(&state->timer.expires, ending ? END_TICK_MS : ms);
    if (ending && !state->closed && is_before(&state->last_word, &state->timer.expires))
        state->timer.expires = state->last_word;
    iv_timer_register(&state->timer);
}

static void stop_timer(struct ng_state *state)
{
    if (iv_timer_registered(&state->timer))
        iv_timer_unregister(&state->timer);
}

static void say_last_word(struct ng_state *state)
{
    if (state->owner->statefile || is_before(&iv_now, &state->last_word))
        return;
    dnsmon_monitor_finish(state->mon, !state->closed);
    state->closed = true;
}

static void update_stats(struct ng_state *state)
{
    if (iv_now.tv_sec != state->counted)
        ng_stats_update(state);
    state->counted = iv_now.tv_sec;
}

static void tick(gpointer user)
{
    struct ng_state *state = user;
    bool busy = false;
    int waiting;

    flush_shared(state);
    waiting = dnsmon_monitor_tick(state->mon, ng_slot_now());
    if (g_atomic_int_get(&state->ending)) {
        dm_keep_look(&state->keep.keep);
        say_last_word(state);
        emit_all(state);
    } else {
        busy = ng_keep_tick(&state->keep, waiting);
    }
    update_stats(state);
    start_timer(state, busy ? DM_KEEP_POLL_MS : TICK_MS);
}

/* ---- life -------------------------------------------------------------------------------- */

static struct ng_state *open_state(struct ng_options *options, const gchar *key)
{
    struct ng_state *state = g_new0(struct ng_state, 1);
    int result = dnsmon_monitor_new(options->cfg, DNSMON_LIVE, &state->mon);

    if (result < 0) {
        msg_error("dnsmon: cannot start", evt_tag_str("reason", dnsmon_strerror(result)));
        g_free(state);
        return NULL;
    }
    state->key = g_strdup(key);
    g_mutex_init(&state->lock);
    ng_keep_init(&state->keep, &keep_calls, state, state->mon, options->statefile);
    ng_slot_init(&state->shared, state->mon);
    IV_TIMER_INIT(&state->timer);
    state->timer.cookie = state;
    state->timer.handler = tick;
    state->next = states;
    states = state;
    return state;
}

static void free_state(struct ng_state *state)
{
    for (guint i = 0; i < NG_SLOTS; i++) {
        if (state->slot[i])
            ng_slot_clear(state->slot[i]);
        g_free(state->slot[i]);
    }
    ng_slot_clear(&state->shared);
    ng_keep_clear(&state->keep);
    dnsmon_monitor_free(state->mon);
    g_mutex_clear(&state->lock);
    g_free(state->key);
    g_free(state);
}

static struct ng_state *find_state(const gchar *key)
{
    struct ng_state *state = states;

    while (state && strcmp(state->key, key) != 0)
        state = state->next;
    return state;
}

static bool is_file_taken(const gchar *path)
{
    for (const struct ng_state *state = states; path && state; state = state->next)
        if (state->owner && g_strcmp0(state->owner->statefile, path) == 0) {
            msg_error("dnsmon: two parsers have one state file", evt_tag_str("file", path));
            return true;
        }
    return false;
}

/* The state of an earlier configuration's parser of this name, with the new configuration. */
static bool take_up(struct ng_state *state, struct ng_options *options)
{
    int result = dnsmon_monitor_configure(state->mon, options->cfg);

    if (result < 0)
        msg_error("dnsmon: the configuration cannot be changed",
                  evt_tag_str("reason", dnsmon_strerror(result)));
    return result >= 0;
}

static struct ng_state *find_or_open(struct ng_options *options, const gchar *name)
{
    gchar *key = g_strdup(name);
    struct ng_state *state;

    for (guint n = 2; (state = find_state(key)) && state->owner; n++) {
        g_free(key);
        key = g_strdup_printf("%s#%u", name, n);
    }
    if (!state)
        state = open_state(options, key);
    else if (!take_up(state, options))
        state = NULL;
    g_free(key);
    return state;
}

bool ng_state_attach(struct ng_options *options, const gchar *name, LogPipe *pipe)
{
    struct ng_state *state = options->state;

    if (!state) {
        if (is_file_taken(options->statefile))
            return false;
        state = find_or_open(options, name);
        if (!state)
            return false;
        options->state = state;
        state->owner = options;
        state->outlet = pipe;
        state->stats = ng_stats_new(state);
        ng_keep_start(&state->keep, options->statefile);
        start_timer(state, TICK_MS);
    }
    state->users++;
    return true;
}

void ng_state_detach(struct ng_options *options, LogPipe *pipe)
{
    struct ng_state *state = options->state;

    if (!state)
        return;
    if (state->outlet == pipe)
        stop_timer(state);
    if (--state->users > 0)
        return;
    for (guint i = 0; i < NG_SLOTS; i++)
        if (state->slot[i])
            ng_slot_flush(state->slot[i]);
    flush_shared(state);
    ng_keep_stop(&state->keep);
    ng_stats_update(state);
    ng_stats_free(state->stats);
    state->stats = NULL;
    state->outlet = NULL;
    state->owner = NULL;
    options->state = NULL;
}

/* ---- hooks of the daemon ----------------------------------------------------------------- */

static void before_shutdown(gint type, gpointer user)
{
    for (struct ng_state *state = states; state; state = state->next) {
        if (!state->owner)
            continue;
        ng_keep_settle(&state->keep);
        g_atomic_int_set(&state->ending, 1);
        flush_shared(state);
        emit_all(state);
        stop_timer(state);
        iv_validate_now();
        state->last_word = iv_now;
        add_ms(&state->last_word, END_CLOSE_MS);
        start_timer(state, END_TICK_MS);
    }
    (void)type;
    (void)user;
}

/* A new configuration runs, or the old one again: free what none of its parsers uses. */
static void sweep(gint type, gpointer user)
{
    struct ng_state **at = &states;

    while (*at) {
        struct ng_state *state = *at;

        if (state->owner) {
            at = &state->next;
            continue;
        }
        *at = state->next;
        free_state(state);
    }
    (void)type;
    (void)user;
}

void ng_state_setup(void)
{
    register_application_hook(AH_PRE_SHUTDOWN, before_shutdown, NULL, AHM_RUN_ONCE);
    register_application_hook(AH_CONFIG_CHANGED, sweep, NULL, AHM_RUN_REPEAT);
    register_application_hook(AH_SHUTDOWN, sweep, NULL, AHM_RUN_ONCE);
}
