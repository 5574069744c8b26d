/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step rows: one table, or one key range of it, in chunks.
 *
 * Happy path: ask the target's fence how far this job came (chunk and cursor, the last key applied), then for each
 * chunk one transaction: fence step, COPY of up to chunk_rows rows after the cursor, the new cursor, COMMIT. A chunk
 * with fewer rows than asked for is the last.
 *
 * A table without a key has no order to go on in: it is one chunk, one transaction, of at most
 * MIGRATION_UNKEYED_ROWS_MAX rows.
 *
 * Failure modes: a COMMIT whose answer was lost, a lost session, or a chunk that is in already, is settled by asking
 * the fence again. A newer epoch there ends this attempt as fenced out. Anything else rolls the chunk back and ends the
 * attempt.
 */
#include "jobs/migration/migration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"

enum { ASK_ROWS = 1024, TELL_MS = 250, LOOKS_MAX = 5, KEY_BYTES_MAX = 1 << 20, PART_SIZE = 512 };

struct load {
    struct job *job;
    const json_t *args;
    struct migration_pair pair;
    const struct catalog_names *key; /* of pair.source; no columns: one chunk */
    size_t *key_at;                  /* places of the key's columns in a row */
    struct connect *source, *target;
    struct fence fence;
    int64_t chunk, chunk_rows, rows, rows_expected, told_ms;
    bool done;
    struct connect_value *after, *upto; /* after NULL: from the start */

    struct connect_copy *copy;  /* of the chunk at hand */
    int64_t copied;             /* rows of it */
    struct connect_value *last; /* key of the row copied last; its texts are in data[turn] */
    struct buffer *data[2];     /* `after` of the chunk that runs points into the other one */
    int turn;
};

static enum error_class keep_key(struct load *l, const struct connect_value *values, struct error *e)
{
    for (size_t i = 0; i < l->key->count; i++) {
        const struct connect_value *value = &values[l->key_at[i]];
        l->last[i] = *value;
        if (value->type == CONNECT_NULL)
            return error_code(e, ERROR_FATAL, "key_null", "table \"%s\", column \"%s\": a key of the source is NULL",
                              l->pair.source.name, l->key->items[i]);
        if (value->type != CONNECT_TEXT && value->type != CONNECT_BINARY)
            continue;
        struct buffer *data = &l->data[l->turn][i];
        buffer_clear(data);
        if (!buffer_add(data, value->data, value->size))
            return error_code(e, ERROR_TOO_LARGE, "key_too_large",
                              "table \"%s\", column \"%s\": a key has %zu bytes, "
                              "the limit is %d",
                              l->pair.source.name, l->key->items[i], value->size, (int)KEY_BYTES_MAX);
        l->last[i].data = data->data;
    }
    return ERROR_OK;
}

static void tell(struct load *l)
{
    int64_t rows = l->rows + l->copied, now_ms = clock_monotonic_ms();
    if (now_ms - l->told_ms < TELL_MS)
        return;
    l->told_ms = now_ms;
    int percent = l->rows_expected > 0 ? (int)(rows * 100 / l->rows_expected) : 0;
    job_progress(l->job, percent > 99 ? 99 : percent, "%s: %" PRId64 " rows", l->pair.target.name, rows);
}

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *e)
{
    struct load *l = arg;
    enum error_class class = connect_copy_row(l->copy, values, e);
    if (class == ERROR_OK)
        class = keep_key(l, values, e);
    if (class != ERROR_OK || ++l->copied % ASK_ROWS != 0)
        return class;
    if (job_cancelled(l->job))
        return error_set(e, ERROR_CANCELLED, "migration: cancelled");
    if (l->key->count == 0 && l->copied > MIGRATION_UNKEYED_ROWS_MAX)
        return error_code(
            e, ERROR_TOO_LARGE, "table_without_key",
            "table \"%s\" has no primary key and more than %d rows, too many for one transaction: give it "
            "a key",
            l->pair.source.name, (int)MIGRATION_UNKEYED_ROWS_MAX);
    tell(l);
    return ERROR_OK;
}

