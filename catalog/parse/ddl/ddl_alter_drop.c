/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_alter_drop.c - ALTER TABLE ... DROP: columns with what hangs on them, keys and constraints by name.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { NAME_MAX_SIZE = 500 };

static bool holds(const struct catalog_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (ddl_same_text(names->items[i], name))
            return true;
    return false;
}

static bool is_called(const char *name, const char *wanted)
{
    return name != NULL && ddl_same_text(name, wanted);
}

#define REMOVE_AT(list, count, index) \
    (memmove(&(list)[index], &(list)[(index) + 1], ((count) - (index)-1) * sizeof *(list)), (count)--)

/* MySQL takes the column out of its keys, the others drop the keys. */
static void drop_from_keys(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct catalog_table *table = &t->table;
    if (!ddl_work(p, table->unique_count + table->index_count + t->reference_count))
        return;
    if (holds(&table->primary_key.columns, name))
        table->primary_key = (struct catalog_key){ 0 };
    for (size_t i = table->unique_count; i-- > 0;)
        if (holds(&table->uniques[i].columns, name))
            REMOVE_AT(table->uniques, table->unique_count, i);
    for (size_t i = table->index_count; i-- > 0;)
        if (holds(&table->indexes[i].columns, name))
            REMOVE_AT(table->indexes, table->index_count, i);
    for (size_t i = t->reference_count; i-- > 0;)
        if (holds(&t->references[i].key.columns, name))
            REMOVE_AT(t->references, t->reference_count, i);
}

static void drop_column(struct ddl *p, struct ddl_table *t, bool if_exists)
{
    struct ddl_name name = { 0 };
    const char *at = p->token.text;
    if (!ddl_name(p, &name))
        return;
    struct catalog_column *column = ddl_column_find(p, t, name.text);
    if (column == NULL) {
        /* SQL Server: DROP x without a word means a constraint */
        if (!ddl_constraint_drop(p, t, name.text) && !if_exists && !p->conditional)
            ddl_warn(p, at, "%.80s has no column %.80s", t->table.name, name.text);
        return;
    }
    const char *spelled = column->name;
    ddl_column_remove(p, t, (size_t)(column - t->table.columns));
    drop_from_keys(p, t, spelled);
}

/* What the database calls one that has no name: PostgreSQL table_a_b_key, MySQL table_ibfk_1. */
static bool is_called_by_rule(const struct catalog_table *table, const struct catalog_names *columns, const char *tail,
                              const char *wanted)
{
    size_t size = strlen(table->name);
    if (strncasecmp(wanted, table->name, size) != 0)
        return false;
    wanted += size;
    for (size_t i = 0; i < columns->count; i++) {
        size = strlen(columns->items[i]);
        if (*wanted != '_' || strncasecmp(wanted + 1, columns->items[i], size) != 0)
            return false;
        wanted += 1 + size;
    }
    return strcasecmp(wanted, tail) == 0;
}

/* table_column_check of a check on one column, else table_check. */
static bool is_check_by_rule(const struct catalog_table *table, const struct catalog_check *check, const char *wanted)
{
    char column[128];
    size_t size = strlen(table->name), rest = strlen(wanted);
    if (rest < size + 6 || strncasecmp(wanted, table->name, size) != 0 || strcasecmp(wanted + rest - 6, "_check") != 0)
        return false;
    rest -= size + 6;
    if (rest <= 1)
        return rest == 0;
    if (rest >= sizeof column)
        return false;
    memcpy(column, wanted + size + 1, rest - 1);
    column[rest - 1] = '\0';
    return strcasestr(check->expression, column) != NULL;
}

static const char *name_by_rule(struct ddl *p, const struct catalog_table *table, const struct catalog_names *columns,
                                const char *tail)
{
    const char *name = table->name;
    for (size_t i = 0; i < columns->count && ddl_room(p) && strlen(name) < NAME_MAX_SIZE; i++)
        name = arena_format(p->arena, "%s_%s", name, columns->items[i]);
    return ddl_room(p) ? arena_format(p->arena, "%s%s", name, tail) : NULL;
}

