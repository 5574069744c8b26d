/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgresql_lookup.c - a statement about the server's catalog that is answered as far as it can be.
 *
 * Happy path: the statement runs. Failure modes: a catalog that this login may not read (pg_index, say) is stood in for
 * by an empty one of its name, and the statement runs again; a table that somebody holds in ACCESS EXCLUSIVE is found
 * in pg_locks and its expressions are not asked for; a thing that was dropped while the statement looked at it makes it
 * run again. Each such lack is told in the catalog. Beyond TRIES the error stands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/connect/postgresql/postgresql_reading.h"

enum { TRIES = 4, PREFIX_MAX = 8192 };

/* Catalogs whose absence leaves a catalog worth having, with what is missing then and the columns that we read. */
static const struct optional {
    const char *name, *what, *columns;
} optional[] = {
    { "pg_attrdef", "defaults and generated columns",
      "NULL::oid AS adrelid, NULL::int2 AS adnum, NULL::pg_node_tree AS adbin" },
    { "pg_index", "indexes",
      "NULL::oid AS indexrelid, NULL::oid AS indrelid, NULL::bool AS indisunique, NULL::bool AS indisprimary, "
      "NULL::int2 AS indnkeyatts, NULL::int2vector AS indkey, NULL::int2vector AS indoption, NULL::pg_node_tree AS "
      "indpred, NULL::pg_node_tree AS indexprs" },
    { "pg_constraint", "keys and checks",
      "NULL::oid AS oid, NULL::name AS conname, NULL::\"char\" AS contype, NULL::oid AS conrelid, NULL::oid AS "
      "contypid, NULL::oid AS conindid, NULL::oid AS conparentid, NULL::oid AS confrelid, NULL::int2[] AS conkey, "
      "NULL::int2[] AS confkey, NULL::\"char\" AS confdeltype, NULL::\"char\" AS confupdtype, NULL::\"char\" AS "
      "confmatchtype, NULL::bool AS convalidated, NULL::bool AS condeferrable, NULL::bool AS condeferred, "
      "NULL::pg_node_tree AS conbin" },
    { "pg_trigger", "triggers",
      "NULL::oid AS tgrelid, NULL::bool AS tgisinternal, NULL::name AS tgname, NULL::int2 AS tgtype" },
    { "pg_policy", "policies", "NULL::oid AS polrelid, NULL::name AS polname" },
    { "pg_inherits", "parents of tables and partitions",
      "NULL::oid AS inhrelid, NULL::oid AS inhparent, NULL::int4 AS inhseqno" },
    { "pg_description", "comments",
      "NULL::oid AS objoid, NULL::oid AS classoid, NULL::int4 AS objsubid, NULL::text AS description" },
    { "pg_enum", "members of enums", "NULL::oid AS enumtypid, NULL::float4 AS enumsortorder, NULL::name AS enumlabel" },
    { "pg_collation", "collations", "NULL::oid AS oid, NULL::name AS collname" },
    { "pg_am", "methods of indexes", "NULL::oid AS oid, NULL::name AS amname" },
    { "pg_depend", "owners of sequences and members of extensions",
      "NULL::oid AS classid, NULL::oid AS objid, NULL::int4 AS objsubid, NULL::oid AS refclassid, NULL::oid AS "
      "refobjid, NULL::int4 AS refobjsubid, NULL::\"char\" AS deptype" },
    { "pg_sequence", "sequences",
      "NULL::oid AS seqrelid, NULL::oid AS seqtypid, NULL::int8 AS seqstart, NULL::int8 AS seqincrement, NULL::int8 AS "
      "seqmax, NULL::int8 AS seqmin, NULL::bool AS seqcycle" },
    { "pg_range", "ranges", "NULL::oid AS rngtypid, NULL::oid AS rngsubtype" },
    { "pg_rewrite", "definitions of views", "NULL::oid AS oid, NULL::oid AS ev_class" },
};

static const char closed_sql[] =
    "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT "
    "has_table_privilege(c.oid, 'SELECT') ORDER BY 1";
/* Who waits for such a lock makes the others wait behind him. */
static const char locked_sql[] =
    "SELECT coalesce(array_agg(DISTINCT l.relation), '{}') FROM pg_locks l WHERE l.locktype = 'relation' AND l.mode = "
    "'AccessExclusiveLock' AND l.pid <> pg_backend_pid() AND l.database = (SELECT d.oid FROM pg_database d WHERE "
    "d.datname = current_database())";

