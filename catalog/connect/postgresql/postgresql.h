/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgresql.h - what the files of the PostgreSQL dialect share: the session and how it runs a statement.
 *
 * postgresql.c opens, ends and runs transactions; _error gives SQLSTATEs a class; _catalog introspects; _read streams
 * rows out, _copy streams them in; _fence keeps argosy_fence. Blocking, one session at a time, no state outside it.
 */
#ifndef CATALOG_CONNECT_POSTGRESQL_POSTGRESQL_H
#define CATALOG_CONNECT_POSTGRESQL_POSTGRESQL_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/sqltext.h"

struct postgresql {
    struct connect base;
    PGconn *pg;                     /* owned */
    char *home;                     /* owned: schema that argosy_fence lives in */
    bool broken;                    /* a stream was left in the middle: nothing more on this session */
    struct connect_options options; /* of open(); without its texts */
    char state[6];                  /* SQLSTATE of the statement that failed last */
    struct sqltext sql;             /* the statement being built; reused */
};

static inline struct postgresql *postgresql_of(struct connect *c)
{
    return (struct postgresql *)c;
}

/* ---- postgresql_error.c ---- */
/* What a result (NULL: the connection itself) says, as class, code and message. Never with the password. */
enum error_class postgresql_error(PGconn *pg, const PGresult *result, struct error *e);
/* The same for a connection that did not come up. */
enum error_class postgresql_error_open(PGconn *pg, const char *secret, struct error *e);
/* The SQLSTATE, "" when there is none. */
const char *postgresql_state(const PGresult *result);

/* ---- postgresql.c ---- */
/* One statement with text parameters; *ret_result (NULL: not wanted) is the caller's to PQclear(). */
enum error_class postgresql_run(struct postgresql *p, const char *sql, unsigned count, const char *const *values,
                                PGresult **ret_result, struct error *e);
/* The statement in p->sql, which may also be refused by sqltext. */
enum error_class postgresql_run_built(struct postgresql *p, PGresult **ret_result, struct error *e);
/* ERROR_UNAVAILABLE when the session can't be used any more. */
enum error_class postgresql_usable(struct postgresql *p, struct error *e);

enum error_class postgresql_begin(struct connect *c, struct error *e);
enum error_class postgresql_commit(struct connect *c, struct error *e);
void postgresql_rollback(struct connect *c);

/* ---- postgresql_catalog.c ---- */
enum error_class postgresql_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                    struct catalog **ret_catalog, struct error *e);

/* ---- postgresql_read.c ---- */
/* Behind a table's name: about that many rows from all over it, when it has far more. */
bool postgresql_sample(struct sqltext *s, const struct catalog_table *t, int64_t rows);

/* ---- postgresql_probe.c ---- */
enum error_class postgresql_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);

/* ---- postgresql_read.c ---- */
enum error_class postgresql_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                                 enum error_class (*row)(void *arg, const struct connect_value *values,
                                                         struct error *e),
                                 void *arg, struct error *e);

/* ---- postgresql_range.c ---- */
enum error_class postgresql_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
enum error_class postgresql_count_upto(struct connect *c, const struct catalog_table *t, int64_t most,
                                       int64_t *ret_rows, struct error *e);
enum error_class postgresql_contains(struct connect *c, const struct rows_pair *pair,
                                     struct rows_inclusion *ret_inclusion, struct error *e);
enum error_class postgresql_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                                  struct connect_value **ret_bounds, unsigned *ret_count, struct error *e);
enum error_class postgresql_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                    const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                    struct error *e);

/* ---- postgresql_copy.c ---- */
enum error_class postgresql_copy_begin(struct connect *c, const struct catalog_table *target,
                                       struct connect_copy **ret_copy, struct error *e);
enum error_class postgresql_copy_row(struct connect_copy *copy, const struct connect_value *values, struct error *e);
enum error_class postgresql_copy_end(struct connect_copy *copy, int64_t *ret_rows, struct error *e);
void postgresql_copy_abort(struct connect_copy *copy);

/* ---- postgresql_fence.c ---- */
enum error_class postgresql_fence_prepare(struct connect *target, struct error *e);
enum error_class postgresql_fence_advance(struct connect *target, struct arena *arena, const struct fence *f,
                                          int64_t *ret_chunk, const char **ret_cursor, struct error *e);
enum error_class postgresql_fence_step(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                                       struct error *e);
enum error_class postgresql_fence_cursor(struct connect *target, const struct fence *f, int64_t chunk,
                                         const char *cursor, struct error *e);
enum error_class postgresql_fence_seal(struct connect *target, int64_t job, int64_t epoch, struct error *e);

#endif
