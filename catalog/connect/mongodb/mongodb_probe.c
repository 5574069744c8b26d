/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_probe.c - the server's version, and the collections that may be listed but not read.
 *
 * Rights are not asked for by name: roles nest. The first CONNECT_PROBED_TABLES_MAX collections are asked for one
 * document, of which nothing is kept.
 */
#include "catalog/connect/connect_probe.h"
#include "catalog/connect/mongodb/mongodb_list.h"

static enum error_class read_version(struct mongodb *m, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    bson_t reply;
    bson_t *command = m->api->do_bson_new();
    (void)m->api->do_bson_append_int32(command, "buildInfo", -1, 1);
    enum error_class class = mongodb_command(m, "admin", command, &reply, e);
    if (class != ERROR_OK)
        return class;
    const char *version = mongodb_text(m->api, &reply, "version");
    if (version != NULL)
        ret->version = catalog_clean_text(arena, version);
    m->api->do_bson_destroy(&reply);
    return ERROR_OK;
}

static enum error_class ignore(void *context, const bson_t *document, struct error *e)
{
    (void)context, (void)document, (void)e;
    return ERROR_OK;
}

static enum error_class try_collection(struct mongodb *m, const char *database, const char *name, struct error *e)
{
    mongoc_collection_t *collection = m->api->do_mongoc_client_get_collection(m->client, database, name);
    bson_t *filter = m->api->do_bson_new(), *options = mongodb_options(m, m->command_ms);
    (void)m->api->do_bson_append_int64(options, "limit", -1, 1);
    mongoc_cursor_t *cursor = m->api->do_mongoc_collection_find_with_opts(collection, filter, options, NULL);
    enum error_class class = mongodb_each(m, cursor, ignore, NULL, e);
    m->api->do_mongoc_collection_destroy(collection);
    m->api->do_bson_destroy(filter);
    m->api->do_bson_destroy(options);
    return class;
}

static void add_missing(struct connect_probe *ret, const char *message)
{
    if (ret->missing_count < CONNECT_MISSING_MAX)
        ret->missing[ret->missing_count++] = message;
    ret->missing_all++;
}

static enum error_class probe_database(struct mongodb *m, struct arena *arena, const char *name,
                                       struct connect_probe *ret, struct error *e)
{
    struct mongodb_listing l;
    enum error_class class = mongodb_list(m, name, &l, e);
    if (class == ERROR_DENIED && !m->broken) {
        add_missing(ret, arena_format(arena,
                                      "no right to list the collections of %.200s: grantRolesToUser with the role "
                                      "read on that database",
                                      name));
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    for (size_t i = 0; class == ERROR_OK && i < l.count; i++) {
        struct error refused = ERROR_NONE;
        const char *collection = mongodb_text(m->api, l.infos[i].document, "name");
        if (++ret->tables > CONNECT_PROBED_TABLES_MAX)
            continue;
        enum error_class tried = try_collection(m, name, collection, &refused);
        if (m->broken) {
            *e = refused;
            class = tried;
        } else if (tried == ERROR_DENIED) {
            add_missing(ret, arena_format(arena,
                                          "no right to read %.200s.%.500s: grantRolesToUser with a role that may find "
                                          "in it",
                                          name, collection));
        }
    }
    mongodb_listing_finish(&l);
    return class;
}

enum error_class mongodb_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    struct mongodb *m = mongodb_of(c);
    const char *only = m->database;
    struct catalog_names names = { .items = &only, .count = 1 };
    enum error_class class = read_version(m, arena, ret, e);
    if (class == ERROR_OK && only == NULL)
        class = mongodb_list_databases(m, &names, e);
    for (size_t i = 0; class == ERROR_OK && i < names.count; i++)
        class = probe_database(m, arena, names.items[i], ret, e);
    return class;
}
