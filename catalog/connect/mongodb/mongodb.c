/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb.c - a session with a customer's MongoDB: opened with every limit set, to read.
 *
 * Happy path: a server is chosen and logged in to before open() returns, so that errors come here and not with the
 * first collection. Failure modes: mongodb_error.c. Nothing here writes.
 */
#include "catalog/connect/mongodb/mongodb.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { NAMES_MAX = 256 << 20 };

/* Chooses a server; one that announces answers larger than there can be is none. */
static enum error_class choose_server(struct mongodb *m, struct error *e)
{
    bson_error_t why = { 0 };
    mongoc_server_description_t *server = m->api->do_mongoc_client_select_server(m->client, false, NULL, &why);
    if (server == NULL)
        return mongodb_failed(m, &why, e);
    const bson_t *hello = m->api->do_mongoc_server_description_hello_response(server);
    int64_t message_max = mongodb_number(m->api, hello, "maxMessageSizeBytes");
    m->api->do_mongoc_server_description_destroy(server);
    if (message_max > MONGODB_MESSAGE_MAX)
        return error_code(e, ERROR_FATAL, "bad_answer",
                          "the server announces answers of %lld bytes, and %d are the most there may be",
                          (long long)message_max, MONGODB_MESSAGE_MAX);
    return ERROR_OK;
}

/* Logs in: whoever may do nothing at all may still ping. */
static enum error_class log_in(struct mongodb *m, struct error *e)
{
    bson_t reply;
    bson_t *ping = m->api->do_bson_new();
    bson_error_t why = { 0 };
    (void)m->api->do_bson_append_int32(ping, "ping", -1, 1);
    enum error_class class = ERROR_OK;
    if (!m->api->do_mongoc_client_read_command_with_opts(m->client, "admin", ping, NULL, NULL, &reply, &why))
        class = mongodb_failed(m, &why, e);
    m->api->do_bson_destroy(&reply);
    m->api->do_bson_destroy(ping);
    return class;
}

static enum error_class open_session(struct mongodb *m, const mongoc_uri_t *uri, struct error *e)
{
    bson_error_t why = { 0 };
    m->client = m->api->do_mongoc_client_new_from_uri_with_error(uri, &why);
    if (m->client == NULL)
        return error_code(e, why.domain == MONGOC_ERROR_STREAM ? ERROR_UNAVAILABLE : ERROR_INVALID,
                          why.domain == MONGOC_ERROR_STREAM ? "connection_refused" : "bad_url",
                          "the address can't be used: %s", why.message);
    (void)m->api->do_mongoc_client_set_error_api(m->client, MONGOC_ERROR_API_VERSION_2);
    enum error_class class = choose_server(m, e);
    return class == ERROR_OK ? log_in(m, e) : class;
}

static void close_session(struct connect *c)
{
    struct mongodb *m = mongodb_of(c);
    for (size_t i = 0; i < m->collection_count; i++)
        nested_tables_destroy(m->collections[i].tables);
    free(m->collections);
    if (m->client != NULL)
        m->api->do_mongoc_client_destroy(m->client);
    if (m->spool >= 0)
        (void)close(m->spool);
    arena_destroy(m->arena);
    free(m->database);
    free(m);
}

static enum error_class open_url(const char *url, const char *secret, const struct connect_options *options,
                                 struct connect **ret_connect, struct error *e)
{
    mongoc_uri_t *uri = NULL;
    const struct mongodb_api *api = mongodb_api_load(e);
    if (api == NULL)
        return e->class;
    enum error_class class = mongodb_url_read(api, url, secret, options, &uri, e);
    if (class != ERROR_OK)
        return class;
    struct mongodb *m = mem_zero(1, sizeof *m);
    const char *database = api->do_mongoc_uri_get_database(uri);
    int statement_s = options->statement_timeout_s;
    m->base.dialect = &connect_mongodb;
    m->api = api;
    m->spool = -1;
    m->arena = arena_create(NAMES_MAX);
    m->database = database != NULL && database[0] != '\0' ? mem_text(database) : NULL;
    m->command_ms = statement_s > 0 && statement_s < INT32_MAX / 1000 ? statement_s * 1000 : MONGODB_COMMAND_TIME_MS;
    m->read_ms = statement_s > 0 ? m->command_ms : MONGODB_READ_TIME_MS;
    m->tls = api->do_mongoc_uri_get_tls(uri);
    class = open_session(m, uri, e);
    api->do_mongoc_uri_destroy(uri);
    if (class != ERROR_OK) {
        close_session(&m->base);
        return class;
    }
    *ret_connect = &m->base;
    return ERROR_OK;
}

const struct connect_dialect connect_mongodb = {
    .name = "mongodb",
    .schemes = { "mongodb", "mongodb+srv" },
    .example = "mongodb://USER@HOST/DATABASE",
    .port = 27017,
    .open = open_url,
    .close = close_session,
    .catalog = mongodb_catalog,
    .read = mongodb_read,
    .count = mongodb_count,
    .probe = mongodb_probe,
};
