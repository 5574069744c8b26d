/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_column.c - a column's definition: name, type, and its attributes in any order and of any dialect.
 *
 * Happy path: each attribute is taken by its first word. An attribute that nobody knows is passed over up to the next
 * comma, closing bracket or key, with a diagnostic and an extra of the table.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

struct place { /* the column may move while its constraints are read, so it is known by its place */
    struct ddl_table *t;
    size_t index;
    const char *constraint; /* name waiting for its constraint */
};

static struct catalog_column *column_at(const struct place *at)
{
    return &at->t->table.columns[at->index];
}

static void read_collation(struct ddl *p, struct catalog_column *column)
{
    struct ddl_path path;
    (void)ddl_accept_mark(p, '=');
    if (ddl_path(p, &path))
        column->collation = path.name.text;
}

static void read_comment(struct ddl *p, struct catalog_column *column)
{
    (void)ddl_accept_mark(p, '=');
    if (p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_NAME) {
        const char *text = ddl_string(p, &p->token);
        column->comment = text[0] != '\0' ? text : NULL;
        ddl_advance(p);
    }
}

/* Behind ON: UPDATE now(), CONFLICT x, NULL, or a file group of SQL Server. */
static void read_on(struct ddl *p, struct catalog_column *column)
{
    struct ddl_path path;
    if (ddl_accept(p, WORD_UPDATE))
        column->on_update = ddl_kept_expression(p);
    else if (ddl_accept(p, WORD_CONFLICT))
        ddl_advance(p);
    else if (!ddl_accept(p, WORD_DELETE))
        (void)ddl_path(p, &path);
}

/* NOT NULL, NOT DEFERRABLE, NOT VISIBLE, NOT FOR REPLICATION */
static void read_not(struct ddl *p, struct catalog_column *column)
{
    if (ddl_accept(p, WORD_NULL)) {
        column->nullable = false;
        if (ddl_accept_two(p, WORD_ON, WORD_CONFLICT))
            ddl_advance(p);
        return;
    }
    if (ddl_accept(p, WORD_FOR)) {
        ddl_advance(p);
        return;
    }
    ddl_advance(p);
}

/* Attributes that begin a constraint. false: it is none. */
static bool read_constraint(struct ddl *p, struct place *at)
{
    struct catalog_column *column = column_at(at);
    const char *name = at->constraint, *column_name = column->name;
    enum ddl_word word = p->token.word;
    struct catalog_names columns = { 0 };
    if (word == WORD_PRIMARY || (word == WORD_KEY && p->dialect == DDL_MYSQL)) {
        ddl_primary_key(p, at->t, name, column_name);
    } else if (word == WORD_UNIQUE) {
        ddl_unique(p, at->t, name, column_name);
    } else if (word == WORD_CHECK) {
        ddl_check(p, at->t, name);
    } else if (word == WORD_INDEX && p->dialect == DDL_SQLSERVER) {
        ddl_inline_index(p, at->t, column_name);
    } else if (word == WORD_REFERENCES || (word == WORD_FOREIGN && ddl_peek(p)->word == WORD_KEY)) {
        if (ddl_accept(p, WORD_FOREIGN)) {
            ddl_advance(p);
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_name_list(p, &columns);
        }
        if (columns.count == 0) {
            ddl_names_add(p, &columns, column_name);
        }
        ddl_references(p, at->t, name, &columns);
    } else {
        return false;
    }
    at->constraint = NULL;
    return true;
}

/* Words that stand alone, or with one word or bracket behind them, and that the model does not keep. */
static bool pass_attribute(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_ASCII:
    case WORD_UNICODE:
    case WORD_HIDDEN:
    case WORD_VISIBLE:
    case WORD_INVISIBLE:
    case WORD_SPARSE:
    case WORD_ROWGUIDCOL:
    case WORD_FILESTREAM:
    case WORD_ENABLE:
    case WORD_DISABLE:
    case WORD_VALIDATE:
    case WORD_NOVALIDATE:
    case WORD_RELY:
    case WORD_SORT:
    case WORD_ENFORCED:
    case WORD_DEFERRABLE:
    case WORD_VIRTUAL:
    case WORD_PERIOD:
        ddl_advance(p);
        return true;
    case WORD_STORAGE:
    case WORD_COMPRESSION:
    case WORD_COLUMN_FORMAT:
    case WORD_SRID:
    case WORD_ENGINE_ATTRIBUTE:
    case WORD_INITIALLY:
        ddl_advance(p);
        (void)ddl_accept_mark(p, '=');
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
        return true;
    case WORD_WITH:
    case WORD_OPTIONS:
    case WORD_MASKED:
    case WORD_ENCRYPTED:
    case WORD_ENCRYPT:
    case WORD_USING:
    case WORD_ANNOTATIONS:
        ddl_advance(p);
        while (p->token.kind == TOKEN_WORD &&
               (p->token.word == WORD_WITH || p->token.word == WORD_INDEX || p->token.word == WORD_VALUES ||
                p->token.word == WORD_OPTIONS || p->token.word == WORD_USING))
            ddl_advance(p);
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        return true;
    default:
        return p->dialect == DDL_MYSQL && ddl_mysql_attribute(p);
    }
}

