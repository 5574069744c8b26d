/* SPDX-License-Identifier: Apache-2.0 */
/* discover.c - see discover.h. One function a stage, in the order in which they build on one another. */
#include "jobs/discovery/discover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secretbox.h"
#include "base/text.h"
#include "catalog/observed.h"
#include "catalog/parse/parse.h"
#include "catalog/profile.h"
#include "catalog/write_json.h"
#include "jobs/discovery/pii/compliance.h"
#include "jobs/discovery/document.h"
#include "jobs/discovery/observe.h"
#include "jobs/discovery/pii/pii.h"
#include "jobs/discovery/pii/pii_mask.h"
#include "jobs/discovery/profile/profile_tables.h"
#include "jobs/discovery/quality/quality.h"
#include "jobs/discovery/relationships/relationships.h"

enum {
    PERCENT_READ = 5,
    PERCENT_ORPHANS = 50,
    PERCENT_PROFILE = 55,
    PERCENT_RELATE = 80,
    PERCENT_DOCUMENTS = DISCOVER_INDEXING_PERCENT,
    PERCENT_DRAW = 95,
    DOING_SIZE = 300,
    LOCK_TIMEOUT_MS = 5000, /* nobody's work is waited for: what is locked is told */
};
static const size_t keep_bytes = (size_t)128 << 20; /* of rows that several parts look at */
static const double relate_min = 0.5; /* what is less sure than that is in the catalog, but not in the picture */

/* May all of the rows be read? Whoever migrates needs that; who limits the scan in so many words does not. */
static enum error_class may_scan(struct connect *source, const struct catalog_table *t,
                                 const struct discover_options *o, bool *ret_may, struct error *e)
{
    int64_t rows;
    *ret_may = true;
    if (o->limits == NULL || !o->limits->scan_limited)
        return ERROR_OK;
    return connect_count_upto(source, t, o->limits->count_rows_max, &rows, ret_may, e);
}

static enum error_class observe(struct connect *source, struct catalog *c, const struct discover_options *o,
                                struct error *e)
{
    const struct watch *w = o->watch;
    enum error_class class = ERROR_OK;
    for (size_t i = 0; class == ERROR_OK && i < c->table_count; i++) {
        char doing[DOING_SIZE];
        int percent = PERCENT_READ + (int)((PERCENT_ORPHANS - PERCENT_READ) * i / c->table_count);
        (void)snprintf(doing, sizeof doing, "reading %.200s", c->tables[i].name);
        watch_progress(w, percent, doing);
        if (watch_cancelled(w))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
        bool may = true;
        if (c->tables[i].kind != NULL) /* virtual: its rows come from an extension */
            continue;
        class = may_scan(source, &c->tables[i], o, &may, e);
        if (class == ERROR_OK && may)
            class = observe_table(w, source, c, &c->tables[i], percent, e);
    }
    return class;
}

/* Does the key that tells rows apart hold whole numbers alone? */
static bool numbers_only(const struct catalog_table *t)
{
    for (size_t i = 0; i < t->primary_key.columns.count; i++) {
        const struct catalog_column *column = catalog_column_find(t, t->primary_key.columns.items[i]);
        if (column == NULL || column->observed == NULL || column->observed->texts > 0 || column->observed->blobs > 0)
            return false;
    }
    return t->primary_key.columns.count > 0;
}

/* SQLite only checks foreign keys for programs that ask it to. */
static enum error_class count_orphans(struct connect *source, struct catalog *c, const struct watch *w, struct error *e)
{
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        for (size_t k = 0; t->rows_exact && k < t->foreign_key_count; k++) { /* else it was not to be scanned */
            struct catalog_foreign_key *fk = &t->foreign_keys[k];
            const char *samples = "[]";
            if (watch_cancelled(w))
                return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
            enum error_class class = connect_orphans(source, c->arena, t, fk, &fk->orphans, &samples, e);
            if (class != ERROR_OK)
                return class;
            if (fk->orphans == 0)
                continue;
            const char *message = arena_format(c->arena, "%lld rows have no parent in \"%.200s\" for \"%.200s\"",
                                               (long long)fk->orphans, fk->ref_table, fk->columns.items[0]);
            if (numbers_only(t)) /* other keys may be somebody's name or address */
                message = arena_format(c->arena, "%s; some of their keys: %.500s", message, samples);
            struct catalog_diagnostic *d = catalog_diagnostic_add(c, "warning", message);
            d->table = t->name;
        }
    }
    return ERROR_OK;
}

static void draw(struct catalog *c, const struct watch *w, struct discovered *ret)
{
    watch_progress(w, PERCENT_DRAW, "drawing the lineage graph");
    catalog_sort(c);
    struct graph *g = graph_create(c->arena, c, relate_min);
    *ret = (struct discovered){ .catalog = c, .complexity = complexity_of(c, g) };
    ret->graph = c->table_count <= DISCOVER_GRAPH_TABLES_MAX ? g : NULL;
}

