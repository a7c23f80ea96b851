/* SPDX-License-Identifier: GPL-2.0-or-later */
/** The options of one dnsmon() of syslog-ng's configuration, shared by all its clones. */
#ifndef NG_OPTIONS_H
#define NG_OPTIONS_H

#include "syslogng_api.h"

#include <dnsmon/dnsmon.h>
#include <stdbool.h>

/** The file that is read when config() is not given. */
#define NG_DEFAULT_CONFIG "/etc/dnsmon/dnsmon.conf"

struct ng_state;

/** What goes on down the log path. */
enum ng_inject {
    NG_PASS_THROUGH,   /**< the messages that came in, and events among them */
    NG_AGGREGATE_ONLY, /**< events alone */
};

/** What the text is. */
enum ng_input {
    NG_INPUT_MESSAGE, /**< the text of a log message; header fields come beside */
    NG_INPUT_JSON,    /**< one JSON object */
};

/** One dnsmon(); changed while the configuration is read, by the main thread only. */
struct ng_options {
    guint refs;             /**< the parsers that share it */
    gchar *config;          /**< configuration file; NULL: every key at its default */
    gchar *statefile;       /**< or NULL */
    gchar *program;         /**< program name of the events */
    GPtrArray *tags;        /**< of the events; gchar * */
    bool own_tags;          /**< tags() was given: the default is gone */
    enum ng_inject inject;  /**< what goes on */
    enum ng_input input;    /**< what the text is */
    gint facility;          /**< of the events, as in <syslog.h> */
    gint severity;          /**< of the events; -1: from the level */
    dnsmon_config_t *cfg;   /**< the file, once read */
    struct ng_state *state; /**< while any of the parsers is initialised */
};

/** ng_options_new() - every option at its default.   Returns: owned by the caller, one reference.
 */
struct ng_options *ng_options_new(void);

/** ng_options_ref() / _unref() - one more, one less parser.   Thread: main. */
struct ng_options *ng_options_ref(struct ng_options *options);
void ng_options_unref(struct ng_options *options);

/** ng_options_set_...() - one option as it stands in the configuration.
 * Returns: false if the value is wrong. */
bool ng_options_set_inject(struct ng_options *options, const gchar *word);
bool ng_options_set_input(struct ng_options *options, const gchar *word);
bool ng_options_set_facility(struct ng_options *options, const gchar *name);
bool ng_options_set_severity(struct ng_options *options, const gchar *name);
bool ng_options_set_program(struct ng_options *options, const gchar *name);
void ng_options_set_text(gchar **at, const gchar *text);
void ng_options_add_tag(struct ng_options *options, const gchar *tag);

/**
 * ng_options_load() - read the configuration file; all options have been set.
 * Returns: false after one message that names file, line, key and remedy.
 */
bool ng_options_load(struct ng_options *options);

#endif
