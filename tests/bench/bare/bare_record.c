/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_record.c - the tables and the three statements of the bare loop.
 *
 * What makes it as durable and as fenced as Argosy: arguments in a table that is never updated, a small live row with
 * state, epoch, worker and lease, a delete that checks the epoch and the history row in one transaction. What it has
 * not: README.md.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bare/bare.h"

static const char schema[] =
    "DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare;"
    "CREATE TABLE bare.job (id bigint PRIMARY KEY, submitted timestamptz NOT NULL DEFAULT now(),"
    " kind text NOT NULL DEFAULT 'noop', args json NOT NULL);"
    "CREATE TABLE bare.live (id bigint PRIMARY KEY, epoch bigint NOT NULL DEFAULT 0, worker bigint, lease timestamptz,"
    " state smallint NOT NULL DEFAULT 2)"
    " WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);"
    "CREATE INDEX live_available ON bare.live (id) WHERE state = 2;"
    "CREATE TABLE bare.history (id bigint NOT NULL, epoch bigint NOT NULL, state smallint NOT NULL,"
    " finished timestamptz NOT NULL DEFAULT now(), result json);"
    "CREATE INDEX history_id ON bare.history (id, epoch);";

static const struct {
    const char *name, *sql;
} statements[BARE_STATEMENTS] = {
    [BARE_SUBMIT_ONE] = { "submit_one", "WITH j AS (INSERT INTO bare.job (id, args) VALUES ($1::bigint, $2::json)),"
                                        " l AS (INSERT INTO bare.live (id) VALUES ($1::bigint))"
                                        " SELECT pg_notify('bare', '')" },
    [BARE_DISPATCH] = { "dispatch",
                        "WITH pick AS MATERIALIZED (SELECT x.ctid AS place FROM bare.live x WHERE x.state = 2"
                        " ORDER BY x.id LIMIT $1::int FOR UPDATE SKIP LOCKED),"
                        " moved AS (UPDATE bare.live l SET state = 3, epoch = l.epoch + 1, worker = $2::bigint,"
                        " lease = now() + interval '30 s' FROM pick p WHERE l.ctid = p.place RETURNING l.id, l.epoch)"
                        " SELECT m.id, m.epoch, j.args::text FROM moved m JOIN bare.job j ON j.id = m.id" },
    [BARE_FINISH] = { "finish",
                      "WITH ended AS (DELETE FROM bare.live l USING unnest($1::bigint[], $2::bigint[], $3::text[])"
                      " i(id, epoch, result) WHERE l.id = i.id AND l.epoch = i.epoch AND l.worker = $4::bigint"
                      " AND l.state + 0 = 3 RETURNING l.id, l.epoch, i.result)"
                      " INSERT INTO bare.history (id, epoch, state, result)"
                      " SELECT id, epoch, 5, result::json FROM ended" },
};

void bare_die(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    (void)fprintf(stderr, "argosy_bare: ");
    (void)vfprintf(stderr, format, values);
    (void)fputc('\n', stderr);
    va_end(values);
    exit(1);
}

PGresult *bare_checked(PGconn *pg, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_COPY_IN)
        bare_die("%s", PQerrorMessage(pg));
    return result;
}

void bare_command(PGconn *pg, const char *sql)
{
    PQclear(bare_checked(pg, PQexec(pg, sql)));
}

double bare_value(PGconn *pg, const char *sql, double *ret_second, double *ret_third)
{
    PGresult *result = bare_checked(pg, PQexec(pg, sql));
    double *values[] = { ret_second, ret_third };
    for (int i = 0; i < 2; i++)
        if (values[i] != NULL)
            *values[i] = strtod(PQgetvalue(result, 0, i + 1), NULL);
    double value = strtod(PQgetvalue(result, 0, 0), NULL);
    PQclear(result);
    return value;
}

/* The plans are those of an index in order: a table of many dead rows and no statistics must not change them. */
PGconn *bare_connect(const struct bare *b)
{
    PGconn *pg = PQconnectdb(b->database);
    if (PQstatus(pg) != CONNECTION_OK)
        bare_die("%s", PQerrorMessage(pg));
    bare_command(pg, "SET client_min_messages = warning; SET jit = off; SET plan_cache_mode = force_generic_plan;"
                     "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;"
                     "SET enable_hashjoin = off; SET enable_mergejoin = off; SET synchronous_commit = on");
    return pg;
}

void bare_schema(PGconn *pg)
{
    bare_command(pg, schema);
}

void bare_prepare(PGconn *pg, enum bare_statement which)
{
    PQclear(bare_checked(pg, PQprepare(pg, statements[which].name, statements[which].sql, 0, NULL)));
}

const char *bare_statement_name(enum bare_statement which)
{
    return statements[which].name;
}
