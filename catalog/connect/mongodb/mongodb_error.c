/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_error.c - what libmongoc and the server say, as our classes and codes.
 *
 * A session whose server was lost takes no more commands, so that a server that stalls costs one timeout and not one
 * for each collection.
 */
#include <string.h>

#include "catalog/connect/mongodb/mongodb.h"

enum {
    CODE_USER_NOT_FOUND = 11,
    CODE_UNAUTHORIZED = 13,
    CODE_AUTHENTICATION_FAILED = 18,
    CODE_NAMESPACE_NOT_FOUND = 26,
    CODE_MAX_TIME_EXPIRED = 50,
    CODE_ATLAS = 8000, /* of hosted servers: mostly a wrong password */
};

static enum error_class failed_at_server(const bson_error_t *error, struct error *e)
{
    switch (error->code) {
    case CODE_UNAUTHORIZED:
        return error_code(e, ERROR_DENIED, "permission_denied", "%s", error->message);
    case CODE_USER_NOT_FOUND:
    case CODE_AUTHENTICATION_FAILED:
    case CODE_ATLAS:
        return error_code(e, ERROR_DENIED, "login_refused", "%s", error->message);
    case CODE_NAMESPACE_NOT_FOUND:
        return error_code(e, ERROR_NOT_FOUND, "collection_not_found", "%s", error->message);
    case CODE_MAX_TIME_EXPIRED:
        return error_code(e, ERROR_TIMED_OUT, "statement_timeout", "%s", error->message);
    default:
        return error_code(e, ERROR_FATAL, "statement_failed", "%s (%u)", error->message, error->code);
    }
}

/* libmongoc says what happened to each server in brackets, after words of its own. */
static enum error_class failed_to_reach(const struct mongodb *m, const bson_error_t *error, struct error *e)
{
    const char *each = strstr(error->message, ": [");
    return error_code(e, ERROR_UNAVAILABLE, "connection_refused", "can't reach the server: %s%s",
                      each != NULL ? each + 2 : error->message,
                      m->tls ? " (with TLS: does it speak TLS there, and are the certificates of both sides valid?)"
                             : "");
}

enum error_class mongodb_failed(struct mongodb *m, const bson_error_t *error, struct error *e)
{
    switch (error->domain) {
    case MONGOC_ERROR_SERVER_SELECTION:
        m->broken = true;
        return failed_to_reach(m, error, e);
    case MONGOC_ERROR_STREAM:
        m->broken = true;
        return error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the server is gone or does not answer: %s",
                          error->message);
    case MONGOC_ERROR_CLIENT:
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM:
        m->broken = true;
        return error_code(e, ERROR_DENIED, "login_refused", "%s", error->message);
    case MONGOC_ERROR_PROTOCOL:
    case MONGOC_ERROR_BSON:
        m->broken = true;
        return error_code(e, ERROR_FATAL, "bad_answer", "the server answers what is no MongoDB: %s", error->message);
    default:
        return failed_at_server(error, e);
    }
}

enum error_class mongodb_usable(const struct mongodb *m, struct error *e)
{
    return m->broken ? error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the session can't be used any more")
                     : ERROR_OK;
}