/* Before a table or column gets another name: what PostgreSQL named by a rule keeps the name it has. */
void ddl_constraint_names_keep(struct ddl *p, struct ddl_table *t)
{
    const struct catalog_names none = { 0 };
    struct catalog_table *table = &t->table;
    if (p->dialect != DDL_POSTGRESQL || !ddl_work(p, t->reference_count + table->unique_count))
        return;
    for (size_t i = 0; i < t->reference_count; i++)
        if (t->references[i].key.name == NULL)
            t->references[i].key.name = name_by_rule(p, table, &t->references[i].key.columns, "_fkey");
    for (size_t i = 0; i < table->unique_count; i++)
        if (table->uniques[i].name == NULL)
            table->uniques[i].name = name_by_rule(p, table, &table->uniques[i].columns, "_key");
    if (table->primary_key.columns.count > 0 && table->primary_key.name == NULL)
        table->primary_key.name = name_by_rule(p, table, &none, "_pkey");
}

static bool drop_nameless(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct catalog_table *table = &t->table;
    const struct catalog_names none = { 0 };
    size_t nameless = 0;
    for (size_t i = 0; i < t->reference_count; i++) {
        char tail[32];
        if (t->references[i].key.name != NULL)
            continue;
        (void)snprintf(tail, sizeof tail, "_ibfk_%zu", ++nameless);
        if (p->dialect == DDL_MYSQL ? is_called_by_rule(table, &none, tail, name)
                                    : is_called_by_rule(table, &t->references[i].key.columns, "_fkey", name)) {
            REMOVE_AT(t->references, t->reference_count, i);
            return true;
        }
    }
    for (size_t i = 0; i < table->unique_count; i++) {
        const struct catalog_key *key = &table->uniques[i];
        const char *first = key->columns.count > 0 ? key->columns.items[0] : "";
        if (key->name == NULL && (p->dialect == DDL_MYSQL ? is_called(first, name)
                                                          : is_called_by_rule(table, &key->columns, "_key", name))) {
            REMOVE_AT(table->uniques, table->unique_count, i);
            return true;
        }
    }
    for (size_t i = 0; p->dialect == DDL_POSTGRESQL && i < table->check_count && ddl_work(p, 1); i++)
        if (table->checks[i].name == NULL && is_check_by_rule(table, &table->checks[i], name)) {
            REMOVE_AT(table->checks, table->check_count, i);
            return true;
        }
    bool key = table->primary_key.columns.count > 0 && table->primary_key.name == NULL &&
               is_called_by_rule(table, &none, "_pkey", name);
    if (key)
        table->primary_key = (struct catalog_key){ 0 };
    return key;
}

bool ddl_constraint_drop(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct catalog_table *table = &t->table;
    if (!ddl_work(p, table->unique_count + table->index_count + t->reference_count + table->check_count))
        return false;
    for (size_t i = 0; i < t->reference_count; i++)
        if (is_called(t->references[i].key.name, name)) {
            REMOVE_AT(t->references, t->reference_count, i);
            return true;
        }
    for (size_t i = 0; i < table->unique_count; i++)
        if (is_called(table->uniques[i].name, name)) {
            REMOVE_AT(table->uniques, table->unique_count, i);
            return true;
        }
    for (size_t i = 0; i < table->check_count; i++)
        if (is_called(table->checks[i].name, name)) {
            REMOVE_AT(table->checks, table->check_count, i);
            return true;
        }
    for (size_t i = 0; i < table->index_count; i++)
        if (is_called(table->indexes[i].name, name)) {
            REMOVE_AT(table->indexes, table->index_count, i);
            return true;
        }
    if (is_called(table->primary_key.name, name)) {
        table->primary_key = (struct catalog_key){ 0 };
        return true;
    }
    return drop_nameless(p, t, name);
}

