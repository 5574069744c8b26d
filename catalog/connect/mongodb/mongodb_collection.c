/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_collection.c - one collection, view or time series as tables.
 *
 * Happy path: the server's estimate of its documents, a sample of them, the tables that the rules for nested documents
 * make of it, then what the server itself says: options, size, indexes, validator. Failure modes: documents that may
 * not be read, or make more tables than there may be, leave a table with its key alone and a diagnostic; a server that
 * is lost ends it.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/connect/mongodb/mongodb_catalog.h"

static enum error_class command_of(struct mongodb_reading *r, const struct mongodb_collection *from, const char *name,
                                   bson_t *ret_reply, struct error *e)
{
    bson_t *command = r->session->api->do_bson_new();
    (void)r->session->api->do_bson_append_utf8(command, name, -1, from->name, -1);
    return mongodb_command(r->session, from->database, command, ret_reply, e);
}

/* Is it nothing but this collection that fails? Then the error is over. */
static bool only_here(const struct mongodb *m, enum error_class class)
{
    return !m->broken && (class == ERROR_DENIED || class == ERROR_FATAL || class == ERROR_TIMED_OUT ||
                          class == ERROR_NOT_FOUND || class == ERROR_TOO_LARGE);
}

/* By the server's books, without looking at a document. */
static enum error_class estimate(struct mongodb_reading *r, struct mongodb_collection *from, struct error *e)
{
    bson_t reply;
    enum error_class class = command_of(r, from, "count", &reply, e);
    if (class == ERROR_OK) {
        from->estimate = mongodb_number(r->session->api, &reply, "n");
        r->session->api->do_bson_destroy(&reply);
    } else if (only_here(r->session, class)) {
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    return class;
}

static enum error_class size_of(struct mongodb_reading *r, const struct mongodb_collection *from, size_t first,
                                struct error *e)
{
    bson_t reply;
    enum error_class class = command_of(r, from, "collStats", &reply, e);
    if (class == ERROR_OK) {
        int64_t stored = mongodb_number(r->session->api, &reply, "storageSize");
        int64_t indexes = mongodb_number(r->session->api, &reply, "totalIndexSize");
        r->catalog->tables[first].size_bytes = stored < 0 ? -1 : stored + (indexes > 0 ? indexes : 0);
        r->session->api->do_bson_destroy(&reply);
    } else if (only_here(r->session, class)) {
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    return class;
}

/* Into `c`: the tables of what was sampled. */
static enum error_class make_tables(struct mongodb_reading *r, struct catalog *c, struct mongodb_collection *from,
                                    struct error *e)
{
    struct mongodb_source source = { .session = r->session,
                                     .collection = from,
                                     .reference = mongodb_link_see,
                                     .taken = mongodb_name_taken,
                                     .context = r };
    struct nested_events events = mongodb_source_events(&source);
    struct nested_limits limits = mongodb_source_limits();
    return nested_tables(c, arena_text(c->arena, from->database), from->name, &events, &limits, &from->tables, e);
}

/* Nothing but its key is known: there is no document, or none may be read. */
static void bare_table(struct mongodb_reading *r, const struct mongodb_collection *from)
{
    struct catalog *c = r->catalog;
    struct catalog_table *t =
        catalog_table_add(c, arena_text(c->arena, from->database), arena_text(c->arena, from->name));
    struct catalog_column *id = catalog_column_add(c, t, "_id");
    id->type = (struct type){ .name = TYPE_OTHER };
    id->path = "/_id";
    catalog_name_add(c, &t->primary_key.columns, "_id");
    t->rows = from->whole ? 0 : from->estimate;
    t->rows_exact = from->whole;
}

/* An _id that is an object is the key by its members; where lists are numbered by rows it is unique beside that. */
static void key_of_members(struct mongodb_reading *r, size_t first)
{
    struct catalog *c = r->catalog;
    struct catalog_table *t = &c->tables[first];
    struct catalog_names members = { 0 };
    const struct catalog_column *id = catalog_column_find(t, "_id");
    if (id == NULL || id->type.name != TYPE_OBJECT || !text_equal(id->native_type, "object"))
        return;
    for (size_t i = 0; i < t->column_count; i++) {
        const struct catalog_column *column = &t->columns[i];
        if (column->path == NULL || !text_starts(column->path, "/_id/") || column->type.name == TYPE_OBJECT)
            continue;
        if (column->nullable || column->type.name == TYPE_ARRAY)
            return;
        catalog_name_add(c, &members, column->name);
    }
    if (t->primary_key.columns.count == 0)
        t->primary_key.columns = members;
    else if (members.count > 0)
        catalog_unique_add(c, t)->columns = members;
}

/* Rows are those of the sample: of all documents there are as many times more. */
static void scale_rows(struct mongodb_reading *r, const struct mongodb_collection *from, size_t first)
{
    int64_t seen = from->kept.count, all = from->estimate > seen ? from->estimate : seen;
    for (size_t i = first; i < r->catalog->table_count; i++) {
        struct catalog_table *t = &r->catalog->tables[i];
        t->size_bytes = -1;
        if (from->whole)
            continue;
        t->sampled = seen;
        t->rows_exact = false;
        t->rows = from->estimate < 0 ? -1 : (int64_t)((double)t->rows * (double)all / (double)seen);
    }
}

static void add_extra(struct mongodb_reading *r, size_t table, const char *what, const char *text)
{
    if (text == NULL)
        return;
    *catalog_extra_add(r->catalog, &r->catalog->tables[table]) = (struct catalog_extra){ .what = what, .text = text };
}

static void add_options(struct mongodb_reading *r, const struct mongodb_collection *from, const bson_t *options,
                        size_t first)
{
    const struct mongodb_api *api = r->session->api;
    struct arena *arena = r->catalog->arena;
    struct catalog_table *t = &r->catalog->tables[first];
    bson_t inside;
    if (mongodb_inside(api, options, "timeseries", &inside) || strcmp(from->type, "timeseries") == 0) {
        t->kind = "timeseries";
        if (r->catalog->table_count == first + 1)
            t->primary_key.columns.count = 0; /* nothing keeps an _id from coming twice there */
        if (mongodb_inside(api, options, "timeseries", &inside))
            add_extra(r, first, "timeseries", mongodb_json(api, arena, &inside, false));
        int64_t after = mongodb_number(api, options, "expireAfterSeconds");
        if (after >= 0)
            add_extra(r, first, "expires", arena_format(arena, "%lld s after its time", (long long)after));
    }
    if (mongodb_true(api, options, "capped")) {
        int64_t size = mongodb_number(api, options, "size"), max = mongodb_number(api, options, "max");
        t->kind = "capped";
        const char *bytes = size >= 0 ? arena_format(arena, "%lld bytes", (long long)size) : "a size";
        add_extra(r, first, "capped",
                  max >= 0 ? arena_format(arena, "%s, %lld documents", bytes, (long long)max) : bytes);
    }
    if (mongodb_inside(api, options, "clusteredIndex", &inside))
        add_extra(r, first, "clustered", mongodb_json(api, arena, &inside, false));
    if (mongodb_inside(api, options, "collation", &inside))
        add_extra(r, first, "collation", mongodb_json(api, arena, &inside, false));
}

/* What its documents are, as far as they can be had. */
static enum error_class read_documents(struct mongodb_reading *r, struct catalog *c, struct mongodb_collection *from,
                                       const char **ret_note, struct error *e)
{
    const char *about = arena_text(r->catalog->arena, from->name);
    *ret_note = NULL;
    enum error_class class = mongodb_sample(r->session, from, r->catalog->arena, ret_note, e);
    const char *what = "its documents could not be read";
    if (class == ERROR_OK && from->kept.count > 0) {
        what = "its documents make no tables";
        class = make_tables(r, c, from, e);
    }
    if (class != ERROR_OK && only_here(r->session, class)) {
        mongodb_say(r, class == ERROR_TOO_LARGE ? "error" : "warning", about, "%s: %.800s", what, e->message);
        from->whole = false;
        from->kept.count = 0;
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    return class;
}

/* A view is computed from what other collections hold: a few documents of it tell its columns. */
static enum error_class read_view(struct mongodb_reading *r, struct mongodb_collection *from, const bson_t *options,
                                  struct error *e)
{
    const struct mongodb_api *api = r->session->api;
    struct arena *arena = r->catalog->arena;
    struct catalog *scratch = catalog_create(arena, "mongodb", from->name);
    const char *on = mongodb_text(api, options, "viewOn"), *note;
    bson_t pipeline;
    enum error_class class = read_documents(r, scratch, from, &note, e);
    nested_tables_destroy(from->tables); /* nobody reads its rows */
    from->tables = NULL;
    if (class != ERROR_OK)
        return class;
    struct catalog_view *v =
        catalog_view_add(r->catalog, arena_text(arena, from->database), arena_text(arena, from->name));
    const char *stages =
        mongodb_inside(api, options, "pipeline", &pipeline) ? mongodb_json(api, arena, &pipeline, true) : NULL;
    if (stages != NULL)
        v->definition = arena_format(arena, "db.%.500s.aggregate(%s)", on != NULL ? on : "?", stages);
    const struct catalog_table *t = scratch->table_count > 0 ? &scratch->tables[0] : NULL;
    for (size_t i = 0; t != NULL && i < t->column_count; i++)
        *catalog_view_column_add(r->catalog, v, t->columns[i].name) = t->columns[i];
    return ERROR_OK;
}

enum error_class mongodb_collection_read(struct mongodb_reading *r, struct mongodb_collection *from, const bson_t *info,
                                         struct error *e)
{
    struct catalog *c = r->catalog;
    bson_t options;
    bool told = mongodb_inside(r->session->api, info, "options", &options);
    if (c->table_count >= CATALOG_TABLES_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_tables", "the collections make more than %d tables",
                          (int)CATALOG_TABLES_MAX);
    if (strcmp(from->type, "view") == 0)
        return read_view(r, from, told ? &options : NULL, e);
    const char *note;
    size_t first = c->table_count;
    enum error_class class = estimate(r, from, e);
    if (class == ERROR_OK)
        class = read_documents(r, c, from, &note, e);
    if (class != ERROR_OK)
        return class;
    if (c->table_count == first)
        bare_table(r, from);
    else
        scale_rows(r, from, first);
    for (size_t i = first + 1; i < c->table_count; i++)
        mongodb_name_add(r, c->tables[i].name);
    if (strcmp(from->type, "timeseries") != 0)
        key_of_members(r, first);
    r->sampled += note != NULL;
    add_extra(r, first, "sampled", note);
    if (told) {
        add_options(r, from, &options, first);
        mongodb_validator_read(r, &options, first);
    }
    class = size_of(r, from, first, e);
    return class == ERROR_OK ? mongodb_index_read(r, from, first, e) : class;
}
