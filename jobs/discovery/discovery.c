/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind discovery: what is in a database.
 *
 * Happy path: open the connection to read, or an upload as what it is (whatever `argosy discover FILE` reads), discover
 * (discover.h), leave the whole document as an artifact, whose rows
 * the record keeps by itself, and hand the catalog to the next step. Failure modes: what connect.h reports; nothing is
 * left behind, so an attempt may simply be repeated.
 */
#include <string.h>

#include "base/mem.h"
#include "jobs/discovery/discover.h"
#include "jobs/job.h"
#include "jobs/side.h"

enum { DOCUMENT_MAX = 1 << 30, RESULT_MAX = 4 << 20 }; /* a larger catalog is only in the artifact */
static const char document_name[] = "catalog.json";

struct run {
    struct job *job;
    int64_t connection;
};

static bool cancelled(void *context)
{
    const struct run *r = context;
    return job_cancelled(r->job);
}

static void progress(void *context, int percent, const char *doing)
{
    const struct run *r = context;
    if (percent >= DISCOVER_INDEXING_PERCENT)
        job_phase(r->job, r->connection, "indexing");
    job_progress(r->job, percent, "%s", doing);
}

static enum error_class leave_document(struct job *job, const struct discovered *d, size_t *ret_size, struct error *e)
{
    struct buffer b;
    buffer_init(&b, DOCUMENT_MAX);
    discovered_write(d, &b);
    enum error_class class =
        b.overflow ? error_set(e, ERROR_TOO_LARGE, "the catalog is larger than a gigabyte: discover a schema at a time")
                   : job_artifact(job, document_name, "application/vnd.argosy.catalog+json", b.data, e);
    *ret_size = b.size;
    buffer_finish(&b);
    return class;
}

/* ["a.*", "b"] */
static void patterns_read(struct job *job, const json_t *list, struct catalog_names *ret_names)
{
    size_t i;
    const json_t *pattern;
    ret_names->items = arena_array(job_arena(job), json_array_size(list) + 1, sizeof *ret_names->items);
    ret_names->count = json_array_size(list);
    json_array_foreach(list, i, pattern)
    {
        ret_names->items[i] = json_string_value(pattern);
    }
}

static enum error_class discover(struct job *job, const json_t *args, struct discover_options *o,
                                 struct discovered *ret, struct error *e)
{
    struct job_connection connection;
    struct connect *source = NULL;
    int64_t id = json_integer_value(json_object_get(args, "source"));
    if (job_connection(job, id, &connection, e) != ERROR_OK)
        return error_wrap(e, "source");
    job_phase(job, id, "analyzing");
    if (connection.path != NULL && strcmp(connection.dialect, "sqlite") != 0) { /* "sqlite": a database is promised */
        o->name = connection.file;
        o->dialect = strcmp(connection.dialect, "file") == 0 ? NULL : connection.dialect;
        return discover_source(job_arena(job), connection.path, o, ret, e);
    }
    enum error_class class = side_open(job, args, "source", true, &source, e);
    if (class == ERROR_OK)
        class = discover_connect(job_arena(job), source, o, ret, e);
    connect_close(source);
    return class;
}

static enum error_class discovery_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct discovered d = { 0 };
    size_t size = 0;
    struct run run = { .job = job, .connection = json_integer_value(json_object_get(args, "source")) };
    const struct watch watch = { .cancelled = cancelled, .progress = progress, .context = &run };
    struct discover_limits limits = discover_limits_default();
    struct discover_options options = { .schema = json_string_value(json_object_get(args, "schema")),
                                        .limits = &limits,
                                        .watch = &watch };
    discover_limits_read(&limits, job_defaults(job));
    discover_limits_read(&limits, args);
    limits.scan_limited = json_object_get(args, "count_rows_max") != NULL;
    patterns_read(job, json_object_get(args, "include"), &options.patterns.include);
    patterns_read(job, json_object_get(args, "exclude"), &options.patterns.exclude);
    enum error_class class = patterns_check(&options.patterns, e);
    if (class == ERROR_OK)
        class = discover(job, args, &options, &d, e);
    if (class == ERROR_OK)
        class = leave_document(job, &d, &size, e);
    if (class != ERROR_OK)
        return class;
    for (size_t i = 0; i < d.catalog->diagnostic_count; i++) {
        const struct catalog_diagnostic *told = &d.catalog->diagnostics[i];
        job_log(job, strcmp(told->severity, "error") == 0 ? "error" : "warn", "%s%s%s",
                told->table != NULL ? told->table : "", told->table != NULL ? ": " : "", told->message);
    }
    *ret_result = json_pack("{s:o, s:s}", "summary", discovered_summary(&d), "catalog_artifact", document_name);
    if (size <= RESULT_MAX)
        (void)json_object_set_new(*ret_result, "catalog", catalog_to_json(d.catalog));
    job_progress(job, 100, "%zu tables, %zu relationships", d.catalog->table_count, d.catalog->relationship_count);
    return ERROR_OK;
}

const struct job_kind job_discovery = { .name = "discovery", .run = discovery_run };
