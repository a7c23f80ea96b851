/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file dnsmon.h
 * libdnsmon: finds infected machines in the logs that a site already keeps.
 *
 * A line flows one way: message -> record -> observation -> client -> detector -> incident ->
 * event. The caller opens a configuration, a monitor on it and one feed for each of its threads,
 * hands messages to the feeds and takes events from the monitor:
 *
 *     dnsmon_config_t *cfg;
 *     dnsmon_monitor_t *mon;
 *     dnsmon_feed_t *feed;
 *     dnsmon_event_t *ev;
 *     char why[DNSMON_ERRLEN];
 *
 *     if (dnsmon_config_load("/etc/dnsmon/dnsmon.conf", &cfg, why, sizeof why) < 0)
 *         ...
 *     dnsmon_monitor_new(cfg, DNSMON_REPLAY, &mon);
 *     dnsmon_feed_new(mon, &feed);
 *     while (getline(...) > 0)
 *         dnsmon_feed_line(feed, line, len);
 *     dnsmon_feed_free(feed);
 *     dnsmon_monitor_finish(mon, 1);
 *     while ((ev = dnsmon_monitor_next_event(mon))) {
 *         puts(dnsmon_event_json(ev));
 *         dnsmon_event_free(ev);
 *     }
 *     dnsmon_monitor_free(mon);
 *     dnsmon_config_free(cfg);
 *
 * Time.    The library never reads a clock. Times are microseconds since 1970-01-01 UTC (`..._us`).
 * Errors.  Calls return 0 or a count, or a negative enum dnsmon_error; what a call hands back
 *          through a `ret_...` pointer is written on success only. The library never prints, exits,
 *          sleeps, or calls back into the host; bad input is counted, never fatal.
 * Memory.  What the traffic sizes is bounded, and a lack of memory for it is an error or counted.
 *          Small things of fixed size (a configuration, a message about it) are GLib's, which ends
 *          the process where there is no memory at all.
 * Owner.   What a `..._new()`, `..._load()` or dnsmon_monitor_next_event() gives belongs to the
 *          caller, who gives it to its `..._free()` once. Texts that are handed in are borrowed
 *          until the call returns.
 * NULL.    No argument may be NULL where its comment does not say so; a text of length 0 neither.
 * Threads. A feed and an event belong to one thread at a time. Every dnsmon_monitor_... call may be
 *          made from any thread at any time unless its comment says otherwise; it takes the
 *          monitor's lock for a short time. A config never changes. fork() in a process that has
 *          other threads in the library leaves the child without the use of it.
 */
#ifndef DNSMON_DNSMON_H
#define DNSMON_DNSMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/** Size of an error text buffer that no message is cut in, bytes. */
#define DNSMON_ERRLEN 1024

/** What a call returns when it fails; dnsmon_strerror() has the sentence. */
enum dnsmon_error {
    DNSMON_OK = 0,       /**< success */
    DNSMON_ENOMEM = -1,  /**< memory could not be had */
    DNSMON_EINVAL = -2,  /**< an argument is out of range */
    DNSMON_ECONFIG = -3, /**< the configuration is wrong; the text names file, line, key, remedy */
    DNSMON_EIO = -4,     /**< a file could not be read or written */
    DNSMON_ESTATE = -5,  /**< a state file is of another version, cut or damaged */
    DNSMON_ERANGE = -6,  /**< there is no such index */
};

/** The effective configuration: immutable once loaded, shared by reference count. */
typedef struct dnsmon_config dnsmon_config_t;
/** All state of one site: clients, detectors, incidents, waiting events. */
typedef struct dnsmon_monitor dnsmon_monitor_t;
/** One thread's way into a monitor: its parsers' memory and its batch. */
typedef struct dnsmon_feed dnsmon_feed_t;
/** One event, taken from a monitor; immutable, belongs to the caller. */
typedef struct dnsmon_event dnsmon_event_t;

/** Levels of an event, in rising order. */
enum dnsmon_level {
    DNSMON_INFO = 0,   /**< good to know, such as a day's summary */
    DNSMON_NOTICE = 1, /**< worth a look */
    DNSMON_ALARM = 2,  /**< somebody has to act */
};

/** Monitor flags. */
enum dnsmon_flags {
    /** in a log daemon: random hash key, dnsmon_feed_flush() gets the wall clock */
    DNSMON_LIVE = 0,
    /** old logs: time is the lines' own alone, output is a function of the lines */
    DNSMON_REPLAY = 1,
};

/**
 * dnsmon_version() - the library's version, "MAJOR.MINOR.PATCH".
 * Returns: a constant text.
 * Thread:  any.
 */
