/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The signatures of S0 3, as a site would write them. Of two that a client matches, the later one
 * is told: put the more exact one behind.
 *
 * LIMITS: what a worm's first minute looked like in 2003 and 2004, as far as S0 tells it.
 */
#include "stream/signature.h"

const struct dm_option dm_signature_rows[DM_SIG_ROWS] = {
    {"NAME", DM_OPT_STEPS, "", 0, 0, "-",
     "A site's own signature: lower-case letters, digits and \"-\". Its value is up to 16 steps "
     "that have to follow each other, separated by \";\". A step is a type (`MX`, or several: "
     "`A|AAAA`) and what the query must be: one of `name=` (whole name; \"?\" is any one "
     "character but a dot), `prefix=` (how it begins), `suffix=` (that name or one below it), "
     "`keyword=` (first label: the word, then nothing, a digit or \"-\"), each with up to 16 texts "
     "separated by \"|\"; how many: `distinct=N` different names or `domains=N` different "
     "registered "
     "domains (1 to 16), `repeats=N` how often each was asked (their median); `first`: the "
     "client's first query of that type today; `within=60s`: of the first step the time for its "
     "counts, of others the time after the step in front (`around=` also before it). An empty "
     "value switches a shipped signature off.",
     "doc/SCIENCE.md A.4"},
    {"sobig-f", DM_OPT_STEPS, "A name=?.root-servers.net distinct=3 within=60s", 0, 0, "-",
     "Sobig.F asks for the addresses of the root servers, which only resolvers have a use for.",
     "S0 3.1; doc/SCIENCE.md A.4: 3 of them in 60 s"},
    {"sobig-c", DM_OPT_STEPS, "A name=?.root-servers.net distinct=3 repeats=2 within=60s", 0, 0,
     "-", "The same, each name twice: Sobig.C runs beside Sobig.F.",
     "S0 3.1; doc/SCIENCE.md A.4: each name twice"},
    {"mydoom-a", DM_OPT_STEPS,
     "MX domains=3 within=15m; A prefix=mx.|mail.|smtp.|mx1.|mxs.|mail1.|relay.|ns.|gate. "
     "domains=8 repeats=3 within=15m",
     0, 0, "-",
     "Mydoom.A asks MX, and then guesses several of nine names for the mail server of each domain.",
     "S0 3.2: the nine names; the counts are keyword-scan's (A.5), the times fit S0's 807 domains "
     "in a day"},
    {"netsky-c", DM_OPT_STEPS,
     "MX suffix=yahoo.com first; MX domains=3 within=60s; PTR name=1.0.0.127.in-addr.arpa "
     "around=60s",
     0, 0, "-",
     "Netsky.C begins with yahoo.com, goes on with many domains, and asks for the name of its own "
     "loopback address once.",
     "S0 3.3; doc/SCIENCE.md A.4: PTR within 60 s of the first MX burst"},
};
