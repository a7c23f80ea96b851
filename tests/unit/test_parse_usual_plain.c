/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * test_parse_usual.c where there is no SSE2: the short ways in this program are compiled without
 * it, and stand before the library's.
 */
#define DM_BYTES_PLAIN 1

#include "../../lib/parse/bind_usual.c"

#include "test_parse_usual.c"