/* {"after": KEY, "rows": rows of all chunks so far} */
static enum error_class set_cursor(struct load *l, struct error *e)
{
    json_t *key = l->key->count > 0 ? migration_key_to_json(l->last, l->key->count) : json_null();
    json_auto_t *cursor = json_pack("{s:o, s:I}", "after", key, "rows", (json_int_t)(l->rows + l->copied));
    mem_auto char *text = cursor ? json_dumps(cursor, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    if (!text)
        return error_code(e, ERROR_FATAL, "bad_key", "table \"%s\": a key can't be written as JSON",
                          l->pair.source.name);
    return fence_cursor(l->target, &l->fence, l->chunk + 1, text, e);
}

/* The chunk's rows, inside the open transaction. */
static enum error_class copy_rows(struct load *l, struct error *e)
{
    struct connect_range range = { .key = *l->key, .after = l->after, .upto = l->upto };
    range.limit = l->key->count > 0 ? l->chunk_rows : 0;
    int64_t arrived = 0;
    l->copied = 0;
    enum error_class class = connect_copy_begin(l->target, &l->pair.target, &l->copy, e);
    if (class != ERROR_OK)
        return class;
    class = connect_read(l->source, &l->pair.source, &range, on_row, l, e);
    if (class == ERROR_OK)
        class = connect_copy_end(l->copy, &arrived, e);
    else
        connect_copy_abort(l->copy);
    l->copy = NULL;
    return class;
}

static enum error_class run_chunk(struct load *l, struct error *e)
{
    enum error_class class = connect_begin(l->target, e);
    if (class != ERROR_OK)
        return class;
    class = fence_step(l->target, &l->fence, l->chunk + 1, NULL, e);
    if (class == ERROR_OK)
        class = copy_rows(l, e);
    if (class == ERROR_OK && l->copied == 0 && l->key->count > 0) { /* nothing after the cursor: leave no chunk */
        connect_rollback(l->target);
        l->done = true;
        return ERROR_OK;
    }
    if (class == ERROR_OK)
        class = set_cursor(l, e);
    if (class != ERROR_OK) {
        connect_rollback(l->target);
        return class;
    }
    return connect_commit(l->target, e);
}

/* What the target's fence says is the truth: chunk, cursor, rows. */
static enum error_class look(struct load *l, struct error *e)
{
    const char *text = NULL;
    enum error_class class = fence_advance(l->target, job_arena(l->job), &l->fence, &l->chunk, &text, e);
    if (class != ERROR_OK)
        return class;
    json_auto_t *cursor = text ? json_loads(text, 0, NULL) : NULL;
    if (text && !cursor)
        return error_code(e, ERROR_FATAL, "bad_cursor", "argosy_fence of the target holds a cursor that is not ours");
    l->rows = migration_number(cursor, "rows", 0);
    const json_t *from = l->chunk > 0 ? json_object_get(cursor, "after") : json_object_get(l->args, "from");
    l->done = l->key->count == 0 && l->chunk > 0;
    return migration_key_from_json(job_arena(l->job), from, l->key->count, &l->after, e);
}

/* After a chunk: its last key is where the next begins. */
static void step_on(struct load *l)
{
    l->rows += l->copied;
    l->chunk++;
    l->done = l->key->count == 0 || l->copied < l->chunk_rows;
    if (l->done)
        return;
    if (!l->after)
        l->after = arena_array(job_arena(l->job), l->key->count, sizeof *l->after);
    memcpy(l->after, l->last, l->key->count * sizeof *l->after);
    l->turn = !l->turn;
}

/* Worth asking the fence: an open COMMIT, a chunk that is in, a session ended under us (by a newer epoch, maybe). */
static bool unsettled(const struct error *e)
{
    return e->class == ERROR_FENCED || strcmp(e->code, "commit_unknown") == 0 ||
           strcmp(e->code, "connection_lost") == 0;
}

static enum error_class look_again(struct load *l, struct error *e)
{
    if (e->class != ERROR_FENCED) {
        l->target = connect_close(l->target);
        enum error_class class = side_open(l->job, l->args, "target", false, &l->target, e);
        if (class != ERROR_OK)
            return class;
    }
    return look(l, e);
}

static enum error_class run_chunks(struct load *l, struct error *e)
{
    enum error_class class = look(l, e);
    int looks = 0;
    while (class == ERROR_OK && !l->done) {
        if (job_cancelled(l->job))
            return error_set(e, ERROR_CANCELLED, "migration: cancelled");
        struct error why = ERROR_NONE;
        class = run_chunk(l, &why);
        if (class == ERROR_OK && !l->done) {
            step_on(l);
            tell(l);
            looks = 0;
        } else if (class != ERROR_OK && unsettled(&why) && looks++ < LOOKS_MAX) {
            class = look_again(l, &why);
        }
        *e = class == ERROR_OK ? *e : why;
    }
    return class;
}

static enum error_class prepare(struct load *l, struct error *e)
{
    struct catalog *source_catalog, *target_catalog;
    struct arena *arena = job_arena(l->job);
    const char *schema = json_string_value(json_object_get(l->args, "schema"));
    const char *table = json_string_value(json_object_get(l->args, "table"));
    enum error_class class = migration_source_catalog(l->job, &source_catalog, e);
    if (class == ERROR_OK)
        class = migration_target_catalog(l->job, &target_catalog, e);
    if (class != ERROR_OK)
        return class;
    const struct catalog_table *t = table ? catalog_table_find(target_catalog, schema, table) : NULL;
    if (!t)
        return error_code(e, ERROR_INVALID, "table_missing", "the mapping has no table \"%s\"", table ? table : "");
    class = migration_pair(arena, source_catalog, t, &l->pair, e);
    if (class != ERROR_OK)
        return class;

