/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Inside of feed health, for the files health*.c only.
 */
#ifndef DM_MONITOR_HEALTH_PARTS_H
#define DM_MONITOR_HEALTH_PARTS_H

#include "detect/feed_rules.h"
#include "monitor/health.h"
#include "parse/parser.h"

/** Most troubles that are open, and so told of, at a time: names of log hosts can be invented (own
 * choice: as many as a person would look at). */
#define DM_HEALTH_OPEN_MAX 32

/** Lines kept for an event, and bytes of each (feed.c cuts them to as many). */
#define DM_HEALTH_SAMPLES 3
#define DM_HEALTH_SAMPLE_LEN 200

/** The newest lines of one sort: a ring. */
struct dm_lines {
    uint32_t n; /**< seen ever */
    struct {
        int64_t time_us;
        uint8_t len;
        char text[DM_HEALTH_SAMPLE_LEN];
    } item[DM_HEALTH_SAMPLES];
};

/** The flow of one stream of a log host: its usual rate, and its silence. (stats/slots.h's struct
 * is kept behind a pointer: the engine has another one of that name.) */
struct dm_flow {
    struct dm_flow_slots *usual; /**< seconds with a line in a minute, by slot of the week */
    int64_t first_s;             /**< first line ever; 0: none yet */
    int64_t last_s;              /**< last line */
    uint32_t active;             /**< seconds with a line, this minute */
    uint32_t known;              /**< minutes learned, saturating */
    /* of the silence since last_s */
    double nats;              /**< usual rate times length */
    double expected;          /**< seconds with a line that there would have been */
    uint32_t busy;            /**< minutes in which it is usually busy */
    uint32_t others;          /**< seconds with lines that say nothing */
    uint16_t zeros[DM_SLOTS]; /**< its minutes, by slot of the week: learned when it is over */
    bool silent;              /**< the silence is impossible by chance */
    double longest_s;         /**< longest silence, halved every 30 days */
    int64_t longest_at_s;     /**< when it was */
};

/** What may be open about a log host. */
enum dm_trouble {
    DM_TROUBLE_GAP,   /**< feed-gap: silence */
    DM_TROUBLE_CLOCK, /**< feed-gap: lines that are late */
    DM_TROUBLE_DRIFT, /**< format-drift: malformed */
    DM_TROUBLE_WORDS, /**< format-drift: nothing is understood any more */
    DM_TROUBLE_COUNT
};

struct dm_open {
    int64_t start_s; /**< 0: not open */
    double share;    /**< DRIFT: of the lines; CLOCK: seconds late */
    double limit;    /**< DRIFT: threshold it was above */
    uint8_t which;   /**< DRIFT: the parser; GAP: streams, bit by bit */
};

/** A log host. */
struct dm_source {
    struct dm_flow flow[DM_STREAM_OTHER];
    uint32_t others;                   /**< seconds with lines that say nothing, this minute */
    int64_t others_s;                  /**< last such second */
    uint32_t bad[DM_PARSER_COUNT];     /**< malformed lines, this minute */
    float recent_bad[DM_PARSER_COUNT]; /**< the same, halved every five minutes */
    float usual_bad[DM_PARSER_COUNT];  /**< the same, halved every day with lines */
    float recent_useful, usual_useful;
    struct dm_lines bad_lines, other_lines;
    struct dm_open open[DM_TROUBLE_COUNT];
};

struct dm_health {
    const struct dnsmon_config *cfg;
    const struct dm_intern *hosts;
    dm_health_emit_fn emit;
    void *user;
    struct dm_pulse pulse[DM_INTERN_MAX + 1];
    struct dm_source *source[DM_INTERN_MAX + 1]; /**< NULL: never heard */
    uint16_t top;                                /**< largest number heard */
    struct dm_gaps gaps;
    uint32_t n_open;    /**< troubles that are open */
    struct dm_open all; /**< no log host is heard */
    int64_t all_over_s; /**< when that ended last */
    int64_t heard_s;    /**< last second with any line */
    int64_t silent_s;   /**< when the last silence of all began */
    int64_t late_by_s;  /**< of the late lines of this minute, the worst */
    uint64_t forgotten; /**< suspects lost, as told last */
};

/** dm_health_open() - open a trouble of log host @host (DM_GAPS_ALL: of all) and tell of it.
 * dm_health_close() - it is over.   @start_s: when the trouble began.  @now_s: when it is told. */
void dm_health_open(struct dm_health *h, uint16_t host, enum dm_trouble what,
                    const struct dm_open *how, int64_t now_s);
void dm_health_close(struct dm_health *h, uint16_t host, enum dm_trouble what, int64_t now_s);

/** dm_health_runs() - whether a rule is enabled. */
static inline bool dm_health_runs(const struct dm_health *h, enum dm_detector_id det)
{
    return h->cfg->enabled[det];
}

/** dm_health_keep() - remember a line of a sort. */
void dm_health_keep(struct dm_lines *lines, int64_t time_us, struct dm_slice line);

/** dm_health_drift() - the share of malformed lines at the end of a minute. */
void dm_health_drift(struct dm_health *h, uint16_t host, int64_t end_s);

/** dm_health_source() - a log host's statistics, made when first needed; NULL: no memory. */
struct dm_source *dm_health_source(struct dm_health *h, uint16_t host);

/** dm_flow_begin() - room for what is usual.  dm_flow_clear() - released.
 * Returns: 0; DNSMON_ENOMEM. */
int dm_flow_begin(struct dm_flow *f, int64_t now_s);
void dm_flow_clear(struct dm_flow *f);

/** dm_flow_minute() - a minute with @f->active seconds with lines is over.
 * @others: seconds with lines that say nothing. */
void dm_flow_minute(struct dm_flow *f, unsigned slot, double busy_share, uint32_t others);

/** dm_flow_is_impossible() - whether it has been silent for too long to be chance. */
bool dm_flow_is_impossible(const struct dm_flow *f, const struct dm_det_params *par, int64_t now_s);

/** dm_flow_returns() - a line at @now_s ends a silence.   @usual: it is to be learned. */
void dm_flow_returns(struct dm_flow *f, int64_t now_s, bool usual);

/** dm_flow_pack() - to a state file.  dm_flow_unpack() - from one.   Returns: 0, also if the
 * content was refused; DNSMON_ENOMEM. */
void dm_flow_pack(struct dm_buf *out, const struct dm_flow *f);
int dm_flow_unpack(struct dm_unpacker *in, struct dm_flow *f);

#endif
