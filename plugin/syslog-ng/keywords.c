/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that grammar.ym has rules for, and the parser that bison made of it. */
#include "keywords.h"

#include "plugin/syslog-ng/grammar.h"

extern int ng_grammar_debug;
int ng_grammar_parse(CfgLexer *lexer, LogParser **instance, gpointer arg);

static CfgLexerKeyword keywords[] = {
    {"dnsmon", KW_DNSMON},     {"config", KW_NG_CONFIG},       {"inject_mode", KW_NG_INJECT_MODE},
    {"input", KW_NG_INPUT},    {"statefile", KW_NG_STATEFILE}, {"program", KW_NG_PROGRAM},
    {"facility", KW_FACILITY}, {"severity", KW_SEVERITY},      {NULL},
};

static int parse(CfgLexer *lexer, gpointer *instance, gpointer arg)
{
    return ng_grammar_parse(lexer, (LogParser **)instance, arg);
}

static void cleanup(gpointer parser)
{
    log_pipe_unref(parser);
}

CfgParser ng_keywords = {
#if SYSLOG_NG_ENABLE_DEBUG
    .debug_flag = &ng_grammar_debug,
#endif
    .name = "dnsmon",
    .keywords = keywords,
    .parse = parse,
    .cleanup = cleanup,
};

CFG_PARSER_IMPLEMENT_LEXER_BINDING(ng_grammar_, NG_GRAMMAR_, LogParser **)
