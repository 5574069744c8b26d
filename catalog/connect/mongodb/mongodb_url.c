/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_url.c - mongodb://USER@HOST,HOST/DATABASE?OPTION=…, read by libmongoc itself; the password is not in it any
 * more (connect_url_split). What the address says of TLS, of the replica set and of how to log in is followed; times to
 * wait it can only make shorter. Failure: ERROR_INVALID that says what is wrong, never with a password.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/connect/mongodb/mongodb.h"

enum { STALL_SPARE_MS = 30000, APPLICATION_MAX = 128 };

/* At most ours; 0 in the address means for ever. */
static void at_most(const struct mongodb_api *api, mongoc_uri_t *uri, const char *option, int64_t ms)
{
    int32_t max = ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
    int32_t given = api->do_mongoc_uri_get_option_as_int32(uri, option, 0);
    if (given <= 0 || given > max)
        (void)api->do_mongoc_uri_set_option_as_int32(uri, option, max);
}

static void set_limits(const struct mongodb_api *api, mongoc_uri_t *uri, const struct connect_options *o)
{
    int64_t connect_ms = (int64_t)o->connect_timeout_s * 1000;
    int64_t statement_ms =
        o->statement_timeout_s > 0 ? (int64_t)o->statement_timeout_s * 1000 : MONGODB_COMMAND_TIME_MS;
    at_most(api, uri, MONGOC_URI_CONNECTTIMEOUTMS, connect_ms);
    at_most(api, uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, connect_ms);
    at_most(api, uri, MONGOC_URI_SOCKETTIMEOUTMS, statement_ms + STALL_SPARE_MS);
    (void)api->do_mongoc_uri_set_compressors(uri, NULL); /* an answer is as large as it says */
    (void)api->do_mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYWRITES, false);
}

/* A replica is read rather than the primary, unless the address wants something else. */
static void set_reader(const struct mongodb_api *api, mongoc_uri_t *uri, const char *url)
{
    if (strcasestr(url, "readpreference=") != NULL)
        return;
    mongoc_read_prefs_t *prefs = api->do_mongoc_read_prefs_new(MONGOC_READ_SECONDARY_PREFERRED);
    api->do_mongoc_uri_set_read_prefs_t(uri, prefs);
    api->do_mongoc_read_prefs_destroy(prefs);
}

enum error_class mongodb_url_read(const struct mongodb_api *api, const char *url, const char *secret,
                                  const struct connect_options *options, mongoc_uri_t **ret_uri, struct error *e)
{
    bson_error_t why = { 0 };
    char application[APPLICATION_MAX];
    mongoc_uri_t *uri = api->do_mongoc_uri_new_with_error(url, &why);
    if (uri == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the address can't be read: %s", why.message);
    if (secret != NULL && api->do_mongoc_uri_get_username(uri) == NULL) {
        api->do_mongoc_uri_destroy(uri);
        return error_code(e, ERROR_INVALID, "bad_url", "there is a password and no user: write mongodb://USER@HOST/…");
    }
    if (secret != NULL && !api->do_mongoc_uri_set_password(uri, secret)) {
        api->do_mongoc_uri_destroy(uri);
        return error_code(e, ERROR_INVALID, "bad_url", "the password is no UTF-8");
    }
    (void)text_copy(application, sizeof application, options->application);
    (void)api->do_mongoc_uri_set_appname(uri, application);
    set_limits(api, uri, options);
    set_reader(api, uri, url);
    *ret_uri = uri;
    return ERROR_OK;
}