#define RENAME_IN(list, count, field)         \
    for (size_t i = 0; i < (count); i++)      \
        if (is_called((list)[i].field, from)) \
            (list)[i].field = to;

void ddl_constraint_rename(struct ddl *p, struct ddl_table *t, const char *from, const char *to)
{
    struct catalog_table *table = &t->table;
    if (!ddl_work(p, table->unique_count + table->index_count + t->reference_count + table->check_count))
        return;
    RENAME_IN(t->references, t->reference_count, key.name)
    RENAME_IN(table->uniques, table->unique_count, name)
    RENAME_IN(table->checks, table->check_count, name)
    RENAME_IN(table->indexes, table->index_count, name)
    if (is_called(table->primary_key.name, from))
        table->primary_key.name = to;
}

/* MySQL and Oracle: DROP UNIQUE (a, b) */
static void drop_unique(struct ddl *p, struct ddl_table *t)
{
    struct catalog_names columns = { 0 };
    (void)ddl_name_list(p, &columns);
    for (size_t i = 0; i < t->table.unique_count && ddl_work(p, 1); i++) {
        bool same = t->table.uniques[i].columns.count == columns.count;
        for (size_t k = 0; same && k < columns.count; k++)
            same = ddl_same_text(t->table.uniques[i].columns.items[k], columns.items[k]);
        if (same) {
            REMOVE_AT(t->table.uniques, t->table.unique_count, i);
            return;
        }
    }
}

static void drop_named(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    const char *at = p->token.text;
    bool if_exists = ddl_accept_two(p, WORD_IF, WORD_EXISTS);
    if (ddl_name(p, &name) && !ddl_constraint_drop(p, t, name.text) && !if_exists && !p->conditional)
        ddl_warn(p, at, "%.80s has no constraint or index %.80s to drop", t->table.name, name.text);
}

/* How the dropped thing's dependents are treated. */
static void pass_tail(struct ddl *p)
{
    while (p->token.kind == TOKEN_WORD && !ddl_at_statement(p) && p->token.word != WORD_ADD &&
           p->token.word != WORD_DROP && p->token.word != WORD_MODIFY && p->token.word != WORD_RENAME)
        ddl_advance(p);
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_brackets(p, NULL, NULL);
}

void ddl_alter_drop(struct ddl *p, struct ddl_table *t)
{
    const struct ddl_token *next = ddl_peek(p);
    bool alone = next->kind <= TOKEN_STOP || next->kind == TOKEN_COMMA; /* a column that is called key */
    if (!alone && ddl_accept_two(p, WORD_PRIMARY, WORD_KEY)) {
        t->table.primary_key = (struct catalog_key){ 0 };
    } else if (!alone && ddl_accept_two(p, WORD_FOREIGN, WORD_KEY)) {
        drop_named(p, t);
    } else if (!alone && ddl_accept(p, WORD_UNIQUE)) {
        drop_unique(p, t);
    } else if (!alone && (ddl_accept(p, WORD_CONSTRAINT) || ddl_accept(p, WORD_INDEX) || ddl_accept(p, WORD_KEY) ||
                          ddl_accept(p, WORD_CHECK))) {
        drop_named(p, t);
    } else if (!alone && p->token.word == WORD_PARTITION) {
        ddl_advance(p);
        ddl_advance(p);
    } else {
        if (!alone)
            (void)ddl_accept(p, WORD_COLUMN);
        bool if_exists = ddl_accept_two(p, WORD_IF, WORD_EXISTS);
        if (!ddl_accept_kind(p, TOKEN_OPEN)) {
            drop_column(p, t, if_exists);
            pass_tail(p);
            return;
        }
        while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE) {
            drop_column(p, t, if_exists);
            if (!ddl_accept_kind(p, TOKEN_COMMA))
                break;
        }
        (void)ddl_accept_kind(p, TOKEN_CLOSE);
    }
    pass_tail(p);
}
