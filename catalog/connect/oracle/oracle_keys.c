/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_keys.c - primary, unique and foreign keys, checks and indexes.
 *
 * The views and their columns: docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ ALL_CONSTRAINTS,
 * ALL_CONS_COLUMNS, ALL_INDEXES, ALL_IND_COLUMNS, ALL_IND_EXPRESSIONS (.html). Names that the server made up (SYS_C...)
 * say nothing and are left out, as a script would have none.
 *
 * A descending column and an expression stand in an index as hidden columns, with their text in ALL_IND_EXPRESSIONS: a
 * quoted name alone there is the descending column.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/oracle/oracle.h"

static const char keys_sql[] =
    "SELECT c.OWNER, c.TABLE_NAME, c.CONSTRAINT_NAME, c.CONSTRAINT_TYPE, c.GENERATED, c.\"DEFERRABLE\", c.DEFERRED, "
    "c.VALIDATED, c.STATUS, c.DELETE_RULE, k.COLUMN_NAME, p.OWNER, p.TABLE_NAME, pk.COLUMN_NAME FROM ALL_CONSTRAINTS c "
    "JOIN ALL_CONS_COLUMNS k ON k.OWNER = c.OWNER AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME "
    "LEFT JOIN ALL_CONSTRAINTS p ON p.OWNER = c.R_OWNER AND p.CONSTRAINT_NAME = c.R_CONSTRAINT_NAME "
    "LEFT JOIN ALL_CONS_COLUMNS pk ON pk.OWNER = p.OWNER AND pk.CONSTRAINT_NAME = p.CONSTRAINT_NAME "
    "AND pk.POSITION = k.POSITION WHERE c.OWNER {in} AND c.CONSTRAINT_TYPE IN ('P', 'U', 'R') "
    "ORDER BY c.OWNER, c.TABLE_NAME, c.CONSTRAINT_NAME, k.POSITION";

static const char checks_sql[] =
    "SELECT c.OWNER, c.TABLE_NAME, c.CONSTRAINT_NAME, c.GENERATED, c.STATUS, c.SEARCH_CONDITION FROM ALL_CONSTRAINTS c "
    "WHERE c.OWNER {in} AND c.CONSTRAINT_TYPE = 'C' ORDER BY c.OWNER, c.TABLE_NAME, c.CONSTRAINT_NAME";

static const char indexes_sql[] =
    "SELECT i.TABLE_OWNER, i.TABLE_NAME, i.INDEX_NAME, i.INDEX_TYPE, i.UNIQUENESS, i.ITYP_NAME, i.STATUS, "
    "x.COLUMN_NAME, x.DESCEND FROM ALL_INDEXES i "
    "JOIN ALL_IND_COLUMNS x ON x.INDEX_OWNER = i.OWNER AND x.INDEX_NAME = i.INDEX_NAME "
    "WHERE i.TABLE_OWNER {in} AND i.INDEX_TYPE <> 'LOB' AND i.TABLE_TYPE = 'TABLE' AND NOT EXISTS (SELECT 1 FROM "
    "ALL_CONSTRAINTS c WHERE c.OWNER = i.TABLE_OWNER AND c.TABLE_NAME = i.TABLE_NAME AND c.INDEX_NAME = i.INDEX_NAME "
    "AND c.CONSTRAINT_TYPE IN ('P', 'U')) ORDER BY i.TABLE_OWNER, i.TABLE_NAME, i.INDEX_NAME, x.COLUMN_POSITION";

static const char expressions_sql[] =
    "SELECT e.TABLE_OWNER, e.TABLE_NAME, e.INDEX_NAME, e.COLUMN_POSITION, e.COLUMN_EXPRESSION FROM ALL_IND_EXPRESSIONS "
    "e WHERE e.TABLE_OWNER {in} ORDER BY e.TABLE_OWNER, e.TABLE_NAME, e.INDEX_NAME, e.COLUMN_POSITION";

