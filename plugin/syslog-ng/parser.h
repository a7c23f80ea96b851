/* SPDX-License-Identifier: GPL-2.0-or-later */
/** The parser dnsmon() as a pipe of syslog-ng. */
#ifndef NG_PARSER_H
#define NG_PARSER_H

#include "options.h"

/** ng_parser_new() - a parser with its own options, all at their defaults. */
LogParser *ng_parser_new(GlobalConfig *cfg);

/** ng_parser_options() - its options, to be set; borrowed. */
struct ng_options *ng_parser_options(LogParser *parser);

#endif
