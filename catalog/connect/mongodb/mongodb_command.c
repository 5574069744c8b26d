/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_command.c - commands, cursors, and questions about their answers. An answer may hold anything: whoever asks
 * for a number that is a text gets none.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/connect/mongodb/mongodb.h"

enum { JSON_MAX = 256 * 1024 };

enum error_class mongodb_command(struct mongodb *m, const char *database, bson_t *command, bson_t *ret_reply,
                                 struct error *e)
{
    bson_error_t why = { 0 };
    enum error_class class = mongodb_usable(m, e);
    (void)m->api->do_bson_append_int32(command, "maxTimeMS", -1, m->command_ms);
    if (class == ERROR_OK &&
        !m->api->do_mongoc_client_read_command_with_opts(m->client, database, command, NULL, NULL, ret_reply, &why)) {
        class = mongodb_failed(m, &why, e);
        m->api->do_bson_destroy(ret_reply);
    }
    m->api->do_bson_destroy(command);
    return class;
}

enum error_class mongodb_each(struct mongodb *m, mongoc_cursor_t *cursor,
                              enum error_class (*take)(void *context, const bson_t *document, struct error *e),
                              void *context, struct error *e)
{
    const bson_t *document = NULL;
    bson_error_t why = { 0 };
    enum error_class class = ERROR_OK;
    while (class == ERROR_OK && m->api->do_mongoc_cursor_next(cursor, &document))
        class = take(context, document, e);
    if (class == ERROR_OK && m->api->do_mongoc_cursor_error_document(cursor, &why, NULL))
        class = mongodb_failed(m, &why, e);
    m->api->do_mongoc_cursor_destroy(cursor);
    return class;
}

bson_t *mongodb_options(const struct mongodb *m, int ms)
{
    bson_t *options = m->api->do_bson_new();
    (void)m->api->do_bson_append_int32(options, "maxTimeMS", -1, ms);
    return options;
}

static bool find(const struct mongodb_api *api, const bson_t *from, const char *key, bson_iter_t *ret_at)
{
    return from != NULL && api->do_bson_iter_init_find(ret_at, from, key);
}

const char *mongodb_text(const struct mongodb_api *api, const bson_t *from, const char *key)
{
    bson_iter_t at;
    return find(api, from, key, &at) && api->do_bson_iter_type(&at) == BSON_TYPE_UTF8
               ? api->do_bson_iter_utf8(&at, NULL)
               : NULL;
}

int64_t mongodb_number(const struct mongodb_api *api, const bson_t *from, const char *key)
{
    bson_iter_t at;
    if (!find(api, from, key, &at))
        return -1;
    switch (api->do_bson_iter_type(&at)) {
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
        return api->do_bson_iter_as_int64(&at);
    case BSON_TYPE_DOUBLE: {
        double value = api->do_bson_iter_double(&at);
        return value >= 0 && value < 9e15 ? (int64_t)value : -1;
    }
    default:
        return -1;
    }
}

bool mongodb_true(const struct mongodb_api *api, const bson_t *from, const char *key)
{
    bson_iter_t at;
    return find(api, from, key, &at) && api->do_bson_iter_as_bool(&at);
}

bool mongodb_inside(const struct mongodb_api *api, const bson_t *from, const char *key, bson_t *ret_inside)
{
    bson_iter_t at;
    uint32_t size = 0;
    const uint8_t *data = NULL;
    if (!find(api, from, key, &at))
        return false;
    if (api->do_bson_iter_type(&at) == BSON_TYPE_DOCUMENT)
        api->do_bson_iter_document(&at, &size, &data);
    else if (api->do_bson_iter_type(&at) == BSON_TYPE_ARRAY)
        api->do_bson_iter_array(&at, &size, &data);
    return data != NULL && api->do_bson_init_static(ret_inside, data, size);
}

/* By the data: a bson_t may lie where it is not aligned as its declaration wants it. */
uint32_t mongodb_size(const struct mongodb_api *api, const bson_t *document)
{
    uint32_t size = 0;
    memcpy(&size, api->do_bson_get_data(document), sizeof size);
    return BSON_UINT32_FROM_LE(size);
}

const char *mongodb_json(const struct mongodb_api *api, struct arena *arena, const bson_t *from, bool list)
{
    size_t size = 0;
    char *json = mongodb_size(api, from) > JSON_MAX ? NULL
                 : list                             ? api->do_bson_array_as_json(from, &size)
                                                    : api->do_bson_as_relaxed_extended_json(from, &size);
    const char *text = json != NULL && size <= (size_t)4 * JSON_MAX ? catalog_clean_text(arena, json) : NULL;
    api->do_bson_free(json);
    return text;
}
