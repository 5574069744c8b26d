/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_table_as.c - tables whose columns are told elsewhere: by a query, by a type.
 *
 * What the text does not tell of them is a diagnostic, and such a table is open: keys may name columns that nobody saw.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

/* Behind AS, or at the SELECT itself. */
void ddl_table_as(struct ddl *p, struct ddl_table *t)
{
    const char *at = p->token.text;
    struct ddl_fields fields = { 0 };
    while (ddl_accept_kind(p, TOKEN_OPEN))
        continue;
    if (p->token.word == WORD_TABLE) { /* PostgreSQL: AS TABLE x */
        struct ddl_path path;
        ddl_advance(p);
        struct ddl_table *from = ddl_path(p, &path) ? ddl_table_find(p, &path) : NULL;
        if (from != NULL)
            ddl_columns_copy(p, t, from, false);
    }
    bool known = ddl_select(p, &fields);
    bool own = t->table.column_count > 0; /* they name those of the query; MySQL's stand beside them */
    for (size_t i = 0; i < fields.count && (!own || p->dialect == DDL_MYSQL); i++) {
        if (own && ddl_column_find(p, t, fields.items[i].name) != NULL)
            continue;
        struct catalog_column *column = ddl_column_add(p, t, fields.items[i].name);
        if (column == NULL)
            return;
        *column = fields.items[i];
    }
    known = known || (own && p->dialect != DDL_MYSQL);
    t->open = !known;
    if (!known)
        ddl_warn(p, at, "%.80s is made of a query: not all of its columns are known", t->table.name);
    if (p->dialect != DDL_SQLSERVER)
        ddl_skip_statement(p);
    while (!ddl_stopped(p) && !ddl_at_statement(p)) /* the next query may begin without a semicolon */
        ddl_advance(p);
}

/* Behind INTO; the query begins at `from`. */
static void make_table(struct ddl *p, const struct ddl_reading *from)
{
    struct ddl_path path;
    if (p->dialect == DDL_POSTGRESQL) {
        if (p->token.word == WORD_TEMP || p->token.word == WORD_TEMPORARY)
            return;
        (void)ddl_accept(p, WORD_UNLOGGED);
        (void)ddl_accept(p, WORD_TABLE);
    }
    if ((p->token.size > 0 && strchr("@#", p->token.text[0]) != NULL) || !ddl_path(p, &path))
        return;
    struct ddl_table *t = path.name.text[0] != '#' ? ddl_table_create(p, &path) : NULL;
    if (t == NULL)
        return;
    p->table_said = t->table.name;
    ddl_place(p, path.at, &t->line, &t->column);
    if (t->hidden && !p->conditional)
        ddl_warn(p, path.at, "%.80s exists already: its first definition is kept", t->table.name);
    ddl_reading_resume(p, from);
    p->building = t;
    t->table.columns = p->buffer;
    ddl_table_as(p, t);
    ddl_columns_keep(p, t);
}

/* SQL Server and PostgreSQL: SELECT ... INTO x FROM ... makes a table. p->token: SELECT. */
void ddl_select_into(struct ddl *p)
{
    struct ddl_reading from = ddl_reading_here(p);
    do {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    } while (!ddl_stopped(p) && p->token.word != WORD_INTO && p->token.word != WORD_FROM && !ddl_at_statement(p));
    if (ddl_accept(p, WORD_INTO))
        make_table(p, &from);
    while (!ddl_stopped(p) && !ddl_at_statement(p)) {
        if (p->dialect == DDL_POSTGRESQL)
            ddl_skip_statement(p);
        else
            ddl_advance(p);
    }
}

/* The attributes of a composite type: its members are "name type". */
static bool copy_members(struct ddl *p, struct ddl_table *t, const struct catalog_named_type *type)
{
    if (strcmp(type->kind, "composite") != 0)
        return false;
    for (size_t i = 0; i < type->members.count && ddl_work(p, 1); i++) {
        const char *member = type->members.items[i], *blank = strchr(member, ' ');
        const char *name = blank != NULL ? ddl_keep(p, member, (size_t)(blank - member)) : member;
        struct catalog_column *column = ddl_column_add(p, t, name);
        if (column == NULL)
            return false;
        column->native_type = blank != NULL ? blank + 1 : NULL;
        if (blank != NULL)
            column->type = type_from_native(ddl_dialect_text(p->dialect), blank + 1);
    }
    return type->members.count > 0;
}

/* Behind OF: PostgreSQL's composite type, Oracle's object type. */
void ddl_table_of(struct ddl *p, struct ddl_table *t)
{
    struct ddl_path path;
    if (!ddl_path(p, &path))
        return;
    size_t index = ddl_object_find(p, DDL_TYPE, &path);
    t->typed = true;
    t->open = index == SIZE_MAX || !copy_members(p, t, &p->c->types[index]);
    if (t->open)
        ddl_warn(p, path.at, "%.80s has the columns of a type: only those that are named are known", t->table.name);
}
