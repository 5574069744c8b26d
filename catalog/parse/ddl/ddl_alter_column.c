/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_alter_column.c - a column's type, default, place or name changes.
 *
 * MySQL's MODIFY and CHANGE say the whole definition anew, Oracle's MODIFY only what changes; a new name goes into all
 * keys and indexes that hold the column, also of other tables.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static void read_type(struct ddl *p, struct catalog_column *column)
{
    struct ddl_path path;
    ddl_native_type(p, column);
    if (ddl_accept(p, WORD_COLLATE) && ddl_path(p, &path))
        column->collation = path.name.text;
    if (ddl_accept(p, WORD_USING)) {
        const char *text;
        size_t size;
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA) {
            const char *from = p->token.text;
            ddl_expression(p, &text, &size);
            if (p->token.text == from || p->token.kind == TOKEN_CLOSE)
                ddl_advance(p);
        }
    }
}

/* Behind SET. */
static void alter_set(struct ddl *p, struct catalog_column *column)
{
    if (ddl_accept(p, WORD_DEFAULT)) {
        ddl_column_default(p, column);
    } else if (ddl_accept_two(p, WORD_NOT, WORD_NULL)) {
        column->nullable = false;
    } else if (ddl_accept(p, WORD_NULL)) { /* HSQLDB, H2 */
        column->nullable = true;
    } else if (ddl_accept_two(p, WORD_DATA, WORD_TYPE)) {
        read_type(p, column);
    } else if (ddl_accept(p, WORD_GENERATED)) {
        column->identity_always = ddl_accept(p, WORD_ALWAYS);
        if (!column->identity_always)
            (void)ddl_accept_two(p, WORD_BY, WORD_DEFAULT);
    } else {
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA) { /* STATISTICS 100, STORAGE x, (n_distinct = 5) */
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL);
            else
                ddl_advance(p);
        }
    }
}

static void alter_drop(struct ddl *p, struct catalog_column *column)
{
    if (ddl_accept(p, WORD_DEFAULT)) {
        column->default_text = NULL;
    } else if (ddl_accept_two(p, WORD_NOT, WORD_NULL)) {
        column->nullable = true;
    } else if (ddl_accept(p, WORD_IDENTITY)) {
        column->identity = column->identity_always = false;
    } else if (ddl_accept(p, WORD_EXPRESSION)) {
        column->generated = NULL;
    } else {
        ddl_advance(p); /* SQL Server: ROWGUIDCOL, PERSISTED, SPARSE, HIDDEN */
    }
    (void)ddl_accept_two(p, WORD_IF, WORD_EXISTS);
}

/* SQL Server: ALTER COLUMN c type [COLLATE x] [NOT NULL] */
static void alter_whole(struct ddl *p, struct ddl_table *t, struct catalog_column *column)
{
    column->nullable = true;
    column->native_type = NULL;
    ddl_native_type(p, column);
    ddl_column_attributes(p, t, column->name);
}

static struct catalog_column *named(struct ddl *p, struct ddl_table *t, struct ddl_name *ret_name)
{
    const char *at = p->token.text;
    (void)ddl_accept_two(p, WORD_IF, WORD_EXISTS);
    if (!ddl_name(p, ret_name))
        return NULL;
    struct catalog_column *column = ddl_column_find(p, t, ret_name->text);
    if (column == NULL && !p->conditional && !t->open)
        ddl_warn(p, at, "%.80s has no column %.80s", t->table.name, ret_name->text);
    return column;
}

static void pass(struct ddl *p)
{
    while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE && !ddl_at_statement(p)) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
}

/* PostgreSQL: ALTER CONSTRAINT k [NOT] DEFERRABLE [INITIALLY DEFERRED]; only foreign keys can be changed so. */
static void alter_constraint(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    struct ddl_reference tail = { 0 };
    ddl_advance(p);
    if (!ddl_name(p, &name))
        return;
    bool not = p->token.word == WORD_NOT && ddl_peek(p)->word == WORD_DEFERRABLE;
    bool said = not || p->token.word == WORD_DEFERRABLE || p->token.word == WORD_INITIALLY;
    ddl_constraint_tail(p, &tail, NULL);
    for (size_t i = 0; said && i < t->reference_count && ddl_work(p, 1); i++) {
        struct catalog_foreign_key *key = &t->references[i].key;
        if (key->name == NULL || !ddl_same_text(key->name, name.text))
            continue;
        key->deferrable = !not &&tail.key.deferrable;
        key->initially_deferred = !not &&tail.key.initially_deferred;
    }
}

void ddl_alter_column(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    if (p->token.word == WORD_CONSTRAINT && p->dialect == DDL_POSTGRESQL) {
        alter_constraint(p, t);
        return;
    }
    if (p->token.word == WORD_CONSTRAINT || p->token.word == WORD_INDEX || p->token.word == WORD_CHECK) {
        pass(p); /* how a constraint is enforced, whether an index is seen */
        return;
    }
    struct catalog_column *column = named(p, t, &name);
    if (column == NULL)
        pass(p);
    else if (ddl_accept(p, WORD_SET))
        alter_set(p, column);
    else if (ddl_accept(p, WORD_DROP))
        alter_drop(p, column);
    else if (ddl_accept(p, WORD_TYPE))
        read_type(p, column);
    else if (p->token.word == WORD_ADD && p->dialect == DDL_SQLSERVER)
        pass(p);
    else if (ddl_accept(p, WORD_ADD)) {
        if (ddl_accept(p, WORD_GENERATED))
            ddl_column_generated(p, column);
    } else if (ddl_accept(p, WORD_RENAME)) { /* H2: ALTER COLUMN a RENAME TO b */
        struct ddl_name to = { 0 };
        if (ddl_accept(p, WORD_TO) && ddl_name(p, &to))
            ddl_column_rename(p, t, name.text, to.text);
    } else if (p->dialect == DDL_SQLSERVER || p->dialect == DDL_MYSQL)
        alter_whole(p, t, column);
    else
        pass(p);
}

