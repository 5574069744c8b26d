/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_beside.c - what stands beside tables: partitions, sequences, synonyms, triggers, routines.
 *
 * The views and their columns: docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ ALL_PART_TABLES,
 * ALL_PART_KEY_COLUMNS, ALL_SEQUENCES, ALL_SYNONYMS, ALL_TRIGGERS, ALL_OBJECTS (.html). A sequence does not tell where
 * it started.
 */
#include <ctype.h>
#include <string.h>

#include "catalog/connect/oracle/oracle.h"

static const char partitions_sql[] =
    "SELECT p.OWNER, p.TABLE_NAME, p.PARTITIONING_TYPE, p.SUBPARTITIONING_TYPE, p.PARTITION_COUNT, k.COLUMN_NAME "
    "FROM ALL_PART_TABLES p JOIN ALL_PART_KEY_COLUMNS k ON k.OWNER = p.OWNER AND k.NAME = p.TABLE_NAME "
    "AND k.OBJECT_TYPE = 'TABLE' WHERE p.OWNER {in} ORDER BY p.OWNER, p.TABLE_NAME, k.COLUMN_POSITION";

/* Its numbers may have 28 digits, which no driver's number holds. */
static const char sequences_sql[] =
    "SELECT q.SEQUENCE_OWNER, q.SEQUENCE_NAME, CAST(q.MIN_VALUE AS VARCHAR2(40)), CAST(q.MAX_VALUE AS VARCHAR2(40)), "
    "CAST(q.INCREMENT_BY AS VARCHAR2(40)), q.CYCLE_FLAG FROM ALL_SEQUENCES q WHERE q.SEQUENCE_OWNER {in} "
    "AND q.SEQUENCE_NAME NOT LIKE 'ISEQ$$%' ORDER BY q.SEQUENCE_OWNER, q.SEQUENCE_NAME";

static const char synonyms_sql[] =
    "SELECT n.OWNER, n.SYNONYM_NAME, n.TABLE_OWNER, n.TABLE_NAME, n.DB_LINK FROM ALL_SYNONYMS n WHERE n.OWNER {in} "
    "AND n.OWNER <> 'PUBLIC' ORDER BY n.OWNER, n.SYNONYM_NAME";

static const char triggers_sql[] =
    "SELECT g.TABLE_OWNER, g.TABLE_NAME, g.TRIGGER_NAME, g.TRIGGER_TYPE, g.TRIGGERING_EVENT, g.STATUS "
    "FROM ALL_TRIGGERS g WHERE g.TABLE_OWNER {in} AND g.BASE_OBJECT_TYPE = 'TABLE' "
    "ORDER BY g.TABLE_OWNER, g.TABLE_NAME, g.TRIGGER_NAME";

static const char routines_sql[] =
    "SELECT o.OWNER, o.OBJECT_NAME, o.OBJECT_TYPE FROM ALL_OBJECTS o WHERE o.OWNER {in} "
    "AND o.OBJECT_TYPE IN ('PROCEDURE', 'FUNCTION', 'PACKAGE', 'TYPE') ORDER BY o.OWNER, o.OBJECT_NAME, o.OBJECT_TYPE";

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, text);
    for (char *at = copy; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* A row a column of the key. */
static void take_partition(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct arena *arena = r->catalog->arena;
    const char *method = odbc_text_at(r, 2), *sub = odbc_text_at(r, 3), *column = odbc_text_at(r, 5);
    if (t == NULL || method == NULL || column == NULL)
        return;
    if (t->partition != NULL) {
        t->partition->key = arena_format(arena, "%s, \"%s\"", t->partition->key, column);
        return;
    }
    t->kind = "partitioned";
    t->partition = arena_alloc(arena, sizeof *t->partition);
    t->partition->method = lower(arena, method);
    t->partition->key = arena_format(arena, "\"%s\"", column);
    bool has_sub = sub != NULL && strcmp(sub, "NONE") != 0;
    odbc_extra(r, t, "partitions",
               arena_format(arena, "%lld%s%s", (long long)odbc_number_at(r, 4, 0), has_sub ? ", each by " : "",
                            has_sub ? lower(arena, sub) : ""));
}

static void take_sequence(struct odbc_reading *r)
{
    const char *owner = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    if (owner == NULL || name == NULL)
        return;
    struct catalog_sequence *s = catalog_sequence_add(r->catalog, owner, name);
    s->min = odbc_text_at(r, 2);
    s->max = odbc_text_at(r, 3);
    s->increment = odbc_text_at(r, 4);
    s->cycle = odbc_true_at(r, 5);
}

static void take_synonym(struct odbc_reading *r)
{
    const char *owner = odbc_text_at(r, 0), *name = odbc_text_at(r, 1), *of = odbc_text_at(r, 2);
    const char *table = odbc_text_at(r, 3), *link = odbc_text_at(r, 4);
    if (owner == NULL || name == NULL || table == NULL)
        return;
    odbc_extra(r, NULL, "synonym",
               arena_format(r->catalog->arena, "%s.%s for %s%s%s%s%s", owner, name, of != NULL ? of : "",
                            of != NULL ? "." : "", table, link != NULL ? "@" : "", link != NULL ? link : ""));
}

static void take_trigger(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2), *type = odbc_text_at(r, 3), *event = odbc_text_at(r, 4);
    if (t == NULL || name == NULL)
        return;
    odbc_extra(r, t, "trigger",
               arena_format(r->catalog->arena, "%s %s %s%s", type != NULL ? type : "?", event != NULL ? event : "?",
                            name, odbc_is_at(r, 5, "DISABLED") ? " (disabled)" : ""));
}

static void take_routine(struct odbc_reading *r)
{
    const char *owner = odbc_text_at(r, 0), *name = odbc_text_at(r, 1), *type = odbc_text_at(r, 2);
    if (owner != NULL && name != NULL && type != NULL)
        odbc_extra(r, NULL, lower(r->catalog->arena, type), arena_format(r->catalog->arena, "%s.%s", owner, name));
}

const struct odbc_statement oracle_beside[] = {
    { "partitions", partitions_sql, take_partition, false }, { "sequences", sequences_sql, take_sequence, false },
    { "synonyms", synonyms_sql, take_synonym, false },       { "triggers", triggers_sql, take_trigger, false },
    { "routines", routines_sql, take_routine, false },       { NULL, NULL, NULL, false },
};