static enum error_class find_locked(struct postgresql_reading *r, struct error *e)
{
    PGresult *result = NULL;
    enum error_class class = postgresql_run(r->session, locked_sql, 0, NULL, &result, e);
    if (class == ERROR_OK) {
        free(r->locked);
        r->locked = mem_text(PQgetvalue(result, 0, 0));
    }
    PQclear(result);
    return class;
}

enum error_class postgresql_reading_begin(struct postgresql_reading *r, struct error *e)
{
    struct error unknown = ERROR_NONE;
    r->locked = mem_text("{}");
    enum error_class class = find_locked(r, &unknown);
    if (class != ERROR_DENIED && class != ERROR_OK) {
        *e = unknown;
        return class;
    }
    return ERROR_OK; /* whoever may not see the locks runs into them */
}

void postgresql_reading_finish(struct postgresql_reading *r)
{
    free(r->closed);
    free(r->locked);
    free(r->places);
}

/* Stands in for what is closed; says what will be missing. */
static enum error_class find_closed(struct postgresql_reading *r, struct error *e)
{
    PGresult *result = NULL;
    struct buffer prefix;
    r->asked = true;
    enum error_class class = postgresql_run(r->session, closed_sql, 0, NULL, &result, e);
    if (class != ERROR_OK)
        return class;
    buffer_init(&prefix, PREFIX_MAX);
    for (int row = 0; row < PQntuples(result); row++) {
        for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
            const struct optional *o = &optional[i];
            if (strcmp(PQgetvalue(result, row, 0), o->name) != 0)
                continue;
            buffer_format(&prefix, "%s%s AS (SELECT %s WHERE false)", prefix.size > 0 ? ", " : "WITH RECURSIVE ",
                          o->name, o->columns);
            catalog_diagnostic_add(r->catalog, "warning",
                                   arena_format(r->catalog->arena,
                                                "no %s are known, because this login may not read %s: GRANT "
                                                "SELECT ON pg_catalog.%s",
                                                o->what, o->name, o->name));
        }
    }
    PQclear(result);
    if (prefix.size > 0)
        r->closed = mem_text(buffer_view(&prefix));
    buffer_finish(&prefix);
    return ERROR_OK;
}

/* Dropped between the catalog's rows and the function that looks it up again by its number. */
static bool is_gone(const char *state)
{
    static const char *const states[] = { "XX000", "42P01", "42703", "42704" };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(state, states[i]) == 0)
            return true;
    return false;
}

enum error_class postgresql_look_up(struct postgresql_reading *r, const char *sql, PGresult **ret_result,
                                    struct error *e)
{
    struct postgresql *p = r->session;
    for (int tries = 1;; tries++) {
        const char *const values[] = { r->schema, r->locked };
        mem_auto char *statement = mem_format("%s %s", r->closed != NULL ? r->closed : "", sql);
        struct error unable = ERROR_NONE;
        enum error_class class = postgresql_run(p, statement, 2, values, ret_result, e), again = ERROR_OK;
        if (class == ERROR_OK || tries == TRIES || PQtransactionStatus(p->pg) != PQTRANS_IDLE)
            return class;
        bool closed = class == ERROR_DENIED && !r->asked, locked = class == ERROR_RETRY;
        if (closed)
            again = find_closed(r, &unable);
        else if (locked)
            again = find_locked(r, &unable);
        else if (!is_gone(p->state))
            return class;
        if (again != ERROR_OK || (closed && r->closed == NULL))
            return class;
        *e = ERROR_NONE;
    }
}

enum error_class postgresql_without(struct catalog *c, const char *what, enum error_class class, struct error *e)
{
    const char *why = class == ERROR_DENIED      ? "this login may not look them up"
                      : class == ERROR_RETRY     ? "what they are looked up in is locked"
                      : class == ERROR_TIMED_OUT ? "it took too long to look them up"
                                                 : NULL;
    if (why == NULL)
        return class;
    catalog_diagnostic_add(c, "warning",
                           arena_format(c->arena, "no %s are known, because %s: %.300s", what, why, e->message));
    *e = ERROR_NONE;
    return ERROR_OK;
}

void postgresql_tell_locked(struct postgresql_reading *r)
{
    for (char *at = r->locked; *at != '\0' && *at != '}';) {
        struct catalog_table *t = postgresql_table_of(r, strtoll(at + 1, &at, 10));
        if (t != NULL)
            catalog_diagnostic_add(r->catalog, "warning",
                                   "somebody holds it in a lock (ACCESS EXCLUSIVE): its defaults, checks and the "
                                   "expressions of its indexes are not known")
                ->table = t->name;
        at += strcspn(at, ",}");
    }
}
