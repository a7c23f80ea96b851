/* SPDX-License-Identifier: GPL-2.0-or-later */
/** The words of dnsmon() in syslog-ng's configuration. */
#ifndef NG_KEYWORDS_H
#define NG_KEYWORDS_H

#include "parser.h"

extern CfgParser ng_keywords;

CFG_PARSER_DECLARE_LEXER_BINDING(ng_grammar_, NG_GRAMMAR_, LogParser **)

#endif
