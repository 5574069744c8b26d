/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_read.c - rows of the tables that a collection's documents make.
 *
 * Happy path: rows come from the documents in the spool where these are all there are, or where no more than some are
 * asked for (`spread`); else from a cursor over the collection, in the order of _id where a key is asked for. A session
 * that has not read its catalog reads that of the table's database first. Failure modes: an order or a range by
 * anything but _id of the collection's own table is ERROR_REFUSED.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mongodb/mongodb.h"
#include "catalog/observed.h"

enum { UNKNOWN_ARENA_MAX = 1 << 30 };

struct passing {
    struct connect_value *values;
    enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e);
    void *arg;
    bool raw;
};

static enum error_class bad_text(const struct catalog_table *t, const struct catalog_column *column, struct error *e)
{
    return error_code(e, ERROR_FATAL, "bad_text", "%.200s.%.200s holds a text with a NUL or bad UTF-8", t->name,
                      column->name);
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct passing *p = context;
    for (size_t i = 0; i < t->column_count; i++) {
        struct connect_value *v = &p->values[i];
        const struct catalog_column *column = &t->columns[i];
        *v = (struct connect_value){ .type = CONNECT_NULL };
        if (values[i].text == NULL)
            continue;
        v->type = column->type.name == TYPE_BINARY ? CONNECT_BINARY : CONNECT_TEXT;
        v->data = values[i].text;
        v->size = values[i].size;
        v->unclean =
            v->type == CONNECT_TEXT && (memchr(v->data, '\0', v->size) != NULL || !text_utf8_valid(v->data, v->size));
        if (v->unclean && !p->raw) {
            if (column->observed == NULL || column->observed->texts_unclean == 0)
                return (int)bad_text(t, column, e);
            v->type = CONNECT_BINARY;
            v->unclean = false;
        }
    }
    return (int)p->row(p->arg, p->values, e);
}

static struct mongodb_collection *look_up(struct mongodb *m, const struct catalog_table *t)
{
    for (size_t i = 0; i < m->collection_count; i++) {
        struct mongodb_collection *from = &m->collections[i];
        if (strcmp(from->database, t->schema) != 0 || !text_starts(t->name, from->name))
            continue;
        if (from->tables != NULL ? nested_tables_have(from->tables, t->name) : strcmp(t->name, from->name) == 0)
            return from;
    }
    return NULL;
}

static enum error_class find(struct mongodb *m, const struct catalog_table *t, struct mongodb_collection **ret_from,
                             struct error *e)
{
    enum error_class class = ERROR_OK;
    *ret_from = look_up(m, t);
    if (*ret_from == NULL && m->collection_count == 0) {
        struct arena *arena = arena_create(UNKNOWN_ARENA_MAX);
        struct catalog *c = NULL;
        class = mongodb_catalog(&m->base, arena, t->schema, false, &c, e);
        *ret_from = class == ERROR_OK ? look_up(m, t) : NULL;
        arena_destroy(arena);
    }
    if (class == ERROR_OK && *ret_from == NULL)
        return error_code(e, ERROR_NOT_FOUND, "table_not_found", "there is no collection for table %.200s", t->name);
    return class;
}

/* {$gt: value} or {$lte: value}, by the type of the collection's _id. */
static bool add_bound(const struct mongodb_api *api, bson_t *range, const char *operator, const char * native,
                      const struct connect_value *v)
{
    mem_auto char *text = mem_text_n(v->data != NULL ? v->data : "", v->data != NULL ? v->size : 0);
    bson_oid_t oid;
    int64_t number = v->integer;
    if (text_equal(native, "objectId") && api->do_bson_oid_is_valid(text, strlen(text))) {
        api->do_bson_oid_init_from_string(&oid, text);
        return api->do_bson_append_oid(range, operator, - 1, &oid);
    }
    if (text_equal(native, "string"))
        return api->do_bson_append_utf8(range, operator, - 1, text, (int)strlen(text));
    if (text_equal(native, "int") || text_equal(native, "long") || text_equal(native, "int|long"))
        return (v->type == CONNECT_INTEGER || text_to_int64(text, INT64_MIN, INT64_MAX, &number)) &&
               api->do_bson_append_int64(range, operator, - 1, number);
    return false;
}

/* {_id: {$gt: after, $lte: upto}} */
static bool filter_of(const struct mongodb *m, const struct catalog_table *t, const struct connect_range *range,
                      bson_t *filter)
{
    if (range->after == NULL && range->upto == NULL)
        return true;
    const struct catalog_column *id = catalog_column_find(t, "_id");
    if (id == NULL || range->key.count != 1)
        return false;
    bson_t *bounds = m->api->do_bson_new();
    bool fine = (range->after == NULL || add_bound(m->api, bounds, "$gt", id->native_type, range->after)) &&
                (range->upto == NULL || add_bound(m->api, bounds, "$lte", id->native_type, range->upto)) &&
                m->api->do_bson_append_document(filter, "_id", -1, bounds);
    m->api->do_bson_destroy(bounds);
    return fine;
}

