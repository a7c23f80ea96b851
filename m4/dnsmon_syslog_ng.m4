dnl SPDX-License-Identifier: LGPL-2.1-or-later
dnl DNSMON_SYSLOG_NG: syslog-ng's headers and grammar for the parser dnsmon().
dnl
dnl   --with-syslog-ng-root=DIR     syslog-ng-dev and libivykis-dev, unpacked below DIR (dpkg -x);
dnl                                 default: the installed ones, by pkg-config
dnl   --enable-syslog-ng            a part missing is an error
dnl   --with-syslog-ng-moddir=DIR   where the module is installed; default: where the installed
dnl                                 syslog-ng looks, else $libdir/syslog-ng
dnl
dnl Sets SYSLOGNG_CFLAGS, SYSLOGNG_LIBS, SYSLOGNG_TOOLS, BISON, PYTHON3, syslogngmoddir and
dnl BUILD_SYSLOG_NG.

dnl DNSMON_SYSLOG_NG_MISSING(WHAT): the module is left out, with one line, or it is an error.
AC_DEFUN([DNSMON_SYSLOG_NG_MISSING], [
  build_syslog_ng=no
  AS_IF([test "$enable_syslog_ng" = yes],
        [AC_MSG_ERROR([the syslog-ng parser cannot be built: $1])],
        [AC_MSG_NOTICE([the syslog-ng parser is left out: $1])])
])

dnl DNSMON_SYSLOG_NG_VAR(VARIABLE, NAME): what syslog-ng.pc says, below the root.
AC_DEFUN([DNSMON_SYSLOG_NG_VAR],
  [$1=$syslog_ng_root`$syslog_ng_pc --variable=$2 syslog-ng 2>/dev/null`])

dnl The tools: bison merges with the headers' own tokens, so an old one would do it wrong.
AC_DEFUN([DNSMON_SYSLOG_NG_TOOLS], [
  AC_CHECK_PROGS([PYTHON3], [python3])
  AC_CHECK_PROGS([BISON], [bison])
  AS_IF([test "$build_syslog_ng" = yes], [
    dnsmon_bison=`${BISON:-false} --version 2>/dev/null | sed -n '1s/.* //p'`
    AS_VERSION_COMPARE([${dnsmon_bison:-0}], [3.7.6],
      [DNSMON_SYSLOG_NG_MISSING([bison 3.7.6 or later is not there (bison)])])])
  AS_IF([test "$build_syslog_ng:$PYTHON3" = yes:],
    [DNSMON_SYSLOG_NG_MISSING([python3 is not there (python3)])])
])

dnl Where everything is; pkg-config must not mix the private root's paths with the system's, so the
dnl private syslog-ng.pc is asked for its variables only.
AC_DEFUN([DNSMON_SYSLOG_NG_FIND], [
  syslog_ng_root=
  syslog_ng_pc=$PKG_CONFIG
  AS_IF([test "$with_syslog_ng_root" != no], [
    syslog_ng_root=`cd "$with_syslog_ng_root" 2>/dev/null && pwd`
    dnsmon_pc=`find "${syslog_ng_root:-/nowhere}/usr" -name syslog-ng.pc 2>/dev/null | sed 1q`
    AS_IF([test -n "$dnsmon_pc"],
      [syslog_ng_pc="env PKG_CONFIG_PATH=`dirname "$dnsmon_pc"` $PKG_CONFIG"],
      [DNSMON_SYSLOG_NG_MISSING([there is no syslog-ng.pc below $with_syslog_ng_root])])],
   [AS_IF([$syslog_ng_pc --exists syslog-ng 2>/dev/null], [],
      [DNSMON_SYSLOG_NG_MISSING([syslog-ng's headers are not there (syslog-ng-dev, or --with-syslog-ng-root=DIR)])])])
  AS_IF([test "$build_syslog_ng" = yes], [
    syslog_ng_version=`$syslog_ng_pc --modversion syslog-ng`
    DNSMON_SYSLOG_NG_VAR([dnsmon_include], [includedir])
    DNSMON_SYSLOG_NG_VAR([SYSLOGNG_TOOLS], [toolsdir])
    DNSMON_SYSLOG_NG_VAR([dnsmon_libdir], [libdir])
    AS_IF([test -f "$dnsmon_include/syslog-ng/cfg-parser.h" && test -f "$SYSLOGNG_TOOLS/merge-grammar.py"], [],
      [DNSMON_SYSLOG_NG_MISSING([$dnsmon_include or $SYSLOGNG_TOOLS is not complete (syslog-ng-dev)])])])
  AS_IF([test "$build_syslog_ng" = yes], [
    AS_IF([test -f "$dnsmon_include/iv.h" || test -f "$dnsmon_include/syslog-ng/ivykis/iv.h"], [],
      [DNSMON_SYSLOG_NG_MISSING([iv.h is not there (libivykis-dev)])])])
])

AC_DEFUN([DNSMON_SYSLOG_NG_MODDIR], [
  AC_ARG_WITH([syslog-ng-moddir],
    [AS_HELP_STRING([--with-syslog-ng-moddir=DIR], [install libdnsmon-parser.so in DIR (default: where syslog-ng looks)])],
    [syslogngmoddir=$withval], [
      syslogngmoddir='${libdir}/syslog-ng'
      AS_IF([test "$build_syslog_ng:$syslog_ng_root" = yes: && { test "$prefix" = /usr || test "$prefix" = NONE; }],
        [syslogngmoddir=`$syslog_ng_pc --variable=moduledir syslog-ng`])])
  AC_SUBST([syslogngmoddir])
])

AC_DEFUN([DNSMON_SYSLOG_NG], [
  AC_ARG_WITH([syslog-ng-root],
    [AS_HELP_STRING([--with-syslog-ng-root=DIR], [build the syslog-ng parser with the packages unpacked in DIR])],
    [], [with_syslog_ng_root=no])
  AC_ARG_ENABLE([syslog-ng],
    [AS_HELP_STRING([--enable-syslog-ng], [fail if the syslog-ng parser cannot be built])],
    [], [enable_syslog_ng=auto])
  AS_IF([test "$enable_syslog_ng" = no], [build_syslog_ng=no],
        [build_syslog_ng=yes
         DNSMON_SYSLOG_NG_FIND])
  DNSMON_SYSLOG_NG_TOOLS
  AS_IF([test "$build_syslog_ng" = yes], [
    ng_version=`echo "$syslog_ng_version" | awk -F. '{ print [$]1 * 1000 + [$]2 }'`
    SYSLOGNG_CFLAGS="-isystem $dnsmon_include/syslog-ng -isystem $dnsmon_include/syslog-ng/ivykis -DNG_VERSION=$ng_version"
    AS_IF([test "$dnsmon_include" != /usr/include], [SYSLOGNG_CFLAGS="$SYSLOGNG_CFLAGS -isystem $dnsmon_include"])
    SYSLOGNG_LIBS="-L$dnsmon_libdir -lsyslog-ng"
    AC_MSG_NOTICE([the syslog-ng parser is built for syslog-ng $syslog_ng_version])])
  DNSMON_SYSLOG_NG_MODDIR
  AC_SUBST([SYSLOGNG_CFLAGS])
  AC_SUBST([SYSLOGNG_LIBS])
  AC_SUBST([SYSLOGNG_TOOLS])
  AM_CONDITIONAL([BUILD_SYSLOG_NG], [test "$build_syslog_ng" = yes])
])
