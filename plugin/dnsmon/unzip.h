/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Compressed logs: gzip and Zstandard, as logrotate leaves them.
 */
#ifndef DM_PLUGIN_DNSMON_UNZIP_H
#define DM_PLUGIN_DNSMON_UNZIP_H

#include <stdbool.h>
#include <stddef.h>

/** How an input is written. */
enum form { FORM_PLAIN, FORM_GZ, FORM_ZST };

/** Bytes that unzip_form() wants to see. */
#define UNZIP_MAGIC 4

struct unzip;

/** unzip_form() - by the first bytes, not by the name. */
enum form unzip_form(const unsigned char *head, size_t n);

/** unzip_missing() - the package that this program was built without; NULL: it can read it. */
const char *unzip_missing(enum form form);

/** unzip_new() - @form: not plain.   Returns: NULL without memory. */
struct unzip *unzip_new(enum form form);
void unzip_free(struct unzip *u);

/**
 * unzip_run() - decompress some.
 * @in, @in_n: what there is; on return what is left of it.
 * @ret_n:     bytes written.
 * Returns:    0; -1 if the data is damaged.
 */
int unzip_run(struct unzip *u, const unsigned char **in, size_t *in_n, char *out, size_t out_n,
              size_t *ret_n);

/** unzip_is_whole() - the input may end here: no member or frame is open. */
bool unzip_is_whole(const struct unzip *u);

#endif
