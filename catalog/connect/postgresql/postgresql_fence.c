/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Table argosy_fence in a PostgreSQL target: one row a part of a job, compared and set (design: "Into a customer's
 * database").
 *
 * Row (job, '') belongs to the seal: its epoch is the lowest that may still begin a part. A part is begun under a share
 * lock on that row, and a seal changes it before it raises the parts, so a part begun beside a seal is either seen by
 * the seal or sees it.
 *
 * Failure modes: an older epoch's session may hold the row while its client is stopped or gone, for as long as it
 * likes. Whoever waits longer than WAIT_MS for it ends the sessions of older epochs of the same job (they carry job and
 * epoch as application_name, and run as the same role) and tries again: rolled back or committed, the row then says.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { WAIT_MS = 2000, TRIES = 4, NUMBER_SIZE = 24, PART_MAX = 1024, CURSOR_MAX = 1 << 20 };

struct number {
    char text[NUMBER_SIZE];
};

static struct number number(int64_t value)
{
    struct number n;
    snprintf(n.text, sizeof n.text, "%" PRId64, value);
    return n;
}

/* Runs before || argosy_fence || after. */
static enum error_class run_on_fence(struct postgresql *p, const char *before, const char *after, unsigned count,
                                     const char *const *values, PGresult **ret_result, struct error *e)
{
    const char *sql;
    sqltext_clear(&p->sql);
    sqltext_raw(&p->sql, before);
    sqltext_table(&p->sql, p->home, "argosy_fence");
    sqltext_raw(&p->sql, after);
    enum error_class class = sqltext_view(&p->sql, &sql, e);
    return class == ERROR_OK ? postgresql_run(p, sql, count, values, ret_result, e) : class;
}

static enum error_class check(const struct fence *f, const char *cursor, struct error *e)
{
    if (f->job <= 0 || f->epoch <= 0 || *f->part == '\0' || strlen(f->part) > PART_MAX)
        return error_set(e, ERROR_FATAL, "a fence needs a job, an epoch and a part of 1 to %d bytes", (int)PART_MAX);
    if (cursor && strlen(cursor) > CURSOR_MAX)
        return error_code(e, ERROR_TOO_LARGE, "cursor_too_large", "a key of more than %d bytes can't be a cursor",
                          (int)CURSOR_MAX);
    return ERROR_OK;
}

static enum error_class fenced(const char *why, int64_t job, int64_t epoch, struct error *e)
{
    return error_code(e, ERROR_FENCED, "fenced_out", "job %" PRId64 " epoch %" PRId64 ": %s", job, epoch, why);
}

static enum error_class is_there(struct postgresql *p, bool *ret_there, struct error *e)
{
    PGresult *result = NULL;
    const char *const values[] = { p->home };
    enum error_class class = postgresql_run(p,
                                            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = "
                                            "c.relnamespace WHERE n.nspname = $1 AND c.relname = 'argosy_fence'",
                                            1, values, &result, e);
    if (class == ERROR_OK)
        *ret_there = strcmp(PQgetvalue(result, 0, 0), "0") != 0;
    PQclear(result);
    return class;
}

static enum error_class make_table(struct postgresql *p, struct error *e)
{
    enum error_class class = postgresql_begin(&p->base, e);
    if (class == ERROR_OK) /* IF NOT EXISTS alone fails when two come at once: they queue up here */
        class =
            postgresql_run(p, "SELECT pg_advisory_xact_lock(hashtextextended('argosy_fence', 0))", 0, NULL, NULL, e);
    if (class == ERROR_OK)
        class = run_on_fence(p, "CREATE TABLE IF NOT EXISTS ",
                             " (job bigint NOT NULL, part text NOT NULL, epoch bigint NOT NULL, chunk bigint NOT NULL, "
                             "cursor text, changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (job, part))",
                             0, NULL, NULL, e);
    if (class == ERROR_OK)
        class = run_on_fence(p, "COMMENT ON TABLE ",
                             " IS 'Argosy: which epoch of a migration job may write here, and how far it came. Keep it "
                             "until the migration is done and closed.'",
                             0, NULL, NULL, e);
    if (class == ERROR_OK)
        return postgresql_commit(&p->base, e);
    postgresql_rollback(&p->base);
    return class;
}

enum error_class postgresql_fence_prepare(struct connect *target, struct error *e)
{
    struct postgresql *p = postgresql_of(target);
    bool there = false;
    enum error_class class = is_there(p, &there, e);
    if (class != ERROR_OK || there)
        return class;
    struct error why = ERROR_NONE;
    class = make_table(p, &why);
    if (class == ERROR_OK)
        return ERROR_OK;
    /* Somebody without our lock was faster: then it is there now. */
    if (class != ERROR_UNAVAILABLE && is_there(p, &there, e) == ERROR_OK && there)
        return ERROR_OK;
    if (class == ERROR_DENIED)
        error_wrap(&why,
                   "can't make argosy_fence in schema \"%s\": grant CREATE on it, or name another schema in the URL "
                   "(options=-csearch_path=SCHEMA)",
                   p->home);
    else
        error_wrap(&why, "make argosy_fence");
    if (e)
        *e = why;
    return class;
}

/* Ends what older epochs of the job still have open here. */
static enum error_class end_older(struct postgresql *p, int64_t job, int64_t epoch, struct error *e)
{
    char like[FENCE_APPLICATION_SIZE];
    snprintf(like, sizeof like, "argosy job %" PRId64 " epoch %%", job);
    struct number n = number(epoch);
    const char *const values[] = { like, n.text };
    return postgresql_run(p,
                          "SELECT pg_terminate_backend(pid) FROM (SELECT pid, substring(application_name FROM "
                          "' epoch ([0-9]+)$')::numeric AS epoch FROM pg_stat_activity WHERE application_name LIKE $1 "
                          "AND usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()) s "
                          "WHERE epoch < $2::numeric",
                          2, values, NULL, e);
}

/* Runs body in a transaction of its own that waits only WAIT_MS for locks; in between, older epochs are ended. */
static enum error_class run_alone(struct postgresql *p, int64_t job, int64_t epoch,
                                  enum error_class (*body)(struct postgresql *p, void *arg, struct error *e), void *arg,
                                  struct error *e)
{
    enum error_class class = ERROR_RETRY;
    struct error why = ERROR_NONE; /* a try that was settled by the next leaves nothing in *e */
    char wait[64];
    snprintf(wait, sizeof wait, "SET LOCAL lock_timeout = %d", (int)WAIT_MS);
    for (int try = 0; try < TRIES && class == ERROR_RETRY; try++) {
        if (try > 0 && (class = end_older(p, job, epoch, e)) != ERROR_OK)
            return error_wrap(e, "end the sessions of older epochs");
        class = postgresql_begin(&p->base, &why);
        if (class == ERROR_OK)
            class = postgresql_run(p, wait, 0, NULL, NULL, &why);
        if (class == ERROR_OK)
            class = body(p, arg, &why);
        if (class == ERROR_OK)
            return postgresql_commit(&p->base, e);
        postgresql_rollback(&p->base);
    }
    if (e)
        *e = why;
    return class;
}

struct advance {
    const struct fence *f;
    struct arena *arena;
    int64_t chunk;
    const char *cursor;
};

/* Share lock on the seal's row, made when it is not there. */
static enum error_class check_seal(struct postgresql *p, const struct fence *f, struct error *e)
{
    struct number job = number(f->job), epoch = number(f->epoch);
    const char *const values[] = { job.text, epoch.text };
    PGresult *result = NULL;
    enum error_class class =
        run_on_fence(p, "INSERT INTO ", " (job, part, epoch, chunk) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING", 1,
                     values, NULL, e);
    if (class == ERROR_OK)
        class = run_on_fence(p, "SELECT epoch <= $2 FROM ", " WHERE job = $1 AND part = '' FOR SHARE", 2, values,
                             &result, e);
    if (class == ERROR_OK && (PQntuples(result) != 1 || *PQgetvalue(result, 0, 0) != 't'))
        class = fenced("the job is sealed in the target", f->job, f->epoch, e);
    PQclear(result);
    return class;
}

static enum error_class advance_body(struct postgresql *p, void *arg, struct error *e)
{
    struct advance *a = arg;
    struct number job = number(a->f->job), epoch = number(a->f->epoch);
    const char *const values[] = { job.text, a->f->part, epoch.text };
    PGresult *result = NULL;

    enum error_class class = check_seal(p, a->f, e);
    if (class == ERROR_OK)
        class = run_on_fence(p, "INSERT INTO ",
                             " AS f (job, part, epoch, chunk) VALUES ($1, $2, $3, 0) ON CONFLICT (job, part) DO UPDATE "
                             "SET epoch = excluded.epoch, changed_at = now() WHERE f.epoch <= excluded.epoch "
                             "RETURNING f.chunk, f.cursor",
                             3, values, &result, e);
    if (class == ERROR_OK && PQntuples(result) != 1)
        class = fenced("a newer epoch has been to the target", a->f->job, a->f->epoch, e);
    if (class == ERROR_OK) {
        if (!text_to_int64(PQgetvalue(result, 0, 0), 0, INT64_MAX, &a->chunk))
            class = error_set(e, ERROR_FATAL, "argosy_fence of the target holds no chunk number");
        a->cursor = PQgetisnull(result, 0, 1) ? NULL : arena_text(a->arena, PQgetvalue(result, 0, 1));
    }
    PQclear(result);
    return class;
}

enum error_class postgresql_fence_advance(struct connect *target, struct arena *arena, const struct fence *f,
                                          int64_t *ret_chunk, const char **ret_cursor, struct error *e)
{
    struct advance a = { .f = f, .arena = arena };
    enum error_class class = check(f, NULL, e);
    if (class == ERROR_OK)
        class = run_alone(postgresql_of(target), f->job, f->epoch, advance_body, &a, e);
    if (class != ERROR_OK)
        return class;
    *ret_chunk = a.chunk;
    *ret_cursor = a.cursor;
    return ERROR_OK;
}

/* The statement of both: one row changed, or fenced out. */
static enum error_class set_row(struct connect *target, const struct fence *f, const char *after, int64_t chunk,
                                const char *cursor, const char *why, struct error *e)
{
    struct number job = number(f->job), epoch = number(f->epoch), n = number(chunk);
    const char *const values[] = { job.text, f->part, epoch.text, n.text, cursor };
    PGresult *result = NULL;
    enum error_class class = check(f, cursor, e);
    if (class == ERROR_OK)
        class = run_on_fence(postgresql_of(target), "UPDATE ", after, 5, values, &result, e);
    if (class == ERROR_OK && strcmp(PQcmdTuples(result), "1") != 0)
        class = fenced(why, f->job, f->epoch, e);
    PQclear(result);
    return class;
}

enum error_class postgresql_fence_step(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                                       struct error *e)
{
    return set_row(target, f,
                   " SET epoch = $3, chunk = $4, cursor = $5, changed_at = now() "
                   "WHERE job = $1 AND part = $2 AND epoch <= $3 AND chunk = $4 - 1",
                   chunk, cursor, "the chunk is in the target already, or a newer epoch has been there", e);
}

enum error_class postgresql_fence_cursor(struct connect *target, const struct fence *f, int64_t chunk,
                                         const char *cursor, struct error *e)
{
    return set_row(target, f, " SET cursor = $5 WHERE job = $1 AND part = $2 AND epoch = $3 AND chunk = $4", chunk,
                   cursor, "the chunk's own step is missing", e);
}

struct seal {
    int64_t job, epoch;
};

static enum error_class seal_body(struct postgresql *p, void *arg, struct error *e)
{
    const struct seal *s = arg;
    struct number job = number(s->job), epoch = number(s->epoch);
    const char *const values[] = { job.text, epoch.text };
    /* First the row that lets parts begin, then, in a statement that sees what began before it, the parts. */
    enum error_class class =
        run_on_fence(p, "INSERT INTO ",
                     " AS f (job, part, epoch, chunk) VALUES ($1, '', $2, 0) ON CONFLICT (job, part) "
                     "DO UPDATE SET epoch = greatest(f.epoch, excluded.epoch), changed_at = now()",
                     2, values, NULL, e);
    if (class == ERROR_OK)
        class = run_on_fence(p, "UPDATE ", " SET epoch = $2, changed_at = now() WHERE job = $1 AND epoch < $2", 2,
                             values, NULL, e);
    return class;
}

enum error_class postgresql_fence_seal(struct connect *target, int64_t job, int64_t epoch, struct error *e)
{
    struct seal s = { .job = job, .epoch = epoch };
    return run_alone(postgresql_of(target), job, epoch, seal_body, &s, e);
}
