/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The contract of a detector: one file det_<name>.c, one row in detectors.def, one test, one page.
 */
#ifndef DM_DETECT_DETECTOR_H
#define DM_DETECT_DETECTOR_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/client_table.h"
#include "dnsmon/dnsmon.h"
#include "server/figures.h"
#include "server/server_table.h"
#include "site/site.h"
#include "stream/gaps.h"
#include "stream/obs.h"
#include "stream/signature.h"
#include "util/buf.h"
#include "util/option.h"
#include "util/pack.h"
#include "util/set.h"
#include "util/slice.h"

/** The detectors by number, in the order of detectors.def. */
enum dm_detector_id {
#define X(name) DM_DET_##name,
#include "detect/detectors.def"
#undef X
    DM_DET_COUNT
};

/** Most keys that one detector may have, and most values it may derive from them. */
#define DM_DET_OPTIONS_MAX 24
#define DM_DET_DERIVED_MAX 8

/** A detector's settings. @opt: its keys in the order of its rows, base units, NAN: "auto". */
struct dm_det_params {
    double opt[DM_DET_OPTIONS_MAX];
    double derived[DM_DET_DERIVED_MAX]; /**< filled by the detector's prepare() */
    uint16_t ports[DM_PORTS_MAX];       /**< of its key of type DM_OPT_PORTS; 0 ends them */
};

struct dm_recent;
struct dm_samples;
struct dm_signatures;

/** Whom a rule's incidents are about. */
enum dm_subject_kind {
    DM_SUBJECT_CLIENT, /**< a client of the name server */
    DM_SUBJECT_SERVER, /**< a mail server, and perhaps one of its peers */
    DM_SUBJECT_SITE,   /**< the site as a whole */
    DM_SUBJECT_HEALTH  /**< said by the engine itself, of a day, the feed or the library: no state,
                          no  incident */
};

/** What a detector may use while it looks at one observation, or at the end of a minute. */
struct dm_detect_ctx {
    int64_t now_us; /**< event time, never goes back; at the end of a span: that end */
    const struct dm_site *site;
    const struct dm_signatures *signatures; /**< of the configuration */
    struct dm_client_table *clients;
    const struct dm_server_table *servers;
    const struct dm_gaps *gaps;       /**< holes in the log: dm_gaps_touch(), dm_gaps_silent() */
    struct dm_recent *mail_asked;     /**< that mail servers and list hosts asked MX for lately */
    const struct dm_site_mix *mix;    /**< what all clients asked today */
    unsigned slot;                    /**< weekday or holiday × hour: 0..23 of weekdays, 24..47 */
    const struct dm_det_params *pars; /**< of all detectors, by enum dm_detector_id */
    const size_t *states_at;          /**< their states' offsets in the block of their subject */
    const bool *enabled;              /**< which of them run */
    const struct dm_det_params *par;  /**< of the detector that is called */
    size_t state_at;                  /**< offset of its state in the block of its subject */
    struct dm_slice name;             /**< of the observation, normal form */
};

/**
 * So many questions behind a finding, over TCP or with the server's own cookie (DM_OBS_VERIFIED),
 * make it verified; they count as the rule counts: mass-mailer's are new domains. Whoever writes
 * the source address of UDP queries himself can do neither. As many as make a notice of mass-mailer
 * (doc/SCIENCE.md D.4, K_min 8: 0.29 episodes a day in 10,000 clients): what is verified would then
 * nearly do without the rest, and who forges queries of a machine that now and then asks over TCP
 * does not get it blocked.
 */
#define DM_VERIFIED_LEAST 8

/** Slots of a week: 24 hours of weekdays, 24 of weekends and holidays. */
#define DM_SLOTS 48

/** What a detector says about its subject now. */
struct dm_finding {
    int level;              /**< enum dnsmon_level */
    const char *class_name; /**< dnsmon.class, a constant; NULL: own_class */
    char own_class[DM_SIG_NAME_MAX +
                   1]; /**< the name of a signature, which a reload may take away */
    double score, threshold;
    double llr;                       /**< relay against worm (A.3), nats; NAN: not judged */
    uint32_t distinct, distinct_max;  /**< registered domains; the number at which counting stops */
    int64_t start_us;                 /**< first thing that belongs to it */
    const struct dm_samples *samples; /**< borrowed from the state; may be NULL */
    const struct dm_figures *figures; /**< the same; may be NULL */
    const char *suggest;              /**< ready line for an operator, the same; may be NULL */
    const char *detail;  /**< for describe(): what there is to say beside the numbers, the same */
    bool has_peer;       /**< a mail server's peer is the one to look at */
    struct dm_addr peer; /**< client.ip of the event then */
    const char *name;    /**< for describe(): the mail server; the calling engine sets it */
    bool verified; /**< it does not rest on what can be forged alone: DM_VERIFIED_LEAST; or a mail
                        log, whose lines follow a TCP handshake, makes it */
};

struct dm_detector {
    const char *id;      /**< rule.id, such as "mass-mailer" */
    const char *name;    /**< rule.name, such as "Mass-mailing client" */
    const char *summary; /**< one sentence for the manual: what it finds, from which paper */
    enum dm_subject_kind subject;
    uint32_t marks;                  /**< enum dm_obs_mark: which observations it is called for */
    bool daily;                      /**< its incidents end with the local day */
    const struct dm_option *options; /**< rows of [detector <id>] */
    size_t n_options;
    const char *const *classes; /**< every class_name that finding() gives; NULL ends them */
    bool own_classes;           /**< beside @classes a site's signatures */
    size_t state_bytes;         /**< its state in its subject's block, zeroed when made */
    /** Derive thresholds from the keys and the budget (false alarms per 10,000 clients and day). */
    void (*prepare)(struct dm_det_params *par, double budget);