const char *dnsmon_version(void);

/**
 * dnsmon_strerror() - the sentence for an error code.
 * @code:   an enum dnsmon_error; any other value gives "unknown error".
 * Returns: a constant text.
 * Thread:  any.
 */
const char *dnsmon_strerror(int code);

/* ---- configuration ---------------------------------------------------------------------- */

/**
 * dnsmon_config_load() - read and check a configuration file.
 * @path:    the file; NULL: no file, every key at its default.
 * @ret_cfg: on success the configuration; free with dnsmon_config_free().
 * @why:     on failure one line: file, line, key, what is wrong and what would be right.
 * @why_len: its size; DNSMON_ERRLEN holds any message; 0: none is wanted, and @why may be NULL.
 * Returns:  0; DNSMON_ECONFIG, DNSMON_EIO.
 * Thread:   any.
 */
int dnsmon_config_load(const char *path, dnsmon_config_t **ret_cfg, char *why, size_t why_len);

/**
 * dnsmon_config_free() - let go of a configuration.
 * @cfg:    or NULL. Monitors that use it keep their own reference.
 * Thread:  any.
 */
void dnsmon_config_free(dnsmon_config_t *cfg);

/**
 * dnsmon_config_text() - the effective settings as a configuration file, each with its source.
 * @cfg:    the configuration.
 * Returns: a text to be released with free(); NULL without memory. Loading it gives the same
 *          configuration.
 * Thread:  any.
 */
char *dnsmon_config_text(const dnsmon_config_t *cfg);

/**
 * dnsmon_manual() - a reference page generated from the tables that the code uses.
 * @page:   "configuration" or "events".
 * Returns: Markdown, to be released with free(); NULL if there is no such page or no memory.
 * Thread:  any.
 */
char *dnsmon_manual(const char *page);

/* ---- monitor ---------------------------------------------------------------------------- */

/**
 * dnsmon_monitor_new() - open a monitor.
 * @cfg:     the configuration; the monitor takes a reference of its own.
 * @flags:   DNSMON_LIVE or DNSMON_REPLAY.
 * @ret_mon: on success the monitor; free with dnsmon_monitor_free().
 * Returns:  0; DNSMON_ENOMEM; DNSMON_EINVAL: other flags, or @cfg is NULL.
 * Thread:   any.
 */
int dnsmon_monitor_new(dnsmon_config_t *cfg, unsigned flags, dnsmon_monitor_t **ret_mon);

/**
 * dnsmon_monitor_free() - close a monitor and drop all its state and waiting events.
 * @mon:    or NULL. All its feeds have been freed; events that were taken live on.
 * Thread:  the last one to use it.
 */
void dnsmon_monitor_free(dnsmon_monitor_t *mon);

/**
 * dnsmon_monitor_configure() - swap the configuration in without losing any state.
 * @cfg:    the new configuration, of which the monitor takes a reference of its own; in force for
 *          each feed from its next batch on, at the latest behind its next flush.
 * Returns: 0; DNSMON_EINVAL: @cfg is NULL, and the old one stays in force.
 * Thread:  any.
 */
int dnsmon_monitor_configure(dnsmon_monitor_t *mon, dnsmon_config_t *cfg);

/**
 * dnsmon_monitor_set_year() - the year of time stamps that have none (RFC 3164), for old files.
 * @year:   1970..2199 for the first line; later lines follow the line before, over New Year.
 *          0 (default): a live host passes the time; otherwise the year of the last full date
 *          seen, else 1970. In force for feeds that are opened from now on.
 * Returns: 0; DNSMON_EINVAL.
 * Thread:  any.
 */
int dnsmon_monitor_set_year(dnsmon_monitor_t *mon, int year);

/**
 * dnsmon_monitor_tick() - tell a live monitor the time, so that an idle feed's windows close.
 * @wall_us: the wall clock. Call it about once a second or more often; never in a replay.
 * Returns:  the number of events waiting.
 * Thread:   any.
 */
int dnsmon_monitor_tick(dnsmon_monitor_t *mon, int64_t wall_us);

/**
 * dnsmon_monitor_hold() - lines from this time on are still to come, so that later ones wait for
 * them. For replays of several inputs that overlap in time: read on in the input that stands at the
 * earliest time, and before each flush say what that will be behind it. Without a hold the newest
 * line alone says how far the input has come.
 * @time_us: INT64_MAX: no hold, as in a new monitor. In force from the next flush on, until another
 *           call or dnsmon_monitor_load(). What is held back is bounded: above half a million
 *           records the oldest go on. dnsmon_monitor_finish() waits for nothing.
 * Thread:   any.
 */
