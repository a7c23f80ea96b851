dnl SPDX-License-Identifier: LGPL-2.1-or-later
dnl DNSMON_RSYSLOG: rsyslog's headers for the module omdnsmon.
dnl
dnl   --with-rsyslog-source=DIR   an unpacked rsyslog source of the version of the daemon that will
dnl                               load the module (examples/fetch-rsyslog-source.sh gets it);
dnl                               its configure need not have been run
dnl   --enable-omdnsmon           no source, or a part missing, is an error
dnl   --with-rsyslog-moddir=DIR   where the module is installed; default: where the installed
dnl                               rsyslogd looks, else $libdir/rsyslog
dnl
dnl Sets RSYSLOG_CFLAGS, RSYSLOG_LIBS, rsyslogmoddir and BUILD_OMDNSMON.

dnl DNSMON_RSYSLOG_MISSING(WHAT): the module is left out, with one line, or it is an error.
AC_DEFUN([DNSMON_RSYSLOG_MISSING], [
  build_omdnsmon=no
  AS_IF([test "$enable_omdnsmon" = yes],
        [AC_MSG_ERROR([omdnsmon cannot be built: $1])],
        [AC_MSG_NOTICE([omdnsmon (the rsyslog module) is left out: $1])])
])

dnl The folder of a stock rsyslogd's own modules: that of the package on the machine.
AC_DEFUN([DNSMON_RSYSLOG_MODDIR], [
  AC_ARG_WITH([rsyslog-moddir],
    [AS_HELP_STRING([--with-rsyslog-moddir=DIR], [install omdnsmon.so in DIR (default: where rsyslogd looks)])],
    [rsyslogmoddir=$withval], [
      rsyslogmoddir='${libdir}/rsyslog'
      AS_IF([test "$prefix" = /usr || test "$prefix" = NONE], [
        dnsmon_multiarch=`$CC -print-multiarch 2>/dev/null`
        for dnsmon_dir in /usr/lib/$dnsmon_multiarch/rsyslog /usr/lib64/rsyslog /usr/lib/rsyslog; do
          AS_IF([test -f "$dnsmon_dir/lmnet.so"], [rsyslogmoddir=$dnsmon_dir; break])
        done])])
  AC_SUBST([rsyslogmoddir])
])

AC_DEFUN([DNSMON_RSYSLOG], [
  AC_ARG_WITH([rsyslog-source],
    [AS_HELP_STRING([--with-rsyslog-source=DIR], [build omdnsmon with the rsyslog source in DIR])],
    [], [with_rsyslog_source=no])
  AC_ARG_ENABLE([omdnsmon],
    [AS_HELP_STRING([--enable-omdnsmon], [fail if the rsyslog module cannot be built])],
    [], [enable_omdnsmon=auto])
  build_omdnsmon=yes
  AS_CASE([$enable_omdnsmon:$with_rsyslog_source],
    [no:*], [build_omdnsmon=no],
    [*:no], [DNSMON_RSYSLOG_MISSING([no --with-rsyslog-source=DIR (examples/fetch-rsyslog-source.sh DIR gets one)])],
    [*:yes], [DNSMON_RSYSLOG_MISSING([--with-rsyslog-source needs a folder])],
    [AS_IF([test -f "$with_rsyslog_source/runtime/rsyslog.h" && test -f "$with_rsyslog_source/configure.ac"], [],
           [DNSMON_RSYSLOG_MISSING([$with_rsyslog_source is no rsyslog source])])])
  AS_IF([test "$build_omdnsmon" = yes], [
    PKG_CHECK_MODULES([RSYSLOG_DEPS], [libestr libfastjson], [],
      [DNSMON_RSYSLOG_MISSING([libestr or libfastjson is not there (libestr-dev, libfastjson-dev)])])])
  AS_IF([test "$build_omdnsmon" = yes], [
    rsyslog_source=`cd "$with_rsyslog_source" && pwd`
    rsyslog_version=`grep '^A._INIT(.rsyslog' "$rsyslog_source/configure.ac" | cut -d, -f2 | tr -cd 0-9.`
    AS_IF([test -n "$rsyslog_version"], [],
      [DNSMON_RSYSLOG_MISSING([$rsyslog_source/configure.ac names no version])])])
  AS_IF([test "$build_omdnsmon" = yes], [
    RSYSLOG_CFLAGS="-isystem $rsyslog_source -isystem $rsyslog_source/runtime -isystem $rsyslog_source/grammar $RSYSLOG_DEPS_CFLAGS -DOM_RSYSLOG_VERSION='\"$rsyslog_version\"'"
    RSYSLOG_LIBS=$RSYSLOG_DEPS_LIBS
    AC_MSG_NOTICE([omdnsmon (the rsyslog module) is built for rsyslog $rsyslog_version])])
  DNSMON_RSYSLOG_MODDIR
  AC_SUBST([RSYSLOG_CFLAGS])
  AC_SUBST([RSYSLOG_LIBS])
  AM_CONDITIONAL([BUILD_OMDNSMON], [test "$build_omdnsmon" = yes])
])