    /* -- subject CLIENT -- */
    /**
     * Look at one observation, in canonical order; the client's counts include it.
     * Returns: whether the client is worth an incident now; then finding() is asked.
     */
    bool (*update)(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                   const struct dm_obs *obs);
    /** What there is to say of the client now. Called after update() said so, and as long as the
     * incident is open. */
    void (*finding)(const struct dm_detect_ctx *ctx, const struct dm_client *cli,
                    struct dm_finding *ret);

    /* -- subject SERVER -- */
    /** Look at one observation of a mail server that counts: a line of its log, or a query of its
     * own with one of @marks; in canonical order. May be NULL. */
    void (*server_see)(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                       const struct dm_obs *obs);
    /**
     * A minute is over. Called for every minute of event time, also those in which nothing happened
     * (of a longer silence, for the first day of it).
     * @minute: what the server did in it.   @ctx->now_us: its end.   @ctx->slot: that it lies in.
     * Returns: whether the server is worth an incident now; then server_finding() is asked.
     */
    bool (*server_minute)(const struct dm_detect_ctx *ctx, const struct dm_server *srv, void *state,
                          const struct dm_mail_counts *minute);
    void (*server_finding)(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_finding *ret);
    /** Add what it knows to the figures of the day that is ending. May be NULL. */
    void (*server_figures)(const struct dm_detect_ctx *ctx, const struct dm_server *srv,
                           const void *state, struct dm_figures *ret);

    /* -- subject SITE -- */
    /** Look at one observation of a client (NULL: of a mail server) with one of @marks. May be
     * NULL. */
    void (*site_see)(const struct dm_detect_ctx *ctx, void *state, const struct dm_client *cli,
                     const struct dm_obs *obs);
    /** A local day is over.   Returns: whether there is an incident; then site_finding() is asked.
     * An incident that is open ends with the first day of which it says that there is none. */
    bool (*site_day)(const struct dm_detect_ctx *ctx, void *state, int32_t day);
    void (*site_finding)(const struct dm_detect_ctx *ctx, const void *state,
                         struct dm_finding *ret);

    /* -- all -- */
    /** One English sentence about a finding that a manager can act on; it follows the client's
     * address, "Mail server NAME" or nothing. @today: the subject's queries of the day. */
    void (*describe)(const struct dm_finding *f, const struct dm_type_counts *today,
                     struct dm_buf *out);
    /** Its incident is over: begin anew. May be NULL. */
    void (*closed)(void *state);
    /** Release what a state holds on the heap, giving it back to the table's account. May be NULL.
     */
    void (*clear)(struct dm_client_table *clients, void *state);
    /** Write a state into a file, field by field. NULL: there is none. */
    void (*save)(const void *state, struct dm_buf *out);
    /**
     * Read what save() wrote into a zeroed state; hostile bytes are refused by @in.
     * Returns: 0, also if refused; DNSMON_ENOMEM: no room. Either way clear() can follow.
     */
    int (*load)(struct dm_client_table *clients, void *state, struct dm_unpacker *in);
};

/** All detectors, by enum dm_detector_id. */
extern const struct dm_detector *const dm_detectors[DM_DET_COUNT];

/**
 * dm_detect_state() - the calling detector's state of a client.
 * @obs:    NULL: only if there is one already; else it is made, and the block's counts begin with
 *          this observation if it is a query.
 * Returns: NULL if there is none or no room.
 */
void *dm_detect_state(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                      const struct dm_obs *obs);

/** dm_finding_class() - dnsmon.class, a constant or the finding's. */
static inline const char *dm_finding_class(const struct dm_finding *f)
{
    return f->class_name ? f->class_name : f->own_class;
}

/** dm_finding_set_class() - the rule's class of this name, as finding() gives it.
 * Returns: false if there can be none; the finding stays as it is. */
bool dm_finding_set_class(struct dm_finding *f, enum dm_detector_id det, const char *name);

/**
 * dm_detect_set_add() - dm_set_add(), its memory counted against the clients' cap beforehand.
 * Returns: as dm_set_add(); DNSMON_ENOMEM also if the cap does not allow it.
 */
int dm_detect_set_add(struct dm_client_table *clients, struct dm_set *set, uint64_t h);

/** dm_detect_set_clear() - dm_set_clear(), the memory given back to the clients' account. */
void dm_detect_set_clear(struct dm_client_table *clients, struct dm_set *set);

/** dm_detect_set_load() - an empty set from a file.   Returns: 0; DNSMON_ENOMEM, then it is empty.
 */
int dm_detect_set_load(struct dm_client_table *clients, struct dm_set *set, struct dm_unpacker *in);

/**
 * dm_detect_ask() - what another client rule says of a client now.
 * Returns: false if that rule does not run or knows nothing of the client.
 */
bool dm_detect_ask(const struct dm_detect_ctx *ctx, struct dm_client *cli, enum dm_detector_id det,
                   struct dm_finding *ret);

/**
 * dm_detect_guess() - what a client seems to be: what its queries say (dm_guess_role()), or that
 * its mail log is read here. A client that asks like a mail host counts as the machine behind a log
 * of which no address is known.
 */
enum dm_guess_role dm_detect_guess(const struct dm_detect_ctx *ctx, const struct dm_client *cli);

/** dm_detect_is_sure() - whether whoever is watched gains nothing by acting such a role; it lowers
 * a level however much there is. */
bool dm_detect_is_sure(enum dm_guess_role role);

/** dm_role_is_exempt() - roles whose queries are only counted (E.6): mail servers, list hosts,
 * resolvers, monitors, as configured. */
bool dm_role_is_exempt(enum dm_role role);

#endif
