/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dnsmon() as a pipe: hands each message to its state and lets it go on, or not (inject-mode()).
 * init and deinit come from the main thread while nothing runs; process from any thread. A clone
 * (the parser named in a second log path) shares options and state with the first.
 *
 * In aggregate-only mode a message that is no event ends here, acknowledged. It has not failed to
 * match: a FALSE from process() would count it as discarded and send it to the fallback branches.
 */
#include "parser.h"

#include "state.h"

struct ng_parser {
    LogParser super; /* first */
    struct ng_options *options;
};

static gboolean process(LogParser *s, LogMessage **pmsg, const LogPathOptions *path,
                        const gchar *input, gsize input_len)
{
    struct ng_parser *self = (struct ng_parser *)s;

    if (!ng_state_read(self->options->state, *pmsg, input, input_len) &&
        self->options->inject == NG_AGGREGATE_ONLY)
        *pmsg = NULL; /* a mark for queue_aggregate_only(), which has the message */
    (void)path;
    return TRUE;
}

static void queue_aggregate_only(LogPipe *s, LogMessage *msg, const LogPathOptions *path)
{
    LogMessage *goes_on = msg;

    log_parser_process_message((LogParser *)s, &goes_on, path);
    if (goes_on)
        log_pipe_forward_msg(s, msg, path);
    else
        log_msg_drop(msg, path, AT_PROCESSED);
}

static gboolean init(LogPipe *s)
{
    struct ng_parser *self = (struct ng_parser *)s;

    if (!log_parser_init_method(s))
        return FALSE;
    if (self->options->inject == NG_AGGREGATE_ONLY)
        s->queue = queue_aggregate_only;
    return ng_state_attach(self->options, self->super.name ? self->super.name : "dnsmon", s);
}

static gboolean deinit(LogPipe *s)
{
    struct ng_parser *self = (struct ng_parser *)s;

    ng_state_detach(self->options, s);
    return log_parser_deinit_method(s);
}

static void free_parser(LogPipe *s)
{
    struct ng_parser *self = (struct ng_parser *)s;

    ng_options_unref(self->options);
    log_parser_free_method(s);
}

static LogPipe *clone(LogPipe *s);

/* Takes the reference to the options. */
static struct ng_parser *make_parser(GlobalConfig *cfg, struct ng_options *options)
{
    struct ng_parser *self = g_new0(struct ng_parser, 1);

    log_parser_init_instance(&self->super, cfg);
    self->super.process = process;
    self->super.super.init = init;
    self->super.super.deinit = deinit;
    self->super.super.clone = clone;
    self->super.super.free_fn = free_parser;
    self->options = options;
    return self;
}

static LogPipe *clone(LogPipe *s)
{
    struct ng_parser *self = (struct ng_parser *)s;
    struct ng_parser *other = make_parser(log_pipe_get_config(s), ng_options_ref(self->options));

    ng_clone_settings(&self->super, &other->super);
    return &other->super.super;
}

LogParser *ng_parser_new(GlobalConfig *cfg)
{
    return &make_parser(cfg, ng_options_new())->super;
}

struct ng_options *ng_parser_options(LogParser *parser)
{
    return ((struct ng_parser *)parser)->options;
}
