dnl SPDX-License-Identifier: LGPL-2.1-or-later
dnl DNSMON_WARNINGS: C11 and the warnings that this code keeps clean, in WARN_CFLAGS.
AC_DEFUN([DNSMON_WARNINGS], [
  WARN_CFLAGS="-std=gnu11 -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla -Wno-missing-field-initializers"
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make warnings errors])],
    [AS_IF([test "$enableval" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])])
  AC_SUBST([WARN_CFLAGS])
])
