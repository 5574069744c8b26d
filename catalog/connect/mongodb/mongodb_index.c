/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_index.c - indexes of a collection.
 *
 * An index over fields that are columns of the collection's own table has them as its columns; one that reaches into a
 * list, or names a field that no document has shown, keeps its key as an expression. Only a unique index over plain
 * values of all documents is a unique key: one that is partial, sparse, or over a list never is.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/connect/mongodb/mongodb_catalog.h"

enum { PATH_MAX_BYTES = 4096 };

struct indexing {
    struct mongodb_reading *reading;
    struct catalog_table *table;
};

/* "a.b" is the column whose path is /a/b; NULL: there is none. */
static const struct catalog_column *column_of(const struct catalog_table *t, const char *field)
{
    struct buffer path;
    buffer_init(&path, PATH_MAX_BYTES);
    (void)buffer_char(&path, '/');
    for (const char *c = field; *c != '\0'; c++) {
        if (*c == '.')
            (void)buffer_char(&path, '/');
        else if (*c == '~' || *c == '/')
            (void)buffer_text(&path, *c == '~' ? "~0" : "~1");
        else
            (void)buffer_char(&path, *c);
    }
    const struct catalog_column *found = NULL;
    for (size_t i = 0; i < t->column_count && found == NULL; i++)
        if (text_equal(t->columns[i].path, buffer_view(&path)))
            found = &t->columns[i];
    buffer_finish(&path);
    return found;
}

/* Fields of the key, or of a text index its weights. false: not all of them are plain columns. */
static bool take_fields(struct indexing *x, const bson_t *key, bool ordered, struct catalog_index *index)
{
    const struct mongodb_api *api = x->reading->session->api;
    struct catalog *c = x->reading->catalog;
    bson_iter_t at;
    bool plain = true;
    if (!api->do_bson_iter_init(&at, key))
        return false;
    while (api->do_bson_iter_next(&at)) {
        const char *field = api->do_bson_iter_key(&at);
        if (strcmp(field, "_fts") == 0 || strcmp(field, "_ftsx") == 0)
            continue;
        if (api->do_bson_iter_type(&at) == BSON_TYPE_UTF8)
            index->method = arena_text(c->arena, api->do_bson_iter_utf8(&at, NULL));
        if (text_ends(field, "$**"))
            index->method = "wildcard";
        const struct catalog_column *column = column_of(x->table, field);
        if (column == NULL || column->type.name == TYPE_ARRAY || column->type.name == TYPE_OBJECT) {
            plain = false;
            continue;
        }
        catalog_name_add(c, &index->columns, column->name);
        if (ordered)
            catalog_name_add(c, &index->orders, api->do_bson_iter_as_int64(&at) < 0 ? "desc" : "asc");
    }
    return plain && index->columns.count > 0;
}

static bool all_ascending(const struct catalog_names *orders)
{
    for (size_t i = 0; i < orders->count; i++)
        if (strcmp(orders->items[i], "asc") != 0)
            return false;
    return true;
}

/* Which documents it holds; NULL: all. */
static const char *condition_of(const struct indexing *x, const bson_t *document, const char *key)
{
    const struct mongodb_api *api = x->reading->session->api;
    struct arena *arena = x->reading->catalog->arena;
    bson_t filter;
    if (mongodb_inside(api, document, "partialFilterExpression", &filter)) {
        const char *text = mongodb_json(api, arena, &filter, false);
        return text != NULL ? text : "a filter that is too long to be shown";
    }
    return mongodb_true(api, document, "sparse") ? arena_format(arena, "sparse: some field of %s is there", key) : NULL;
}

static void add_ttl(const struct indexing *x, const bson_t *document, const char *name, const char *key)
{
    int64_t after = mongodb_number(x->reading->session->api, document, "expireAfterSeconds");
    if (after < 0)
        return;
    struct catalog_extra *extra = catalog_extra_add(x->reading->catalog, x->table);
    extra->what = "ttl";
    extra->text = arena_format(x->reading->catalog->arena, "%.500s: documents go %lld s after %.500s", name,
                               (long long)after, key);
}

static enum error_class take_index(void *context, const bson_t *document, struct error *e)
{
    (void)e;
    struct indexing *x = context;
    const struct mongodb_api *api = x->reading->session->api;
    struct catalog *c = x->reading->catalog;
    bson_t key, weights, collation;
    const char *name = mongodb_text(api, document, "name");
    if (!mongodb_inside(api, document, "key", &key) || text_equal(name, "_id_"))
        return ERROR_OK;
    struct catalog_index index = { .name = arena_text(c->arena, name != NULL ? name : "") };
    const char *text = mongodb_json(api, c->arena, &key, false);
    text = text != NULL ? text : "a key that is too long to be shown";
    bool plain = take_fields(x, &key, true, &index);
    if (mongodb_inside(api, document, "weights", &weights)) {
        index.method = "text";
        index.orders.count = 0;
        plain = take_fields(x, &weights, false, &index);
    }
    if (!plain) {
        index.expression = text;
        index.columns.count = index.orders.count = 0;
    }
    if (all_ascending(&index.orders) || index.method != NULL)
        index.orders.count = 0;
    index.unique = mongodb_true(api, document, "unique");
    index.where = condition_of(x, document, text);
    add_ttl(x, document, index.name, text);
    if (index.unique && plain && index.where == NULL && index.method == NULL &&
        !mongodb_inside(api, document, "collation", &collation)) {
        struct catalog_key *unique = catalog_unique_add(c, x->table);
        unique->name = index.name;
        unique->columns = index.columns;
    } else {
        *catalog_index_add(c, x->table) = index;
    }
    return ERROR_OK;
}

enum error_class mongodb_index_read(struct mongodb_reading *r, const struct mongodb_collection *from, size_t first,
                                    struct error *e)
{
    struct mongodb *m = r->session;
    struct indexing x = { .reading = r, .table = &r->catalog->tables[first] };
    enum error_class class = mongodb_usable(m, e);
    if (class != ERROR_OK)
        return class;
    mongoc_collection_t *collection = m->api->do_mongoc_client_get_collection(m->client, from->database, from->name);
    bson_t *options = mongodb_options(m, m->command_ms);
    mongoc_cursor_t *cursor = m->api->do_mongoc_collection_find_indexes_with_opts(collection, options);
    class = mongodb_each(m, cursor, take_index, &x, e);
    m->api->do_mongoc_collection_destroy(collection);
    m->api->do_bson_destroy(options);
    if (class == ERROR_OK || m->broken || class == ERROR_UNAVAILABLE)
        return class;
    if (class != ERROR_NOT_FOUND) /* gone meanwhile */
        mongodb_say(r, "warning", x.table->name, "its indexes could not be read: %.800s", e->message);
    *e = ERROR_NONE;
    return ERROR_OK;
}