void dnsmon_monitor_hold(dnsmon_monitor_t *mon, int64_t time_us);

/**
 * dnsmon_monitor_finish() - the input has ended: classify what is held back, close what is open.
 * All feeds have been flushed or freed. A monitor that is saved with dnsmon_monitor_save()
 * afterwards continues; one that is not has said its last word about each incident. Should more
 * lines come (a worker that was slower), it is called once more behind them.
 * @close_incidents: nonzero: send a last event for every open incident (no state file);
 *                   zero: keep them open for the state file.
 * Returns: the number of events waiting.
 * Thread:  any, when no other feeds lines.
 */
int dnsmon_monitor_finish(dnsmon_monitor_t *mon, int close_incidents);

/**
 * dnsmon_monitor_next_event() - take the oldest waiting event.
 * Returns: an event to be freed with dnsmon_event_free(); NULL if none waits.
 * Thread:  any; without a lock if none waits. Two threads that take events get each of them once.
 */
dnsmon_event_t *dnsmon_monitor_next_event(dnsmon_monitor_t *mon);

/**
 * dnsmon_monitor_counter() - read the monitor's counters by number.
 * @index:     0, 1, 2, ... ; the order never changes within one library version.
 * @ret_name:  a constant lower-case name such as "lines.bind.record".
 * @ret_value: its value since the monitor was opened (gauges: now).
 * Returns:    0; DNSMON_ERANGE past the last one.
 * Thread:     any.
 */
int dnsmon_monitor_counter(dnsmon_monitor_t *mon, unsigned index, const char **ret_name,
                           uint64_t *ret_value);

/**
 * dnsmon_monitor_record() - keep what figures over the whole log need, beside events: curves of the
 * site and of clients with incidents, the points of the papers' regressions.
 * Call it before the first line. Findings do not depend on it. It takes up to 46 MB, whatever the
 * traffic, and some time for each line; what is kept is no part of a state file.
 * Returns: 0, also if it was asked for before; DNSMON_ENOMEM.   Thread: any; takes the lock.
 */
int dnsmon_monitor_record(dnsmon_monitor_t *mon);

/**
 * dnsmon_monitor_figures() - what has been kept, usually after dnsmon_monitor_finish().
 * Returns: one JSON object (doc/REPORT.md), a few MB at the most, to be released with free(); NULL
 *          without dnsmon_monitor_record() or without memory.   Thread: any; takes the lock.
 */
char *dnsmon_monitor_figures(dnsmon_monitor_t *mon);

/**
 * dnsmon_monitor_save() - write all state to a file: written aside, synced, renamed.
 * It may be called at any time: lines that wait to be classified and events that nobody has taken
 * are in the file too, lines in feeds that have not been flushed are not. Feeds wait while the
 * state is copied in memory, not for the disk. The file fits this library version, byte order and
 * word size only; it holds the hash key and is readable by its owner alone.
 * @path:    the file.
 * @why:     on failure the reason, with the path.
 * @why_len: its size; 0: no reason is wanted.
 * Returns:  how many events are in the file: the next so many of dnsmon_monitor_next_event() if one
 *           thread takes them; DNSMON_EIO, DNSMON_ENOMEM; the old file is then untouched.
 * Thread:   any; of two that save at once the second waits.
 */
int dnsmon_monitor_save(dnsmon_monitor_t *mon, const char *path, char *why, size_t why_len);

/**
 * dnsmon_monitor_told() - the next @n events of the file saved last have arrived where they should.
 * A host that saves before it sends, and says here what has arrived, sends no event twice and
 * forgets none when it is killed: the file has the incidents and the events not yet told, and
 * dnsmon_monitor_load() lets these wait again. What is killed between arriving and this call comes
 * twice, the same to the byte.
 * @path:    where it was saved.
 * @n:       how many more.
 * Returns:  0; DNSMON_EIO, DNSMON_EINVAL (there are not so many).
 * Thread:   any; the one that takes the events.
 */
int dnsmon_monitor_told(dnsmon_monitor_t *mon, const char *path, unsigned n);

/**
 * dnsmon_monitor_load() - take the state of a file into a monitor that has seen no line yet.
 * @path:    the file; that there is none is no error.
 * @why:     on failure the reason, with the path.
 * @why_len: its size; 0: no reason is wanted.
 * Returns:  1 if state was read, 0 if there is no file; DNSMON_ESTATE (the file is left as it is
 *           and nothing was taken from it), DNSMON_EIO, DNSMON_ENOMEM, DNSMON_EINVAL (a line has
 *           been classified already).
 * Thread:   any.
 */