/* Tables whose sample did not come to their end are counted up to a limit; beyond it the server's estimate stands, and
 * so it does where the rows may not be read, or not in time. */
static enum error_class count_rows(struct connect *source, struct catalog *c, int64_t most, const struct watch *w,
                                   struct error *e)
{
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        const struct catalog_profile *p = NULL;
        struct error unable = ERROR_NONE;
        int64_t rows = -1;
        bool all = false;
        for (size_t k = 0; k < t->column_count && p == NULL; k++)
            p = t->columns[k].unreadable ? NULL : t->columns[k].profile;
        if (t->rows_exact || t->sampled > 0 || p == NULL || p->rows < 0 || most <= 0)
            continue;
        if (watch_cancelled(w))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
        enum error_class class = connect_count_upto(source, t, most, &rows, &all, e);
        if (class == ERROR_UNAVAILABLE && connect_reopen(source, &unable) == ERROR_OK)
            class = ERROR_RETRY;
        if (class == ERROR_DENIED || class == ERROR_TIMED_OUT || class == ERROR_FATAL || class == ERROR_REFUSED ||
            class == ERROR_RETRY) {
            *e = ERROR_NONE;
            continue;
        }
        if (class != ERROR_OK)
            return class;
        t->rows = all || rows > t->rows ? rows : t->rows;
        t->rows_exact = all;
    }
    return ERROR_OK;
}

/* What the rows say, and what follows from it; in this order, because each builds on the one before. */
static enum error_class judge(struct catalog *c, const struct rows_source *rows, struct connect *source,
                              const struct discover_options *o, struct error *e)
{
    const struct discover_limits fallback = discover_limits_default(), *l = o->limits != NULL ? o->limits : &fallback;
    const struct watch *w = o->watch;
    const struct profile_options profile = { .rows_max = l->sample_rows, .samples = PROFILE_SAMPLES_DEFAULT };
    watch_progress(w, PERCENT_PROFILE, "looking at the rows");
    enum error_class class = profile_tables(c, rows, &profile, w, e);
    if (class == ERROR_OK && source != NULL)
        class = count_rows(source, c, l->count_rows_max, w, e);
    if (class != ERROR_OK)
        return class;
    pii_find(c);
    watch_progress(w, PERCENT_RELATE, "relating tables");
    const struct relationships_options relate = {
        .rows = rows, .sample_rows = LIMITS_RELATE * l->sample_rows, .inclusion_rows = l->inclusion_rows, .watch = w
    };
    const struct quality_options quality = { .rows = rows, .orphan_rows = l->count_rows_max, .watch = w };
    class = relationships_find(c, &relate, e);
    if (class == ERROR_OK && rows != NULL)
        class = quality_judge(c, &quality, e);
    if (class != ERROR_OK)
        return class;
    watch_progress(w, PERCENT_DOCUMENTS, "writing documents");
    document_write(c);
    profile_mask(c); /* last: nothing before it shows a value */
    return ERROR_OK;
}

enum error_class discover_catalog(struct catalog *c, const struct rows_source *rows, const struct discover_options *o,
                                  struct discovered *ret, struct error *e)
{
    patterns_apply(&o->patterns, c);
    enum error_class class = judge(c, rows, NULL, o, e);
    if (class == ERROR_OK)
        draw(c, o->watch, ret);
    return class;
}

/* Where the tables themselves are made of what is looked at: as much of it as relations look at. */
static void set_sampling(struct connect *source, const struct discover_options *o)
{
    const struct discover_limits fallback = discover_limits_default(), *l = o->limits != NULL ? o->limits : &fallback;
    bool some = o->patterns.include.count > 0 || o->patterns.exclude.count > 0;
    struct connect_sampling sampling = { .sample_max = l->sample_rows, .patterns = some ? &o->patterns : NULL };
    sampling.whole_max = l->sample_rows * LIMITS_RELATE;
    if (sampling.whole_max > l->count_rows_max)
        sampling.whole_max = l->count_rows_max > 0 ? l->count_rows_max : 1;
    connect_sample(source, &sampling);
}

