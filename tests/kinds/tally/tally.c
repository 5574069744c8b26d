/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.c - a kind for the stories about faults: leaves one row in its target for each chunk that it commits.
 *
 * It writes as every kind with a target does: the fence is asked how far the job came, then each row and the fence's
 * step are one transaction. The table has no key on purpose, so a chunk that was written twice shows as two rows.
 * Failure modes are those of migration_rows.c and settled alike: whatever is not clear, the fence is asked again.
 */
#include <string.h>
#include <time.h>

#include "catalog/connect/connect.h"
#include "catalog/connect/fence.h"
#include "jobs/job.h"
#include "jobs/side.h"

enum { LOOKS_MAX = 5, NAP_MS = 20 };

static enum error_class tally_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e);
static enum error_class tally_seal(struct job *job, const json_t *args, struct error *e);
const struct job_kind job_tally = { .name = "tally", .run = tally_run, .seal = tally_seal };

static enum error_class pause_ms(struct job *job, int64_t ms, struct error *e)
{
    for (; ms > 0; ms -= NAP_MS) {
        if (job_cancelled(job))
            return error_set(e, ERROR_CANCELLED, "tally: cancelled");
        (void)nanosleep(&(struct timespec){ .tv_nsec = NAP_MS * 1000000L }, NULL);
    }
    return ERROR_OK;
}

/* Inside the chunk's transaction. */
static enum error_class write_row(struct connect *target, const struct fence *f, int64_t chunk, struct error *e)
{
    struct catalog_column columns[] = { { .name = "job" }, { .name = "epoch" }, { .name = "chunk" } };
    const struct catalog_table table = { .schema = "public", .name = "tally", .columns = columns, .column_count = 3 };
    const struct connect_value values[] = { { .type = CONNECT_INTEGER, .integer = f->job },
                                            { .type = CONNECT_INTEGER, .integer = f->epoch },
                                            { .type = CONNECT_INTEGER, .integer = chunk } };
    struct connect_copy *copy = NULL;
    int64_t rows = 0;
    enum error_class class = connect_copy_begin(target, &table, &copy, e);
    if (class != ERROR_OK)
        return class;
    class = connect_copy_row(copy, values, e);
    if (class == ERROR_OK)
        return connect_copy_end(copy, &rows, e);
    connect_copy_abort(copy);
    return class;
}

static enum error_class run_chunk(struct job *job, const json_t *args, struct connect *target, const struct fence *f,
                                  int64_t chunk, struct error *e)
{
    enum error_class class = connect_begin(target, e);
    if (class != ERROR_OK)
        return class;
    class = fence_step(target, f, chunk, "{}", e);
    if (class == ERROR_OK)
        class = write_row(target, f, chunk, e);
    if (class == ERROR_OK)
        class = pause_ms(job, json_integer_value(json_object_get(args, "pause_ms")), e);
    if (class == ERROR_OK)
        return connect_commit(target, e);
    connect_rollback(target);
    return class;
}

static bool unsettled(const struct error *e)
{
    return e->class == ERROR_FENCED || strcmp(e->code, "commit_unknown") == 0 ||
           strcmp(e->code, "connection_lost") == 0;
}

static enum error_class run_chunks(struct job *job, const json_t *args, struct connect **target, const struct fence *f,
                                   struct error *e)
{
    int64_t chunks = json_integer_value(json_object_get(args, "chunks")), chunk = 0;
    const char *cursor;
    enum error_class class = fence_advance(*target, job_arena(job), f, &chunk, &cursor, e);
    for (int looks = 0; class == ERROR_OK && chunk < chunks;) {
        struct error why = ERROR_NONE;
        if (job_cancelled(job))
            return error_set(e, ERROR_CANCELLED, "tally: cancelled");
        class = run_chunk(job, args, *target, f, chunk + 1, &why);
        if (class == ERROR_OK) {
            chunk++;
            continue;
        }
        *e = why;
        if (!unsettled(&why) || looks++ >= LOOKS_MAX)
            return class;
        struct error again = ERROR_NONE;
        *target = connect_close(*target);
        class = side_open(job, args, "target", false, target, &again);
        if (class == ERROR_OK)
            class = fence_advance(*target, job_arena(job), f, &chunk, &cursor, &again);
        *e = again;
    }
    return class;
}

static enum error_class tally_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct connect *target = NULL;
    const struct fence f = { .job = job_id(job), .part = "tally", .epoch = job_epoch(job) };
    enum error_class class = side_open(job, args, "target", false, &target, e);
    if (class == ERROR_OK)
        class = fence_prepare(target, e);
    if (class == ERROR_OK)
        class = run_chunks(job, args, &target, &f, e);
    connect_close(target);
    if (class == ERROR_OK)
        *ret_result = json_pack("{s:O}", "chunks", json_object_get(args, "chunks"));
    return class;
}

static enum error_class tally_seal(struct job *job, const json_t *args, struct error *e)
{
    struct connect *target = NULL;
    enum error_class class = side_open(job, args, "target", false, &target, e);
    if (class == ERROR_OK)
        class = fence_prepare(target, e);
    if (class == ERROR_OK)
        class = fence_seal(target, job_id(job), job_epoch(job), e);
    connect_close(target);
    return class == ERROR_OK ? class : error_wrap(e, "seal the target");
}
