/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and indexes over columns that are not there: a login with rights on some columns is told of keys over all of
 * them. Such a key is left out, with a diagnostic. And tables that are not there: one without any right is shown to
 * nobody; a foreign key of another table may name it.
 */
#include <string.h>

#include "catalog/connect/mysql/mysql.h"

static bool is_shown(const struct catalog_table *t, const struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (catalog_column_find(t, names->items[i]) == NULL)
            return false;
    return true;
}

/* true: it stays. */
static bool keep(struct catalog *c, const struct catalog_table *t, const char *what, const char *name,
                 const struct catalog_names *names)
{
    if (is_shown(t, names))
        return true;
    const char *message = arena_format(c->arena,
                                       "table %s.%s: %s%s is over columns that this login is not shown: it is "
                                       "left out",
                                       t->schema, t->name, what, name != NULL ? name : "");
    catalog_diagnostic_add(c, "warning", message)->table = t->name;
    return false;
}

static void settle_table(struct catalog *c, struct catalog_table *t)
{
    size_t kept = 0;
    if (!keep(c, t, "the primary key", NULL, &t->primary_key.columns))
        t->primary_key.columns.count = 0;
    for (size_t i = 0; i < t->unique_count; i++)
        if (keep(c, t, "unique key ", t->uniques[i].name, &t->uniques[i].columns))
            t->uniques[kept++] = t->uniques[i];
    t->unique_count = kept;
    kept = 0;
    for (size_t i = 0; i < t->index_count; i++)
        if (keep(c, t, "index ", t->indexes[i].name, &t->indexes[i].columns))
            t->indexes[kept++] = t->indexes[i];
    t->index_count = kept;
    kept = 0;
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (keep(c, t, "foreign key ", t->foreign_keys[i].name, &t->foreign_keys[i].columns))
            t->foreign_keys[kept++] = t->foreign_keys[i];
    t->foreign_key_count = kept;
}

static void tell_unreadable(struct catalog *c, const struct catalog_table *t)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].unreadable)
            catalog_diagnostic_add(c, "warning",
                                   arena_format(c->arena,
                                                "this login may not read column %.200s, and nothing is known of its "
                                                "values",
                                                t->columns[i].name))
                ->table = t->name;
}

void mysql_settle(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        bool some = false;
        settle_table(c, &c->tables[i]);
        for (size_t k = 0; k < t->column_count; k++)
            some = some || !t->columns[k].unreadable;
        if (some) /* else its rows can't be read, and that is told */
            tell_unreadable(c, t);
    }
}

/* A right on all that is there, or on the schema, shows its tables. {in} stands for the schema, as everywhere. */
static const char rights_sql[] =
    "SELECT '', '' FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('SELECT', 'INSERT', 'UPDATE', "
    "'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX', 'REFERENCES', 'TRIGGER', 'CREATE VIEW', 'SHOW VIEW') UNION ALL "
    "SELECT '', '' FROM information_schema.SCHEMA_PRIVILEGES WHERE ";

static void tell_referred(struct catalog *c, const char *schema)
{
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        for (size_t k = 0; k < t->foreign_key_count; k++) {
            const struct catalog_foreign_key *fk = &t->foreign_keys[k];
            bool asked = schema == NULL || strcmp(schema, fk->ref_schema) == 0;
            if (asked && catalog_table_find(c, fk->ref_schema, fk->ref_table) == NULL)
                catalog_diagnostic_add(c, "warning",
                                       arena_format(c->arena,
                                                    "table %.200s.%.200s, to which %.200s refers, is not shown to "
                                                    "this login: GRANT SELECT ON it",
                                                    fk->ref_schema, fk->ref_table, t->name))
                    ->table = arena_text(c->arena, fk->ref_table);
        }
    }
}

enum error_class mysql_tell_unseen(struct mysql_reading *r, const char *schema, struct error *e)
{
    struct sqltext sql;
    const char *text;
    MYSQL_RES *result = NULL;
    tell_referred(r->catalog, schema);
    sqltext_init(&sql, "mysql");
    sqltext_raw(&sql, rights_sql);
    if (schema == NULL) {
        sqltext_raw(&sql, "1 = 0");
    } else { /* rights are given to patterns */
        sqltext_literal(&sql, schema, strlen(schema));
        sqltext_raw(&sql, " LIKE TABLE_SCHEMA ESCAPE '\\\\'");
    }
    enum error_class class = sqltext_view(&sql, &text, e);
    if (class == ERROR_OK)
        class = mysql_run(r->mysql, text, &result, e);
    sqltext_finish(&sql);
    if (class == ERROR_OK && result != NULL && r->mysql->api->do_num_rows(result) == 0)
        catalog_diagnostic_add(r->catalog, "warning",
                               "this login has rights on single tables alone: the server does not show those on which "
                               "it has none, so tables may be missing here");
    if (result != NULL)
        r->mysql->api->do_free_result(result);
    return class;
}
