dnl SPDX-License-Identifier: LGPL-2.1-or-later
AC_DEFUN([DNSMON_RSYSLOG], [AM_CONDITIONAL([BUILD_OMDNSMON], [false])])