static void take_key_column(struct odbc_reading *r, struct catalog_table *t, struct catalog_key *key, bool begins)
{
    if (begins) {
        key->name = odbc_key_name(r, 2, odbc_is_at(r, 4, "GENERATED NAME"));
        key->deferrable = odbc_is_at(r, 5, "DEFERRABLE");
        if (odbc_is_at(r, 8, "DISABLED"))
            odbc_extra(r, t, "disabled key", odbc_text_at(r, 2));
    }
    catalog_name_add(r->catalog, &key->columns, odbc_text_at(r, 10));
}

static void take_reference(struct odbc_reading *r, struct catalog_table *t, const char *name)
{
    struct catalog_foreign_key *fk = t->foreign_key_count > 0 ? &t->foreign_keys[t->foreign_key_count - 1] : NULL;
    const char *table = odbc_text_at(r, 12), *column = odbc_text_at(r, 13);
    if (table == NULL || column == NULL) {
        odbc_diagnostic(r, t->name, "foreign key %.200s leads to a table that this user can't see", name);
        return;
    }
    if (fk == NULL || !odbc_key_named(fk->name, name)) {
        fk = catalog_foreign_key_add(r->catalog, t);
        fk->name = odbc_key_name(r, 2, odbc_is_at(r, 4, "GENERATED NAME"));
        fk->on_delete = odbc_text_at(r, 9);
        fk->on_update = "NO ACTION";
        fk->ref_schema = odbc_text_at(r, 11);
        fk->ref_table = table;
        fk->deferrable = odbc_is_at(r, 5, "DEFERRABLE");
        fk->initially_deferred = odbc_is_at(r, 6, "DEFERRED");
        fk->not_valid = odbc_is_at(r, 7, "NOT VALIDATED");
        if (odbc_is_at(r, 8, "DISABLED"))
            odbc_extra(r, t, "disabled foreign key", name);
    }
    catalog_name_add(r->catalog, &fk->columns, odbc_text_at(r, 10));
    catalog_name_add(r->catalog, &fk->ref_columns, column);
}

/* A row a column; those of one constraint follow one another. */
static void take_key(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2);
    if (t == NULL || name == NULL || odbc_text_at(r, 10) == NULL)
        return;
    if (odbc_is_at(r, 3, "P")) {
        take_key_column(r, t, &t->primary_key, t->primary_key.columns.count == 0);
    } else if (odbc_is_at(r, 3, "R")) {
        take_reference(r, t, name);
    } else {
        struct catalog_key *last = t->unique_count > 0 ? &t->uniques[t->unique_count - 1] : NULL;
        bool begins = last == NULL || !odbc_key_named(last->name, name);
        take_key_column(r, t, begins ? catalog_unique_add(r->catalog, t) : last, begins);
    }
}

/* NOT NULL is a check too: "NAME" IS NOT NULL. */
static bool is_not_null(const char *condition)
{
    if (*condition != '"')
        return false;
    const char *end = strchr(condition + 1, '"');
    return end != NULL && strcasecmp(end + 1, " IS NOT NULL") == 0;
}

static void take_check(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *condition = odbc_text_at(r, 5), *name = odbc_text_at(r, 2);
    if (t == NULL || (condition != NULL && is_not_null(condition)))
        return;
    if (condition == NULL) {
        odbc_diagnostic(r, t->name, "check %.200s has no condition that can be seen", name != NULL ? name : "?");
        return;
    }
    *catalog_check_add(r->catalog, t) =
        (struct catalog_check){ .name = odbc_is_at(r, 3, "GENERATED NAME") ? NULL : name, .expression = condition };
    if (odbc_is_at(r, 4, "DISABLED"))
        odbc_extra(r, t, "disabled check", name);
}

