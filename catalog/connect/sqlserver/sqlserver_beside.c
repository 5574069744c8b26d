/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_beside.c - what stands beside tables: partitions, sequences, synonyms, triggers, routines.
 *
 * The views and their columns: learn.microsoft.com/sql/relational-databases/system-catalog-views/
 * sys-partition-schemes, sys-partition-functions, sys-sequences, sys-synonyms, sys-triggers, sys-trigger-events,
 * sys-objects (-transact-sql).
 */
#include <ctype.h>
#include <string.h>

#include "catalog/connect/sqlserver/sqlserver.h"

static const char partitions_sql[] =
    "SELECT s.name, t.name, f.type_desc, f.fanout, f.boundary_value_on_right, c.name FROM sys.tables t "
    "JOIN sys.schemas s ON s.schema_id = t.schema_id JOIN sys.indexes i ON i.object_id = t.object_id AND i.index_id < "
    "2 "
    "JOIN sys.partition_schemes p ON p.data_space_id = i.data_space_id "
    "JOIN sys.partition_functions f ON f.function_id = p.function_id "
    "JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id AND x.partition_ordinal > 0 "
    "JOIN sys.columns c ON c.object_id = x.object_id AND c.column_id = x.column_id "
    "WHERE t.is_ms_shipped = 0 AND s.name {in} ORDER BY s.name, t.name, x.partition_ordinal";

static const char sequences_sql[] =
    "SELECT s.name, q.name, y.name, NULL, 0, q.[precision], q.scale, CAST(q.start_value AS nvarchar(40)), "
    "CAST(q.increment AS nvarchar(40)), CAST(q.minimum_value AS nvarchar(40)), CAST(q.maximum_value AS nvarchar(40)), "
    "q.is_cycling FROM sys.sequences q JOIN sys.schemas s ON s.schema_id = q.schema_id "
    "JOIN sys.types y ON y.user_type_id = q.user_type_id WHERE s.name {in} ORDER BY s.name, q.name";

static const char synonyms_sql[] = "SELECT s.name, n.name, n.base_object_name FROM sys.synonyms n "
                                   "JOIN sys.schemas s ON s.schema_id = n.schema_id WHERE s.name {in} "
                                   "ORDER BY s.name, n.name";

static const char triggers_sql[] =
    "SELECT s.name, t.name, g.name, g.is_disabled, g.is_instead_of_trigger, e.type_desc FROM sys.triggers g "
    "JOIN sys.tables t ON t.object_id = g.parent_id JOIN sys.schemas s ON s.schema_id = t.schema_id "
    "JOIN sys.trigger_events e ON e.object_id = g.object_id WHERE g.is_ms_shipped = 0 AND s.name {in} "
    "ORDER BY s.name, t.name, g.name, e.type_desc";

static const char routines_sql[] =
    "SELECT s.name, o.name, o.type FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id "
    "WHERE o.is_ms_shipped = 0 AND o.type IN ('P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF') AND s.name {in} "
    "ORDER BY s.name, o.name";

static void take_partition(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct arena *arena = r->catalog->arena;
    const char *method = odbc_text_at(r, 2), *key = odbc_text_at(r, 5);
    if (t == NULL || method == NULL)
        return;
    char *lower = arena_text(arena, method);
    for (char *at = lower; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    t->kind = "partitioned";
    t->partition = arena_alloc(arena, sizeof *t->partition);
    t->partition->method = lower;
    t->partition->key = key;
    odbc_extra(r, t, "partitions",
               arena_format(arena, "%lld, each boundary in its %s part", (long long)odbc_number_at(r, 3, 0),
                            odbc_true_at(r, 4) ? "right" : "left"));
}

static void take_sequence(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    if (schema == NULL || name == NULL)
        return;
    struct catalog_sequence *s = catalog_sequence_add(r->catalog, schema, name);
    s->native_type = sqlserver_native(r, 2);
    s->start = odbc_text_at(r, 7);
    s->increment = odbc_text_at(r, 8);
    s->min = odbc_text_at(r, 9);
    s->max = odbc_text_at(r, 10);
    s->cycle = odbc_true_at(r, 11);
}

static void take_synonym(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1), *base = odbc_text_at(r, 2);
    if (schema != NULL && name != NULL)
        odbc_extra(r, NULL, "synonym",
                   arena_format(r->catalog->arena, "%s.%s for %s", schema, name, base != NULL ? base : "?"));
}

/* A row an event; those of one trigger follow one another. */
static void take_trigger(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct arena *arena = r->catalog->arena;
    const char *name = odbc_text_at(r, 2), *event = odbc_text_at(r, 5);
    if (t == NULL || name == NULL)
        return;
    odbc_extra(r, t, "trigger",
               arena_format(arena, "%s %s %s%s", odbc_true_at(r, 4) ? "INSTEAD OF" : "AFTER",
                            event != NULL ? event : "?", name, odbc_true_at(r, 3) ? " (disabled)" : ""));
}

static void take_routine(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    bool procedure = odbc_is_at(r, 2, "P") || odbc_is_at(r, 2, "PC");
    if (schema != NULL && name != NULL)
        odbc_extra(r, NULL, procedure ? "procedure" : "function",
                   arena_format(r->catalog->arena, "%s.%s", schema, name));
}

const struct odbc_statement sqlserver_beside[] = {
    { "partitions", partitions_sql, take_partition, false }, { "sequences", sequences_sql, take_sequence, false },
    { "synonyms", synonyms_sql, take_synonym, false },       { "triggers", triggers_sql, take_trigger, false },
    { "routines", routines_sql, take_routine, false },       { NULL, NULL, NULL, false },
};