    l->key = &l->pair.source.primary_key.columns;
    l->key_at = arena_array(arena, l->key->count + 1, sizeof *l->key_at);
    l->last = arena_array(arena, l->key->count + 1, sizeof *l->last);
    l->data[0] = arena_array(arena, l->key->count + 1, sizeof *l->data[0]);
    l->data[1] = arena_array(arena, l->key->count + 1, sizeof *l->data[1]);
    for (size_t i = 0; i < l->key->count; i++) {
        const struct catalog_column *column = catalog_column_find(&l->pair.source, l->key->items[i]);
        l->key_at[i] = (size_t)(column - l->pair.source.columns);
        buffer_init(&l->data[0][i], KEY_BYTES_MAX);
        buffer_init(&l->data[1][i], KEY_BYTES_MAX);
    }
    l->chunk_rows = migration_number(l->args, "chunk_rows", MIGRATION_CHUNK_ROWS);
    l->rows_expected = migration_number(l->args, "rows", -1);
    l->fence = (struct fence){ .job = job_id(l->job), .epoch = job_epoch(l->job) };
    l->fence.part = arena_format(arena, "rows/%.100s/%.100s", schema ? schema : "", table);
    return migration_key_from_json(arena, json_object_get(l->args, "upto"), l->key->count, &l->upto, e);
}

enum error_class migration_rows(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct load l = { .job = job, .args = args };
    enum error_class class = prepare(&l, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "source", true, &l.source, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "target", false, &l.target, e);
    if (class == ERROR_OK)
        class = fence_prepare(l.target, e);
    if (class == ERROR_OK)
        class = run_chunks(&l, e);
    connect_close(l.source);
    connect_close(l.target);
    for (size_t i = 0; l.data[1] && i < l.key->count; i++) {
        buffer_finish(&l.data[0][i]);
        buffer_finish(&l.data[1][i]);
    }
    if (class == ERROR_OK)
        *ret_result = json_pack("{s:s, s:I, s:I}", "table", l.pair.target.name, "rows", (json_int_t)l.rows, "chunks",
                                (json_int_t)l.chunk);
    return class;
}
