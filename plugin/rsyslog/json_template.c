/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading the module defines the template "dnsmon-json", so that a site's configuration needs no
 * line for it: the whole $! tree of an event, which is the event, and a newline.
 *
 * LIMITS: a template of that name which the site defines behind the module's load line is not used.
 */
#include "json_template.h"

#include "template.h"

rsRetVal om_json_template_add(rsconf_t *conf)
{
    char name[] = OM_JSON_TEMPLATE;
    char text[] = "\"%$!all-json%\\n\"";
    uchar *rest = (uchar *)text;

    if (tplFind(conf, name, (int)strlen(name)))
        return RS_RET_OK;
    return tplAddLine(conf, name, &rest) ? RS_RET_OK : RS_RET_OUT_OF_MEMORY;
}
