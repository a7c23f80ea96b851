/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The table of detectors, and what they share.
 */
#include "detect/detector.h"

#include <string.h>

#include "dns/rrtype.h"
#include "stream/signature.h"

#define X(name) extern const struct dm_detector dm_detector_##name;
#include "detect/detectors.def"
#undef X

const struct dm_detector *const dm_detectors[DM_DET_COUNT] = {
#define X(name) &dm_detector_##name,
#include "detect/detectors.def"
#undef X
};

void *dm_detect_state(const struct dm_detect_ctx *ctx, struct dm_client *cli,
                      const struct dm_obs *obs)
{
    struct dm_suspect *sus = dm_client_suspect(ctx->clients, cli);

    if (!sus && obs) {
        sus = dm_client_make_suspect(ctx->clients, cli);
        if (sus) {
            sus->guess.before = cli->seen;
        }
        if (sus && obs->kind != DM_OBS_TCP) {
            sus->guess.before -= sus->guess.before > 0; /* this one is counted below */
            dm_suspect_count(sus, obs);
        }
    }
    return sus ? (char *)(sus + 1) + ctx->state_at : NULL;
}

bool dm_detect_ask(const struct dm_detect_ctx *ctx, struct dm_client *cli, enum dm_detector_id det,
                   struct dm_finding *ret)
{
    struct dm_detect_ctx other = *ctx;

    if (!ctx->enabled[det] || !dm_client_suspect(ctx->clients, cli)) {
        return false;
    }
    other.par = &ctx->pars[det];
    other.state_at = ctx->states_at[det];
    dm_detectors[det]->finding(&other, cli, ret);
    return true;
}

bool dm_finding_set_class(struct dm_finding *f, enum dm_detector_id det, const char *name)
{
    char unused[8];

    /* A signature may be gone from the configuration while its incident is open. */
    if (dm_detectors[det]->own_classes) {
        bool good =
            dm_signature_name_check(dm_slice_make(name, strlen(name)), unused, sizeof unused) == 0;
        if (good) {
            f->class_name = NULL;
            g_strlcpy(f->own_class, name, sizeof f->own_class);
        }
        return good;
    }
    for (const char *const *c = dm_detectors[det]->classes; c && *c; c++) {
        if (strcmp(*c, name) == 0) {
            f->class_name = *c;
            return true;
        }
    }
    return false;
}

int dm_detect_set_add(struct dm_client_table *clients, struct dm_set *set, uint64_t h)
{
    size_t needs = dm_set_has(set, h) ? 0 : dm_set_needs(set), before = dm_set_bytes(set);

    if (needs && dm_client_charge(clients, (ptrdiff_t)needs) < 0) {
        return DNSMON_ENOMEM;
    }
    int rc = dm_set_add(set, h);
    ptrdiff_t unused = (ptrdiff_t)(before + needs) - (ptrdiff_t)dm_set_bytes(set);
    if (unused > 0) {
        dm_client_charge(clients, -unused);
    }
    return rc;
}

void dm_detect_set_clear(struct dm_client_table *clients, struct dm_set *set)
{
    dm_client_charge(clients, -(ptrdiff_t)dm_set_bytes(set));
    dm_set_clear(set);
}

int dm_detect_set_load(struct dm_client_table *clients, struct dm_set *set, struct dm_unpacker *in)
{
    int rc = dm_unpack_set(in, set);

    if (rc == 0 && dm_client_charge(clients, (ptrdiff_t)dm_set_bytes(set)) < 0) {
        rc = DNSMON_ENOMEM;
    }
    if (rc < 0) {
        dm_set_clear(set);
    }
    return rc;
}

enum dm_guess_role dm_detect_guess(const struct dm_detect_ctx *ctx, const struct dm_client *cli)
{
    enum dm_guess_role role = dm_guess_role(cli, dm_client_suspect(ctx->clients, cli));

    if (role == DM_GUESS_RESOLVER || !ctx->servers) {
        return role;
    }
    bool log = dm_server_logs_mail(ctx->servers, &cli->addr) ||
               (role == DM_GUESS_MAIL_HOST && dm_server_any_unplaced(ctx->servers));
    return log ? DM_GUESS_MAIL_LOG : role;
}

bool dm_detect_is_sure(enum dm_guess_role role)
{
    return role == DM_GUESS_RESOLVER || role == DM_GUESS_MAIL_LOG;
}

bool dm_role_is_exempt(enum dm_role role)
{
    return role == DM_ROLE_MAIL_SERVER || role == DM_ROLE_LIST_HOST || role == DM_ROLE_RESOLVER ||
           role == DM_ROLE_MONITOR;
}