static enum error_class open_cursor(struct mongodb *m, const struct mongodb_collection *from,
                                    const struct catalog_table *t, const struct connect_range *range,
                                    mongoc_cursor_t **ret_cursor, struct error *e)
{
    bool own = strcmp(t->name, from->name) == 0, ordered = range->key.count > 0;
    if (ordered && (!own || range->key.count > 1 || strcmp(range->key.items[0], "_id") != 0))
        return error_code(e, ERROR_REFUSED, "not_supported", "%.200s: rows come in the order of _id alone", t->name);
    bson_t *filter = m->api->do_bson_new(), *options = mongodb_options(m, m->read_ms);
    enum error_class class = mongodb_usable(m, e);
    if (class == ERROR_OK && !filter_of(m, t, range, filter))
        class = error_code(e, ERROR_REFUSED, "not_supported",
                           "%.200s: a part of it by _id can't be read: its ids are no "
                           "objectIds, strings or whole numbers, or of several types",
                           t->name);
    if (ordered) {
        bson_t *sort = m->api->do_bson_new();
        (void)m->api->do_bson_append_int32(sort, "_id", -1, 1);
        (void)m->api->do_bson_append_document(options, "sort", -1, sort);
        m->api->do_bson_destroy(sort);
    }
    if (own && range->limit > 0)
        (void)m->api->do_bson_append_int64(options, "limit", -1, range->limit);
    if (class == ERROR_OK) {
        mongoc_collection_t *collection =
            m->api->do_mongoc_client_get_collection(m->client, from->database, from->name);
        *ret_cursor = m->api->do_mongoc_collection_find_with_opts(collection, filter, options, NULL);
        m->api->do_mongoc_collection_destroy(collection);
    }
    m->api->do_bson_destroy(filter);
    m->api->do_bson_destroy(options);
    return class;
}

enum error_class mongodb_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                              enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                              void *arg, struct error *e)
{
    struct mongodb *m = mongodb_of(c);
    struct mongodb_collection *from = NULL;
    enum error_class class = find(m, t, &from, e);
    if (class != ERROR_OK)
        return class;
    if (from->tables == NULL) /* empty, or a diagnostic of the catalog has said why */
        return from->whole ? ERROR_OK
                           : error_code(e, ERROR_REFUSED, "no_documents", "its documents could not be read before");
    struct mongodb_source source = { .session = m, .collection = from };
    struct passing p = { .row = row, .arg = arg, .raw = range->raw };
    if (range->key.count > 0 || (!from->whole && !(range->spread && range->limit > 0)))
        class = open_cursor(m, from, t, range, &source.cursor, e);
    if (class != ERROR_OK)
        return class;
    struct nested_events events = mongodb_source_events(&source);
    p.values = mem_zero(t->column_count + 1, sizeof *p.values);
    bool spread = source.cursor == NULL && range->spread;
    class = nested_tables_read(from->tables, &events, t, range->limit, spread, on_row, &p, e);
    if (source.cursor != NULL)
        m->api->do_mongoc_cursor_destroy(source.cursor);
    free(p.values);
    return class;
}

/* ---- counting ---- */

static enum error_class count_row(void *arg, const struct connect_value *values, struct error *e)
{
    (void)values;
    (void)e;
    ++*(int64_t *)arg;
    return ERROR_OK;
}

struct counting {
    const struct mongodb_api *api;
    int64_t count;
};

static enum error_class take_count(void *context, const bson_t *document, struct error *e)
{
    (void)e;
    struct counting *counting = context;
    counting->count = mongodb_number(counting->api, document, "n");
    return ERROR_OK;
}

/* [{$group: {_id: null, n: {$sum: 1}}}]: the server's books may be wrong after a crash. */
static enum error_class count_documents(struct mongodb *m, const struct mongodb_collection *from, int64_t *ret_rows,
                                        struct error *e)
{
    const struct mongodb_api *api = m->api;
    struct counting counting = { .api = api };
    bson_t *sum = api->do_bson_new(), *group = api->do_bson_new(), *stage = api->do_bson_new();
    bson_t *pipeline = api->do_bson_new(), *options = mongodb_options(m, m->read_ms);
    (void)api->do_bson_append_int32(sum, "$sum", -1, 1);
    (void)api->do_bson_append_int32(group, "_id", -1, 1);
    (void)api->do_bson_append_document(group, "n", -1, sum);
    (void)api->do_bson_append_document(stage, "$group", -1, group);
    (void)api->do_bson_append_document(pipeline, "0", -1, stage);
    mongoc_collection_t *collection = api->do_mongoc_client_get_collection(m->client, from->database, from->name);
    mongoc_cursor_t *cursor =
        api->do_mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, pipeline, options, NULL);
    enum error_class class = mongodb_each(m, cursor, take_count, &counting, e);
    api->do_mongoc_collection_destroy(collection);
    bson_t *const made[] = { sum, group, stage, pipeline, options };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        api->do_bson_destroy(made[i]);
    if (class == ERROR_OK && counting.count < 0)
        class = error_code(e, ERROR_FATAL, "bad_answer", "%.200s: the server did not count its documents", from->name);
    if (class == ERROR_OK)
        *ret_rows = counting.count;
    return class;
}

enum error_class mongodb_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    struct mongodb *m = mongodb_of(c);
    struct mongodb_collection *from = NULL;
    const struct connect_range all = { .raw = true };
    enum error_class class = find(m, t, &from, e);
    if (class == ERROR_OK)
        class = mongodb_usable(m, e);
    if (class != ERROR_OK)
        return class;
    if (strcmp(t->name, from->name) == 0)
        return count_documents(m, from, ret_rows, e);
    int64_t rows = 0; /* of a table below: its rows are counted as they come */
    class = mongodb_read(c, t, &all, count_row, &rows, e);
    if (class == ERROR_OK)
        *ret_rows = rows;
    return class;
}
