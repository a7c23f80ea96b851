dnl SPDX-License-Identifier: LGPL-2.1-or-later
dnl DNSMON_SANITIZER: --with-sanitizer=address,undefined or thread.
AC_DEFUN([DNSMON_SANITIZER], [
  AC_ARG_WITH([sanitizer],
    [AS_HELP_STRING([--with-sanitizer=LIST], [build with -fsanitize=LIST (address,undefined or thread)])],
    [], [with_sanitizer=no])
  AS_IF([test "$with_sanitizer" != no], [
    SAN_CFLAGS="-fsanitize=$with_sanitizer -fno-sanitize-recover=all -fno-omit-frame-pointer"
    AC_MSG_NOTICE([sanitizers: $with_sanitizer])])
  AC_SUBST([SAN_CFLAGS])
])