enum error_class discover_connect(struct arena *arena, struct connect *source, const struct discover_options *o,
                                  struct discovered *ret, struct error *e)
{
    struct catalog *c = NULL;
    bool wishes = strcmp(connect_dialect(source), "sqlite") == 0; /* declared types promise nothing */
    watch_progress(o->watch, 0, "reading the schema");
    set_sampling(source, o);
    enum error_class class = connect_lock_timeout(source, LOCK_TIMEOUT_MS, e);
    if (class == ERROR_OK)
        class = connect_catalog(source, arena, o->schema, false, &c, e);
    if (class == ERROR_UNAVAILABLE && (class = connect_reopen(source, e)) == ERROR_OK &&
        (class = connect_lock_timeout(source, LOCK_TIMEOUT_MS, e)) == ERROR_OK) /* it was started anew meanwhile */
        class = connect_catalog(source, arena, o->schema, false, &c, e);
    if (class == ERROR_OK)
        patterns_apply(&o->patterns, c);
    if (class == ERROR_OK && wishes)
        class = observe(source, c, o, e);
    if (class == ERROR_OK && wishes) {
        watch_progress(o->watch, PERCENT_ORPHANS, "looking for rows without a parent");
        class = count_orphans(source, c, o->watch, e);
    }
    if (class != ERROR_OK)
        return class;
    const struct connect_rows_limits limits = { .sample_bytes = o->limits != NULL ? o->limits->sample_bytes : 0,
                                                .keep_bytes = keep_bytes };
    struct rows_source rows = connect_rows_limited(source, c, &limits);
    class = judge(c, &rows, source, o, e);
    rows.face->close(rows.self);
    if (class == ERROR_OK)
        draw(c, o->watch, ret);
    return class;
}

static bool is_database_file(const char *path)
{
    char magic[16] = "";
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    size_t size = fread(magic, 1, sizeof magic, f);
    (void)fclose(f);
    return size == sizeof magic && memcmp(magic, "SQLite format 3", sizeof magic) == 0;
}

static enum error_class discover_path(struct arena *arena, const char *path, const struct discover_options *o,
                                      struct discovered *ret, struct error *e)
{
    struct parsed parsed = { 0 };
    struct watch reading = watch_part(o->watch, 0, PERCENT_PROFILE);
    const struct parse_options options = { .name = o->name,
                                           .format = o->format,
                                           .dialect = o->dialect,
                                           .data_folder = o->data_folder,
                                           .cancelled = watch_asked,
                                           .progress = watch_told,
                                           .context = &reading };
    enum error_class class = parse_path(arena, path, &options, &parsed, e);
    if (class == ERROR_OK)
        class = discover_catalog(parsed.catalog, parsed.rows.face != NULL ? &parsed.rows : NULL, o, ret, e);
    parsed_close(&parsed);
    return class;
}

static enum error_class discover_url(struct arena *arena, const char *url, const struct discover_options *o,
                                     struct discovered *ret, struct error *e)
{
    mem_auto char *public = NULL;
    char *secret = NULL;
    struct connect *source = NULL;
    const struct connect_options options = {
        .read_only = true,
        .application = "argosy discover",
        .statement_timeout_s =
            o->limits != NULL && !text_starts(url, "sqlite:") ? (int)o->limits->statement_timeout_s : 0,
        .label = o->name,
    };
    enum error_class class = connect_url_split(url, &public, &secret, e);
    if (class == ERROR_OK)
        class = connect_open(public, secret, &options, &source, e);
    secretbox_wipe(secret);
    if (class == ERROR_OK)
        class = discover_connect(arena, source, o, ret, e);
    connect_close(source);
    return class;
}

enum error_class discover_source(struct arena *arena, const char *source, const struct discover_options *o,
                                 struct discovered *ret, struct error *e)
{
    if (strstr(source, "://") != NULL || text_starts(source, "sqlite:"))
        return discover_url(arena, source, o, ret, e);
    if (is_database_file(source))
        return discover_url(arena, arena_format(arena, "sqlite:%s", source), o, ret, e);
    return discover_path(arena, source, o, ret, e);
}

void discovered_write(const struct discovered *d, struct buffer *b)
{
    catalog_write(d->catalog, b);
    if (b->overflow || b->size == 0)
        return;
    b->data[--b->size] = '\0'; /* the catalog's closing bracket: its object goes on */
    if (d->graph != NULL)
        graph_write_json(d->graph, b, "graph");
    complexity_write(&d->complexity, b, "complexity");
    json_auto_t *compliance = compliance_report(d->catalog);
    mem_auto char *text = json_dumps(compliance, JSON_COMPACT);
    (void)buffer_format(b, ",\"compliance\":%s", text != NULL ? text : "null");
    write_json_close(b, '}');
}

json_t *discovered_summary(const struct discovered *d)
{
    const struct catalog *c = d->catalog;
    json_int_t columns = 0, rows = 0, primary = 0, foreign = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        columns += (json_int_t)t->column_count;
        rows += t->rows > 0 && (t->partition == NULL || t->partition->of_table == NULL) ? t->rows : 0;
        primary += t->primary_key.columns.count > 0;
        foreign += (json_int_t)t->foreign_key_count;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "tables", (json_int_t)c->table_count, "columns", columns, "rows",
                     rows, "primary_keys", primary, "foreign_keys", foreign, "relationships",
                     (json_int_t)c->relationship_count);
}