int dnsmon_monitor_load(dnsmon_monitor_t *mon, const char *path, char *why, size_t why_len);

/* ---- feed ------------------------------------------------------------------------------- */

/**
 * dnsmon_feed_new() - open a way in for one thread.
 * @ret_feed: free with dnsmon_feed_free() before the monitor.
 * Returns:   0; DNSMON_ENOMEM.
 * Thread:    any; the feed may be used by another one later.
 */
int dnsmon_feed_new(dnsmon_monitor_t *mon, dnsmon_feed_t **ret_feed);

/**
 * dnsmon_feed_free() - flush and close a feed.
 * @feed:   or NULL. The flush is told the wall clock of the last dnsmon_feed_flush().
 * Thread:  the feed's.
 */
void dnsmon_feed_free(dnsmon_feed_t *feed);

/**
 * dnsmon_feed_message() - hand over one message whose header the host has parsed.
 * @time_us:  its time; a stamp inside the message (BIND's print-time) is more exact and wins.
 *            0: unknown.
 * @host:     syslog host name; may be "".
 * @host_len: its length, bytes.
 * @program:  program name without "[pid]:"; may be "".
 * @program_len: its length, bytes.
 * @msg:      the text after the header; any bytes. Borrowed until the call returns.
 * @msg_len:  its length, bytes.
 * Returns:   1 if the line was understood, 0 if not; never fails. Events appear at the flush that
 *            the feed makes by itself when its batch is full, or at dnsmon_feed_flush().
 * Thread:    the feed's.
 * Cost:      no allocation and no lock, except when the batch is full and for the first line of a
 *            log host.
 */
int dnsmon_feed_message(dnsmon_feed_t *feed, int64_t time_us, const char *host, size_t host_len,
                        const char *program, size_t program_len, const char *msg, size_t msg_len);

/**
 * dnsmon_feed_line() - hand over one raw log line, header and all; for files and standard input.
 * @line:   without its newline; any bytes. Borrowed until the call returns. A line that begins with
 *          '{' is read as by dnsmon_feed_json().
 * @len:    its length, bytes.
 * Returns: as dnsmon_feed_message().
 * Thread:  the feed's.
 */
int dnsmon_feed_line(dnsmon_feed_t *feed, const char *line, size_t len);

/**
 * dnsmon_feed_lines() - hand over many raw log lines: for a block of a file the fastest way.
 * @text:   lines, each as for dnsmon_feed_line(), with a newline between them. Borrowed.
 * @len:    its length, bytes.
 * Returns: how many were understood; never fails.
 * Thread:  the feed's.
 */
int dnsmon_feed_lines(dnsmon_feed_t *feed, const char *text, size_t len);

/**
 * dnsmon_feed_json() - hand over one already parsed message as a JSON object (doc/FORMATS.md:
 * keys).
 * @time_us:  as for dnsmon_feed_message(); a time inside the object wins.
 * @host:     as for dnsmon_feed_message(); it wins over one inside the object.
 * @host_len: its length, bytes.
 * @json:     the object and nothing else; any bytes. Borrowed until the call returns.
 * @json_len: its length, bytes.
 * Returns:   as dnsmon_feed_message().
 * Thread:    the feed's.
 */
int dnsmon_feed_json(dnsmon_feed_t *feed, int64_t time_us, const char *host, size_t host_len,
                     const char *json, size_t json_len);

/**
 * dnsmon_feed_flush() - hand the batch to the monitor and classify what is due.
 * @wall_us: the wall clock in a live host (its batch boundaries are the right moment); 0 in a
 *           replay. Stamps without a year in later raw lines are near it, so a host of raw lines
 *           flushes once before the first.
 * Returns:  the number of events waiting in the monitor.
 * Thread:   the feed's; takes the monitor's lock.
 */
int dnsmon_feed_flush(dnsmon_feed_t *feed, int64_t wall_us);

/**
 * dnsmon_feed_hold() - from now on the feed hands nothing over but at dnsmon_feed_flush().
 * For a program that parses blocks of one file in several threads and must not let their order
 * depend on it: a held feed for each block, flushed in the order of the blocks. The batch grows
 * with the block: 56 bytes a line, and the names that matter.
 * Returns: 0; DNSMON_ENOMEM, and the feed goes on as before.
 * Thread:  the feed's.
 */
int dnsmon_feed_hold(dnsmon_feed_t *feed);