static const char *method_of(struct odbc_reading *r)
{
    const char *type = odbc_text_at(r, 3), *domain = odbc_text_at(r, 5);
    if (type != NULL && strcasestr(type, "BITMAP") != NULL)
        return "bitmap";
    if (type == NULL || strcasecmp(type, "DOMAIN") != 0)
        return NULL;
    char *lower = arena_text(r->catalog->arena, domain != NULL ? domain : "domain");
    for (char *at = lower; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return lower;
}

static struct catalog_index *index_of(const struct catalog_table *t, const char *name)
{
    for (size_t i = t->index_count; name != NULL && i > 0; i--)
        if (strcmp(t->indexes[i - 1].name, name) == 0)
            return &t->indexes[i - 1];
    return NULL;
}

static void take_index(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2), *type = odbc_text_at(r, 3), *column = odbc_text_at(r, 7);
    if (t == NULL || name == NULL || column == NULL)
        return;
    struct catalog_index *index = t->index_count > 0 ? &t->indexes[t->index_count - 1] : NULL;
    if (index == NULL || strcmp(index->name, name) != 0) {
        index = catalog_index_add(r->catalog, t);
        index->name = name;
        index->unique = odbc_is_at(r, 4, "UNIQUE");
        index->method = method_of(r);
        if (type != NULL && strcasestr(type, "FUNCTION-BASED") != NULL)
            index->expression = "?"; /* until its expressions are read: never a plain unique one */
        if (odbc_is_at(r, 6, "UNUSABLE"))
            odbc_extra(r, t, "disabled index", name);
    }
    catalog_name_add(r->catalog, &index->columns, column);
    catalog_name_add(r->catalog, &index->orders, odbc_is_at(r, 8, "DESC") ? "desc" : "asc");
}

/* Takes the hidden column's place in the list: ("NAME") as that name, anything else marked by a leading '('. */
static void take_expression(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct catalog_index *index = t != NULL ? index_of(t, odbc_text_at(r, 2)) : NULL;
    int64_t position = odbc_number_at(r, 3, 0);
    const char *text = odbc_text_at(r, 4);
    if (index == NULL || text == NULL || position < 1 || (size_t)position > index->columns.count)
        return;
    struct arena *arena = r->catalog->arena;
    size_t size = strlen(text);
    bool name = size > 2 && text[0] == '"' && strchr(text + 1, '"') == text + size - 1;
    index->columns.items[position - 1] =
        name ? arena_text_n(arena, text + 1, size - 2) : arena_format(arena, "(%s", text);
}

static const char *whole_list(struct arena *arena, const struct catalog_index *index)
{
    const char *all = "";
    for (size_t i = 0; i < index->columns.count; i++) {
        const char *item = index->columns.items[i], *comma = i > 0 ? ", " : "";
        const char *down = strcmp(index->orders.items[i], "desc") == 0 ? " DESC" : "";
        all = *item == '(' ? arena_format(arena, "%s%s%s%s", all, comma, item + 1, down)
                           : arena_format(arena, "%s%s\"%s\"%s", all, comma, item, down);
    }
    return all;
}

/* Expressions leave the columns; a list of descending columns alone is no expression. */
static void settle_index(struct catalog *c, struct catalog_index *index)
{
    size_t kept = 0, expressions = 0, hidden = 0;
    for (size_t i = 0; i < index->columns.count; i++) {
        expressions += *index->columns.items[i] == '(';
        hidden += strncmp(index->columns.items[i], "SYS_NC", 6) == 0; /* its expression was not to be had */
    }
    if (expressions > 0)
        index->expression = whole_list(c->arena, index);
    else if (hidden == 0)
        index->expression = NULL;
    for (size_t i = 0; i < index->columns.count; i++) {
        const char *item = index->columns.items[i];
        if (*item == '(' || (index->expression != NULL && strncmp(item, "SYS_NC", 6) == 0))
            continue;
        index->columns.items[kept] = item;
        index->orders.items[kept++] = index->orders.items[i];
    }
    index->columns.count = index->orders.count = kept;
    if (!catalog_names_have(&index->orders, "desc"))
        index->orders = (struct catalog_names){ 0 };
}

void oracle_settle_indexes(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++)
        for (size_t k = 0; k < c->tables[i].index_count; k++)
            settle_index(c, &c->tables[i].indexes[k]);
}

const struct odbc_statement oracle_indexes[] = {
    { "indexes", indexes_sql, take_index, false },
    { "expressions of indexes", expressions_sql, take_expression, false },
    { NULL, NULL, NULL, false },
};

const struct odbc_statement oracle_keys[] = {
    { "keys", keys_sql, take_key, false },
    { "checks", checks_sql, take_check, false },
    { NULL, NULL, NULL, false },
};
