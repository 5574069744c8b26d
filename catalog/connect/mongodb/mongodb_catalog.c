/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_catalog.c - databases and their collections, one after the other, in the order of their names.
 *
 * Happy path: the database that the address names, else all but the server's own; listCollections tells what each
 * collection is. Failure modes: a user who may not list with options gets the names that he may read; a database or
 * collection that may not be read is told in a diagnostic, and the rest is read; when there is no database at all that
 * may be read, that is the error. A server that is lost ends it.
 */
#include "catalog/connect/mongodb/mongodb_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mongodb/mongodb_list.h"

/* ---- one database ---- */

static enum error_class read_listed(struct mongodb_reading *r, const struct mongodb_listing *l, const char *database,
                                    struct error *e)
{
    struct mongodb *m = r->session;
    enum error_class class = ERROR_OK;
    size_t first = m->collection_count;
    free(r->names);
    r->names = NULL;
    r->name_count = r->name_capacity = 0;
    for (size_t i = 0; i < l->count; i++) {
        const bson_t *info = l->infos[i].document;
        const char *type = mongodb_text(m->api, info, "type");
        const char *name = arena_text(m->arena, mongodb_text(m->api, info, "name"));
        mongodb_name_add(r, name);
        if (!l->infos[i].wanted)
            continue;
        m->collections =
            mem_grow(m->collections, &m->collection_capacity, m->collection_count + 1, sizeof *m->collections);
        m->collections[m->collection_count++] = (struct mongodb_collection){
            .database = database,
            .name = name,
            .type = arena_text(m->arena, type != NULL ? type : "collection"),
            .estimate = -1,
        };
    }
    for (size_t i = 0, at = first; class == ERROR_OK && i < l->count; i++)
        if (l->infos[i].wanted)
            class = mongodb_collection_read(r, &m->collections[at++], l->infos[i].document, e);
    return class;
}

static enum error_class read_database(struct mongodb_reading *r, const char *name, bool *ret_denied, struct error *e)
{
    struct mongodb *m = r->session;
    struct mongodb_listing l;
    enum error_class class = mongodb_list(m, name, &l, e);
    *ret_denied = class == ERROR_DENIED && !m->broken;
    if (*ret_denied) {
        mongodb_say(r, "warning", NULL, "database %.100s: its collections may not be listed: %.600s", name, e->message);
    } else if (class == ERROR_OK) {
        if (l.bare)
            mongodb_say(r, "warning", NULL,
                        "database %.100s: only the names of collections may be listed: validators, views, time series "
                        "and collections without a right to read are missing",
                        name);
        if (l.unclean > 0)
            mongodb_say(r, "warning", NULL, "database %.100s: %zu collections whose names are no UTF-8 are left out",
                        name, l.unclean);
        class = read_listed(r, &l, l.database, e);
    }
    mongodb_listing_finish(&l);
    return class;
}

/* ---- all of them ---- */

/* What the catalog before it knew is void: its tables are read anew. */
static void forget(struct mongodb *m)
{
    for (size_t i = 0; i < m->collection_count; i++)
        nested_tables_destroy(m->collections[i].tables);
    m->collection_count = 0;
    m->spool_size = 0;
}

static enum error_class read_all(struct mongodb_reading *r, const char *only, struct error *e)
{
    struct catalog_names names = { .items = &only, .count = 1 };
    size_t denied = 0;
    enum error_class class = only != NULL ? ERROR_OK : mongodb_list_databases(r->session, &names, e);
    for (size_t i = 0; class == ERROR_OK && i < names.count; i++) {
        bool no = false;
        class = read_database(r, names.items[i], &no, e);
        denied += no;
        if (no && denied < names.count)
            class = ERROR_OK;
    }
    if (class != ERROR_OK)
        return class;
    *e = ERROR_NONE;
    if (r->session->collection_count == 0 && r->session->base.sampling.patterns == NULL)
        mongodb_say(r, "warning", NULL, "there is no collection: the database is empty or not there");
    if (r->sampled > 0)
        mongodb_say(r, "warning", NULL,
                    "of %lld collections with more than %lld documents or %d MB only a sample was read: their tables, "
                    "types and what may be missing are those of the sample, their numbers of rows are estimates",
                    (long long)r->sampled, (long long)r->session->scan_max, MONGODB_SAMPLE_BYTES_MAX >> 20);
    return ERROR_OK;
}

enum error_class mongodb_catalog(struct connect *connect, struct arena *arena, const char *schema, bool exact_rows,
                                 struct catalog **ret_catalog, struct error *e)
{
    struct mongodb *m = mongodb_of(connect);
    const char *only = schema != NULL ? schema : m->database;
    struct mongodb_reading r = { .session = m };
    r.catalog = catalog_create(arena, "mongodb", arena_text(arena, only != NULL ? only : "server"));
    forget(m);
    m->scan_max = connect->sampling.whole_max > 0 ? connect->sampling.whole_max : MONGODB_SCAN_MAX;
    m->sample = connect->sampling.sample_max > 0 ? connect->sampling.sample_max : MONGODB_SAMPLE;
    enum error_class class = read_all(&r, only, e);
    if (class == ERROR_OK) {
        catalog_sort(r.catalog);
        mongodb_link_make(&r);
        catalog_sort(r.catalog);
    }
    for (size_t i = 0; class == ERROR_OK && exact_rows && i < r.catalog->table_count; i++) {
        struct catalog_table *t = &r.catalog->tables[i];
        if (!t->rows_exact)
            class = mongodb_count(connect, t, &t->rows, e);
        t->rows_exact = true;
    }
    free(r.names);
    free(r.links);
    if (class == ERROR_OK)
        *ret_catalog = r.catalog;
    return class;
}
