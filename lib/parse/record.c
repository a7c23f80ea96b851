/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The names of what a record can say. They are what `dnsmon parse` prints and JSON input accepts.
 * LIMITS: -
 * Source: doc/FORMATS.md.
 */
#include "parse/record.h"

void dm_record_clear_mail(struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    rec->queue_id = rec->peer_name = rec->sender = rec->recipient = rec->action = rec->state = none;
    rec->dsn = rec->what = rec->text = rec->proto = rec->helo = rec->relay = none;
    rec->status = rec->sasl_user = rec->client_text = none;
    rec->code = 0;
    rec->size_bytes = rec->nrcpt = -1;
    rec->reason = DM_REJ_NONE;
    rec->ambiguous = false;
    rec->client_port = 0;
    memset(&rec->smtp, 0, sizeof rec->smtp);
}

void dm_record_clear_packet(struct dm_record *rec)
{
    struct dm_slice none = {NULL, 0};

    rec->client_text = rec->peer_name = rec->service = rec->action = none;
    rec->has_dst = rec->passed = false;
    rec->client_port = rec->dst_port = 0;
}

const char *dm_record_kind_name(enum dm_record_kind kind)
{
    static const char *const names[DM_REC_COUNT] = {
        [DM_REC_QUERY] = "query",
        [DM_REC_RESPONSE] = "response",
        [DM_REC_SMTP_CONNECT] = "smtp-connect",
        [DM_REC_SMTP_DISCONNECT] = "smtp-disconnect",
        [DM_REC_SMTP_CLIENT] = "smtp-client",
        [DM_REC_SMTP_REJECT] = "smtp-reject",
        [DM_REC_SMTP_FROM] = "smtp-from",
        [DM_REC_SMTP_TO] = "smtp-to",
        [DM_REC_POP3_LOGIN] = "pop3-login",
        [DM_REC_TCP_ATTEMPT] = "tcp-attempt",
        [DM_REC_BIND_DENIED] = "bind.denied",
        [DM_REC_BIND_FAILED] = "bind.query_failed",
        [DM_REC_BIND_RRL] = "bind.rrl",
        [DM_REC_BIND_RPZ] = "bind.rpz",
        [DM_REC_BIND_RESOLVING] = "bind.resolving",
        [DM_REC_SMTP_WARNING] = "postfix.warning",
        [DM_REC_SMTP_PIPELINING] = "postfix.pipelining",
        [DM_REC_SMTP_LOST] = "postfix.lost",
        [DM_REC_SMTP_MESSAGE_ID] = "postfix.message_id",
        [DM_REC_SMTP_REMOVED] = "postfix.removed",
        [DM_REC_SMTP_BOUNCE] = "postfix.bounce",
        [DM_REC_SMTP_SCREEN] = "postfix.postscreen",
        [DM_REC_SMTP_RATE] = "postfix.anvil",
    };
    return kind < DM_REC_COUNT ? names[kind] : NULL;
}

const char *dm_reject_reason_name(enum dm_reject_reason reason)
{
    static const char *const names[DM_REJ_COUNT] = {
        [DM_REJ_USER_UNKNOWN] = "user_unknown",
        [DM_REJ_RELAY_DENIED] = "relay_denied",
        [DM_REJ_RECIPIENT] = "recipient_rejected",
        [DM_REJ_SENDER] = "sender_rejected",
        [DM_REJ_HELO] = "helo_rejected",
        [DM_REJ_CLIENT] = "client_rejected",
        [DM_REJ_ACCESS] = "access_denied",
        [DM_REJ_DNSBL] = "dnsbl",
        [DM_REJ_DISCARD] = "discard",
        [DM_REJ_OTHER] = "other",
    };
    return reason < DM_REJ_COUNT ? names[reason] : NULL;
}
