/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_list.c - which databases there are, and which collections, by name.
 *
 * Failure modes: a user who may not list collections with what they are gets the names of those that he may read
 * (`bare`); who may not even do that, or may list no databases, gets ERROR_DENIED.
 */
#include "catalog/connect/mongodb/mongodb_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/patterns.h"

static enum error_class take_info(void *context, const bson_t *document, struct error *e)
{
    struct mongodb_listing *l = context;
    const struct mongodb_api *api = l->session->api;
    const char *name = mongodb_text(api, document, "name");
    const struct catalog_patterns *patterns = l->session->base.sampling.patterns;
    if (name == NULL || name[0] == '\0' || text_starts(name, "system."))
        return ERROR_OK;
    if (!text_utf8_valid(name, strlen(name))) {
        l->unclean++;
        return ERROR_OK;
    }
    if (l->count + l->session->collection_count >= MONGODB_COLLECTIONS_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_tables", "there are more than %d collections: name a database",
                          MONGODB_COLLECTIONS_MAX);
    l->infos = mem_grow(l->infos, &l->capacity, l->count + 1, sizeof *l->infos);
    l->infos[l->count++] =
        (struct mongodb_info){ .document = api->do_bson_copy(document),
                               .wanted = patterns == NULL || patterns_take(patterns, "mongodb", l->database, name) };
    return ERROR_OK;
}

static enum error_class list(struct mongodb_listing *l, const char *database, bool bare, struct error *e)
{
    struct mongodb *m = l->session;
    bson_t *options = mongodb_options(m, m->command_ms);
    if (bare) {
        (void)m->api->do_bson_append_bool(options, "nameOnly", -1, true);
        (void)m->api->do_bson_append_bool(options, "authorizedCollections", -1, true);
    }
    mongoc_database_t *handle = m->api->do_mongoc_client_get_database(m->client, database);
    mongoc_cursor_t *cursor = m->api->do_mongoc_database_find_collections_with_opts(handle, options);
    l->bare = bare;
    enum error_class class = mongodb_each(m, cursor, take_info, l, e);
    m->api->do_mongoc_database_destroy(handle);
    m->api->do_bson_destroy(options);
    return class;
}

static const struct mongodb_api *compare_api; /* qsort() has no context; one thread */

static int compare_infos(const void *a, const void *b)
{
    const struct mongodb_info *x = a, *y = b;
    return strcmp(mongodb_text(compare_api, x->document, "name"), mongodb_text(compare_api, y->document, "name"));
}

enum error_class mongodb_list(struct mongodb *m, const char *database, struct mongodb_listing *ret, struct error *e)
{
    *ret = (struct mongodb_listing){ .session = m, .database = arena_text(m->arena, database) };
    enum error_class class = list(ret, database, false, e);
    if (class == ERROR_DENIED && !m->broken)
        class = list(ret, database, true, e);
    if (class == ERROR_OK)
        *e = ERROR_NONE;
    compare_api = m->api;
    if (ret->count > 1)
        qsort(ret->infos, ret->count, sizeof *ret->infos, compare_infos);
    return class;
}

void mongodb_listing_finish(struct mongodb_listing *l)
{
    for (size_t i = 0; i < l->count; i++)
        l->session->api->do_bson_destroy(l->infos[i].document);
    free(l->infos);
}

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

enum error_class mongodb_list_databases(struct mongodb *m, struct catalog_names *ret_names, struct error *e)
{
    const struct mongodb_api *api = m->api;
    bson_t reply, databases, one;
    bson_t *command = api->do_bson_new();
    (void)api->do_bson_append_int32(command, "listDatabases", -1, 1);
    (void)api->do_bson_append_bool(command, "nameOnly", -1, true);
    enum error_class class = mongodb_command(m, "admin", command, &reply, e);
    if (class != ERROR_OK)
        return class == ERROR_DENIED ? error_wrap(e, "the databases may not be listed, name one in the address")
                                     : class;
    bson_iter_t at;
    ret_names->items = arena_array(m->arena, MONGODB_DATABASES_MAX, sizeof *ret_names->items);
    ret_names->count = 0;
    if (mongodb_inside(api, &reply, "databases", &databases) && api->do_bson_iter_init(&at, &databases))
        while (api->do_bson_iter_next(&at) && ret_names->count < MONGODB_DATABASES_MAX) {
            uint32_t size = 0;
            const uint8_t *data = NULL;
            if (api->do_bson_iter_type(&at) == BSON_TYPE_DOCUMENT)
                api->do_bson_iter_document(&at, &size, &data);
            const char *name =
                data != NULL && api->do_bson_init_static(&one, data, size) ? mongodb_text(api, &one, "name") : NULL;
            if (name != NULL && strcmp(name, "admin") != 0 && strcmp(name, "local") != 0 && strcmp(name, "config") != 0)
                ret_names->items[ret_names->count++] = arena_text(m->arena, name);
        }
    api->do_bson_destroy(&reply);
    if (ret_names->count > 1)
        qsort(ret_names->items, ret_names->count, sizeof *ret_names->items, compare_names);
    return ERROR_OK;
}
