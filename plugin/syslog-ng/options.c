/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of dnsmon(). The library's configuration file is read with syslog-ng's own, while that is
 * parsed: so `syslog-ng -s` names a mistake in either, a start is refused, and a reload is refused
 * before anything has stopped. The object keeps what was read: when a reload fails later, the old
 * configuration is taken up again as it was, whatever has become of the file.
 */
#include "options.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>

struct ng_options *ng_options_new(void)
{
    struct ng_options *options = g_new0(struct ng_options, 1);

    options->refs = 1;
    options->program = g_strdup("dnsmon");
    options->tags = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(options->tags, g_strdup("dnsmon"));
    options->facility = LOG_LOCAL0;
    options->severity = -1;
    return options;
}

struct ng_options *ng_options_ref(struct ng_options *options)
{
    options->refs++;
    return options;
}

void ng_options_unref(struct ng_options *options)
{
    if (--options->refs > 0)
        return;
    dnsmon_config_free(options->cfg);
    g_ptr_array_free(options->tags, TRUE);
    g_free(options->config);
    g_free(options->statefile);
    g_free(options->program);
    g_free(options);
}

/* Words may be written with - or _, as everywhere in syslog-ng. */
static bool is_word(const gchar *given, const gchar *word)
{
    for (; *word && *given; word++, given++)
        if (*given != *word && !(*word == '-' && *given == '_'))
            return false;
    return *word == *given;
}

bool ng_options_set_inject(struct ng_options *options, const gchar *word)
{
    if (is_word(word, "pass-through"))
        options->inject = NG_PASS_THROUGH;
    else if (is_word(word, "aggregate-only"))
        options->inject = NG_AGGREGATE_ONLY;
    else
        return false;
    return true;
}

bool ng_options_set_input(struct ng_options *options, const gchar *word)
{
    if (is_word(word, "message"))
        options->input = NG_INPUT_MESSAGE;
    else if (is_word(word, "json"))
        options->input = NG_INPUT_JSON;
    else
        return false;
    return true;
}

bool ng_options_set_facility(struct ng_options *options, const gchar *name)
{
    gint value = syslog_name_lookup_facility_by_name(name);

    if (value < 0)
        return false;
    options->facility = value;
    return true;
}

bool ng_options_set_severity(struct ng_options *options, const gchar *name)
{
    gint value = syslog_name_lookup_severity_by_name(name);

    if (value < 0)
        return false;
    options->severity = value;
    return true;
}

bool ng_options_set_program(struct ng_options *options, const gchar *name)
{
    if (name[0] == '\0')
        return false;
    ng_options_set_text(&options->program, name);
    return true;
}

void ng_options_set_text(gchar **at, const gchar *text)
{
    g_free(*at);
    *at = text[0] ? g_strdup(text) : NULL;
}

void ng_options_add_tag(struct ng_options *options, const gchar *tag)
{
    if (!options->own_tags)
        g_ptr_array_set_size(options->tags, 0);
    options->own_tags = true;
    g_ptr_array_add(options->tags, g_strdup(tag));
}

bool ng_options_load(struct ng_options *options)
{
    char why[DNSMON_ERRLEN];

    if (!options->config && access(NG_DEFAULT_CONFIG, F_OK) == 0)
        options->config = g_strdup(NG_DEFAULT_CONFIG);
    if (dnsmon_config_load(options->config, &options->cfg, why, sizeof why) >= 0)
        return true;
    options->cfg = NULL;
    msg_error("dnsmon: the configuration file is wrong", evt_tag_str("reason", why));
    return false;
}
