/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The config.h that rsyslog's headers expect. rsyslog's own configure is not run: these are the
 * macros that decide about the layout of structures and about what its headers declare, as every
 * Linux build of rsyslog since 8.2001 has them. Compared once: with this file and with the one of
 * rsyslog's configure the objects came out byte for byte the same.
 *
 * This file is not the config.h of our own autotools; it is included by its full path only.
 * A wrong NDEBUG moves every field of struct msg by 8 bytes, and rsyslog does not notice;
 * selfcheck.c does. OM_WRONG_LAYOUT builds such a module for the test of just that.
 */
#ifndef OM_RSYSLOG_CONFIG_H
#define OM_RSYSLOG_CONFIG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifdef OM_WRONG_LAYOUT
#undef NDEBUG
#elif !defined(NDEBUG)
#define NDEBUG 1
#endif
#define HAVE_ATOMIC_BUILTINS 1
#define HAVE_ATOMIC_BUILTINS64 1
#define FEATURE_REGEXP 1
#define HAVE_BUILTIN_EXPECT 1
#define HAVE_PTHREAD_SETSCHEDPARAM 1
#define HAVE_STRNDUP 1
#define HAVE_LSEEK64 1
#define HAVE_OFF64_T 1

#endif
