/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_constraint.c - what stands in a table's brackets beside its columns: constraints, indexes, and the rest.
 *
 * Constraints that the model has no place for (exclusion, periods, supplemental logs) become extras of the table.
 */
#include "catalog/parse/ddl/ddl_statement.h"

static void foreign_key(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct catalog_names columns = { 0 };
    struct ddl_name index = { 0 };
    ddl_advance(p);
    ddl_advance(p);
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT)) /* MariaDB */
        (void)ddl_accept(p, WORD_EXISTS);
    if (p->token.kind != TOKEN_OPEN && ddl_name(p, &index) && name == NULL)
        name = index.text;
    (void)ddl_name_list(p, &columns);
    ddl_references(p, t, name, &columns);
}

/* Is this a table's constraint, or a column that is called like one? */
bool ddl_at_constraint(struct ddl *p)
{
    const struct ddl_token *next;
    switch (p->token.word) {
    case WORD_CONSTRAINT:
        return true;
    case WORD_PRIMARY:
    case WORD_FOREIGN:
        return ddl_peek(p)->word == WORD_KEY;
    case WORD_UNIQUE:
        return true;
    case WORD_CHECK:
        next = ddl_peek(p);
        return next->kind == TOKEN_OPEN || next->word == WORD_NOT;
    case WORD_KEY:
    case WORD_FULLTEXT:
    case WORD_SPATIAL:
        return p->dialect == DDL_MYSQL;
    case WORD_INDEX:
        return p->dialect == DDL_MYSQL || p->dialect == DDL_SQLSERVER;
    case WORD_EXCLUDE:
        next = ddl_peek(p);
        return p->dialect == DDL_POSTGRESQL && (next->word == WORD_USING || next->kind == TOKEN_OPEN);
    case WORD_PERIOD:
        return ddl_peek(p)->word == WORD_FOR;
    case WORD_SUPPLEMENTAL:
        return p->dialect == DDL_ORACLE;
    case WORD_DEFAULT: /* ALTER TABLE t ADD DEFAULT x FOR c */
        return p->dialect == DDL_SQLSERVER;
    default:
        return false;
    }
}

/* [CONSTRAINT name] DEFAULT x FOR column [WITH VALUES] */
static void default_for(struct ddl *p, struct ddl_table *t)
{
    struct catalog_column read = { 0 };
    struct ddl_name name = { 0 };
    const char *at = p->token.text;
    ddl_advance(p);
    ddl_column_default(p, &read);
    if (!ddl_accept(p, WORD_FOR) || !ddl_name(p, &name))
        return;
    struct catalog_column *column = ddl_column_find(p, t, name.text);
    if (column == NULL) {
        ddl_warn(p, at, "%.80s has no column %.80s for this default", t->table.name, name.text);
        return;
    }
    column->default_text = read.default_text;
    column->identity = column->identity || read.identity;
    ddl_constraint_tail(p, NULL, NULL);
}

static void other_constraint(struct ddl *p, struct ddl_table *t, const char *what)
{
    const char *from = p->token.text;
    ddl_advance(p);
    while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
    ddl_extra(p, t, what, from, (size_t)(p->behind - from));
}

/* PostgreSQL 18: [CONSTRAINT x] NOT NULL a */
static void not_null(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    ddl_advance(p);
    if (!ddl_accept(p, WORD_NULL) || !ddl_name(p, &name))
        return;
    struct catalog_column *column = ddl_column_find(p, t, name.text);
    if (column != NULL)
        column->nullable = false;
    ddl_constraint_tail(p, NULL, NULL);
}

void ddl_constraint(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    if (ddl_accept(p, WORD_CONSTRAINT)) {
        if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT)) /* MariaDB */
            (void)ddl_accept(p, WORD_EXISTS);
        bool nameless = p->dialect == DDL_MYSQL && ddl_at_constraint(p); /* CONSTRAINT FOREIGN KEY (a) ... */
        if (!nameless)
            (void)ddl_name(p, &name);
    }
    switch (p->token.word) {
    case WORD_PRIMARY:
        ddl_primary_key(p, t, name.text, NULL);
        return;
    case WORD_UNIQUE:
        ddl_unique(p, t, name.text, NULL);
        return;
    case WORD_CHECK:
        ddl_check(p, t, name.text);
        return;
    case WORD_FOREIGN:
        foreign_key(p, t, name.text);
        return;
    case WORD_DEFAULT:
        default_for(p, t);
        return;
    case WORD_KEY:
    case WORD_INDEX:
    case WORD_FULLTEXT:
    case WORD_SPATIAL:
        ddl_inline_index(p, t, NULL);
        return;
    case WORD_EXCLUDE:
        other_constraint(p, t, "exclusion");
        return;
    case WORD_PERIOD:
        other_constraint(p, t, "period");
        return;
    case WORD_SUPPLEMENTAL:
        other_constraint(p, t, "supplemental log");
        return;
    case WORD_NOT:
        not_null(p, t);
        return;
    default:
        ddl_warn(p, p->token.text, "constraint %.80s is not understood",
                 name.text != NULL ? name.text : "without a name");
        other_constraint(p, t, "constraint");
        return;
    }
}