/**
 * dnsmon_feed_peek() - the time of a raw line; nothing is counted or handed over, but the feed's
 * sense of time (the year of stamps without one) follows the line.
 * @line:        as for dnsmon_feed_line().
 * @len:         its length, bytes.
 * @ret_time_us: written if there is one.
 * Returns:      1; 2: a time whose year is the feed's guess; 0: the line has no time of its own.
 * Thread:       the feed's.
 */
int dnsmon_feed_peek(dnsmon_feed_t *feed, const char *line, size_t len, int64_t *ret_time_us);

/**
 * dnsmon_feed_follow() - continue in time where another feed of the same monitor stands.
 * @feed:   it reads the lines that come behind those that @from has read or peeked at.
 * @from:   unchanged.
 * Thread:  that of both.
 */
void dnsmon_feed_follow(dnsmon_feed_t *feed, const dnsmon_feed_t *from);

/**
 * dnsmon_parse_line() - what a raw line is understood as, without classifying it. The line counts
 * in the monitor's counters `lines....`, and the feed's sense of time follows it.
 * @line:   as for dnsmon_feed_line().
 * @len:    its length, bytes.
 * Returns: one JSON object (no newline), to be released with free(); NULL without memory.
 *          Its keys are those of doc/FORMATS.md; "kind" is null and "why" says so where it was not
 *          understood.
 * Thread:  the feed's.
 */
char *dnsmon_parse_line(dnsmon_feed_t *feed, const char *line, size_t len);

/* ---- event ------------------------------------------------------------------------------ */

/**
 * dnsmon_event_free() - throw an event away, with the texts that it gave.
 * @ev:     or NULL. The monitor may be gone already.
 * Thread:  the event's.
 */
void dnsmon_event_free(dnsmon_event_t *ev);

/**
 * dnsmon_event_time_us() - the log's own time at which the finding was made.
 * Returns: microseconds since 1970 UTC.
 * Thread:  the event's.
 */
int64_t dnsmon_event_time_us(const dnsmon_event_t *ev);

/**
 * dnsmon_event_level() - how serious it is.
 * Returns: an enum dnsmon_level.
 * Thread:  the event's.
 */
int dnsmon_event_level(const dnsmon_event_t *ev);

/**
 * dnsmon_event_rule() - the rule id, such as "mass-mailer".
 * Returns: a text, good until dnsmon_event_free().
 * Thread:  the event's.
 */
const char *dnsmon_event_rule(const dnsmon_event_t *ev);

/**
 * dnsmon_event_json() - the whole event as one line of JSON, valid UTF-8 (doc/EVENTS.md).
 * Returns: a text without newline, made at the first call, good until dnsmon_event_free(); NULL
 *          without memory.
 * Thread:  the event's: two threads that ask for a text at once need a lock of their own.
 */
const char *dnsmon_event_json(const dnsmon_event_t *ev);

/**
 * dnsmon_event_text() - the text form, one line without control characters.
 * Returns: as dnsmon_event_json().
 * Thread:  as dnsmon_event_json().
 */
const char *dnsmon_event_text(const dnsmon_event_t *ev);

/**
 * dnsmon_event_sd() - the RFC 5424 structured data "[dnsmon@32473 ...]".
 * Returns: as dnsmon_event_json().
 * Thread:  as dnsmon_event_json().
 */
const char *dnsmon_event_sd(const dnsmon_event_t *ev);

/** One field of an event. */
struct dnsmon_field {
    const char
        *path;       /**< "dnsmon.evidence[].name": "[]" behind the part that is a list; constant */
    const char *key; /**< its last part, in `path` */
    unsigned index;  /**< element of that list, from 0; 0 without one */
    char kind;       /**< in JSON: 't'ext, 'i'nteger, 'r'eal number, 'b'oolean, 'n'ull */
    const char *text;  /**< as in the JSON without its quoting; good until the next call */
    size_t text_len;   /**< its length, bytes; a NUL follows */
    int64_t integer;   /**< of 'i', INT64_MAX: that or more; of 'b', 0 or 1 */
    double real;       /**< of 'r' */
    uint32_t place[4]; /**< the library's: where it stands */
};

/**
 * dnsmon_event_field() - the event's fields one by one, in the order of the JSON, for a host that
 * makes an object of its own of them; of a list each element with all its fields.
 * @field:  all zero before the first call; each call writes the next field into it.
 * Returns: 1; 0: there are no more; DNSMON_EINVAL: the event was read from a state file, which has
 *          its texts only; DNSMON_ENOMEM.
 * Thread:  as dnsmon_event_json().
 */
int dnsmon_event_field(const dnsmon_event_t *ev, struct dnsmon_field *field);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