static bool read_attribute(struct ddl *p, struct place *at)
{
    if (p->token.kind != TOKEN_WORD)
        return false;
    if (read_constraint(p, at))
        return true;
    struct catalog_column *column = column_at(at);
    struct ddl_name name = { 0 };
    if (ddl_accept(p, WORD_CONSTRAINT)) {
        if (ddl_name(p, &name))
            at->constraint = name.text;
    } else if (ddl_accept(p, WORD_NOT)) {
        read_not(p, column);
    } else if (ddl_accept(p, WORD_NULL)) {
        column->nullable = true;
    } else if (ddl_accept(p, WORD_DEFAULT)) {
        ddl_column_default(p, column);
    } else if (ddl_accept(p, WORD_COLLATE)) {
        read_collation(p, column);
    } else if (ddl_accept_two(p, WORD_CHARACTER, WORD_SET) || ddl_accept(p, WORD_CHARSET)) {
        (void)ddl_accept_mark(p, '=');
        column->collation = ddl_mysql_charset(p);
    } else if (ddl_accept(p, WORD_COMMENT)) {
        read_comment(p, column);
    } else if (ddl_accept(p, WORD_AUTO_INCREMENT) || ddl_accept(p, WORD_AUTOINCREMENT)) {
        column->identity = true;
        column->nullable = false;
    } else if (ddl_accept(p, WORD_IDENTITY)) {
        ddl_column_identity(p, column);
    } else if (ddl_accept(p, WORD_GENERATED)) {
        ddl_column_generated(p, column);
    } else if (ddl_accept(p, WORD_AS)) {
        ddl_column_computed(p, column);
    } else if (ddl_accept(p, WORD_STORED) || ddl_accept(p, WORD_PERSISTED) || ddl_accept(p, WORD_PERSISTENT)) {
        column->generated_stored = true;
    } else if (ddl_accept(p, WORD_ON)) {
        read_on(p, column);
    } else if (p->dialect == DDL_MYSQL && ddl_accept(p, WORD_INVISIBLE)) {
        ddl_extra(p, at->t, "invisible column", column->name, strlen(column->name));
    } else {
        return pass_attribute(p);
    }
    return true;
}

static bool ends_column(struct ddl *p)
{
    return ddl_stopped(p) || p->token.kind == TOKEN_COMMA || p->token.kind == TOKEN_CLOSE ||
           (p->building == NULL && ddl_at_statement(p));
}

/* What an ALTER goes on with: the next action, or the column's place. */
static bool ends_action(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_ADD:
    case WORD_MODIFY:
    case WORD_DROP:
    case WORD_RENAME:
    case WORD_AFTER:
    case WORD_FIRST:
        return true;
    default:
        return false;
    }
}

/* What goes on behind words that nobody knows: keys, first of all. */
static bool is_understood(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_CONSTRAINT:
    case WORD_REFERENCES:
        return true;
    case WORD_PRIMARY:
    case WORD_FOREIGN:
        return ddl_peek(p)->word == WORD_KEY;
    case WORD_NOT:
        return ddl_peek(p)->word == WORD_NULL;
    default:
        return false;
    }
}

void ddl_column_attributes(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct catalog_column *column = ddl_column_find(p, t, name);
    if (column == NULL)
        return;
    struct place at = { .t = t, .index = (size_t)(column - t->table.columns) };
    while (!ends_column(p)) {
        if (read_attribute(p, &at))
            continue;
        if (p->building != t && ends_action(p))
            return;
        const char *from = p->token.text;
        ddl_warn(p, from, "column %.80s: \"%.*s\" is not understood", name,
                 (int)(p->token.size < 40 ? p->token.size : 40), from);
        do {
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL);
            else
                ddl_advance(p);
        } while (!ends_column(p) && !is_understood(p) && !(p->building != t && ends_action(p)));
        ddl_extra(p, t, "attribute", from, (size_t)(p->behind - from));
    }
}

/* serial, and MySQL's: bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE. */
static void understand_serial(struct ddl *p, struct ddl_table *t, struct catalog_column *column)
{
    const char *type = column->native_type;
    if (type == NULL || (p->dialect != DDL_POSTGRESQL && p->dialect != DDL_MYSQL))
        return;
    if (strncasecmp(type, "serial", 6) != 0 && strncasecmp(type, "bigserial", 9) != 0 &&
        strncasecmp(type, "smallserial", 11) != 0)
        return;
    column->identity = true;
    column->nullable = false;
    if (p->dialect != DDL_MYSQL || !ddl_grows(p, t->table.unique_count, sizeof(struct catalog_key)))
        return;
    struct catalog_key *key = catalog_unique_add(p->c, &t->table);
    *key = (struct catalog_key){ 0 };
    ddl_names_add(p, &key->columns, column->name);
}

void ddl_column(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    const char *from = p->token.text;
    if (!ddl_name(p, &name)) {
        while (!ends_column(p)) {
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL);
            else
                ddl_advance(p);
        }
        ddl_warn(p, from, "neither a column nor a constraint: \"%.*s\"",
                 p->behind > from && p->behind - from < 60 ? (int)(p->behind - from) : 60, from);
        return;
    }
    struct catalog_column *column = ddl_column_add(p, t, name.text);
    if (column == NULL)
        return;
    ddl_native_type(p, column);
    if (column->native_type == NULL && p->dialect == DDL_SQLITE)
        column->type.name = TYPE_DYNAMIC;
    understand_serial(p, t, column);
    struct place at = { .t = t, .index = t->table.column_count - 1 };
    while (!ends_column(p)) {
        if (read_attribute(p, &at))
            continue;
        ddl_column_attributes(p, t, name.text);
        return;
    }
}