/* FIRST or AFTER x, behind a column's definition. */
void ddl_column_place(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct ddl_name after = { 0 };
    bool first = p->dialect == DDL_MYSQL && ddl_accept(p, WORD_FIRST);
    if (!first && !(p->dialect == DDL_MYSQL && ddl_accept(p, WORD_AFTER) && ddl_name(p, &after)))
        return;
    struct catalog_column *column = ddl_column_find(p, t, name);
    struct catalog_column *other = first ? t->table.columns : ddl_column_find(p, t, after.text);
    if (column == NULL || other == NULL || column == other)
        return;
    size_t from = (size_t)(column - t->table.columns), to = (size_t)(other - t->table.columns);
    ddl_column_move(p, t, from, first || from < to ? to : to + 1);
}

/* The whole definition anew, under `name`. */
static void redefine(struct ddl *p, struct ddl_table *t, struct catalog_column *column, const char *name)
{
    *column = (struct catalog_column){ .name = name, .nullable = true };
    ddl_columns_changed(t);
    ddl_native_type(p, column);
    ddl_column_attributes(p, t, name);
    ddl_column_place(p, t, name);
}

/* Oracle: what is not said stays. */
static void modify(struct ddl *p, struct catalog_column *column)
{
    switch (p->token.word) {
    case WORD_ENABLE:
    case WORD_DISABLE:
    case WORD_VISIBLE:
    case WORD_INVISIBLE:
    case WORD_ENCRYPT:
    case WORD_DROP:
        return;
    default:
        ddl_native_type(p, column);
        return;
    }
}

static void modify_one(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    struct catalog_column *column = named(p, t, &name);
    if (column == NULL) {
        pass(p);
        return;
    }
    if (p->dialect == DDL_MYSQL) {
        redefine(p, t, column, name.text);
        return;
    }
    modify(p, column);
    ddl_column_attributes(p, t, column->name);
}

void ddl_modify_column(struct ddl *p, struct ddl_table *t)
{
    enum ddl_word word = p->token.word;
    bool other = word == WORD_CONSTRAINT || word == WORD_PARTITION || word == WORD_DEFAULT || word == WORD_LOB ||
                 word == WORD_PRIMARY || word == WORD_UNIQUE || word == WORD_NESTED;
    if (other && ddl_peek(p)->kind != TOKEN_OPEN) {
        pass(p);
        return;
    }
    if (!ddl_accept_kind(p, TOKEN_OPEN)) {
        modify_one(p, t);
        return;
    }
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        const char *at = p->token.text;
        modify_one(p, t);
        if (!ddl_accept_kind(p, TOKEN_COMMA) && p->token.text == at)
            ddl_advance(p);
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
}

void ddl_change_column(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name from = { 0 }, to = { 0 };
    struct catalog_column *column = named(p, t, &from);
    if (column == NULL || !ddl_name(p, &to)) {
        pass(p);
        return;
    }
    if (strcmp(column->name, to.text) != 0)
        ddl_column_rename(p, t, column->name, to.text);
    column = ddl_column_find(p, t, to.text);
    if (column != NULL)
        redefine(p, t, column, to.text);
}

static void rename_in(struct catalog_names *names, const char *from, const char *to)
{
    for (size_t i = 0; i < names->count; i++)
        if (ddl_same_text(names->items[i], from))
            names->items[i] = to;
}

static void rename_in_others(struct ddl *p, struct ddl_table *t, const char *from, const char *to)
{
    for (struct ddl_referrer *r = t->referrers; r != NULL && ddl_work(p, 1 + r->table->reference_count); r = r->next)
        for (size_t k = 0; k < r->table->reference_count; k++)
            if (r->table->references[k].target == t)
                rename_in(&r->table->references[k].key.ref_columns, from, to);
}

void ddl_column_rename(struct ddl *p, struct ddl_table *t, const char *from, const char *to)
{
    struct catalog_column *column = ddl_column_find(p, t, from);
    struct catalog_table *table = &t->table;
    if (column == NULL) {
        if (!p->conditional && !t->open)
            ddl_warn(p, p->token.text, "%.80s has no column %.80s", table->name, from);
        return;
    }
    const struct catalog_column *there = ddl_column_find(p, t, to);
    if (there != NULL && there != column && strcmp(there->name, to) == 0) {
        ddl_warn(p, p->token.text, "%.80s has a column %.80s already", table->name, to);
        return;
    }
    ddl_constraint_names_keep(p, t);
    from = column->name; /* text in the arena: it stays */
    column->name = to;
    ddl_columns_changed(t);
    if (!ddl_work(p, table->unique_count + table->index_count + t->reference_count))
        return;
    rename_in(&table->primary_key.columns, from, to);
    for (size_t i = 0; i < table->unique_count; i++)
        rename_in(&table->uniques[i].columns, from, to);
    for (size_t i = 0; i < table->index_count; i++)
        rename_in(&table->indexes[i].columns, from, to);
    for (size_t i = 0; i < t->reference_count; i++)
        rename_in(&t->references[i].key.columns, from, to);
    rename_in_others(p, t, from, to);
}
