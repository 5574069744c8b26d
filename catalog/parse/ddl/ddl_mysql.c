/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_mysql.c - what only MySQL's and MariaDB's texts have, and a table as their servers show it: a dump and the
 * database that it came from have the same catalog (catalog/spelling_mysql.h).
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"
#include "catalog/spelling_mysql.h"

static bool is(const struct ddl_token *t, const char *word)
{
    return t->kind == TOKEN_WORD && t->size == strlen(word) && strncasecmp(t->text, word, t->size) == 0;
}

const char *ddl_mysql_charset(struct ddl *p)
{
    struct ddl_name name = { 0 };
    if (p->dialect != DDL_MYSQL || !ddl_room(p) || !ddl_name(p, &name)) {
        ddl_advance(p);
        return NULL;
    }
    const char *collation = spelling_mysql_collation(p->arena, name.text);
    return collation != NULL ? collation : "";
}

/* BINARY: the character set's binary collation; COMPRESSED=zlib; WITHOUT SYSTEM VERSIONING */
bool ddl_mysql_attribute(struct ddl *p)
{
    if (is(&p->token, "BINARY")) {
        ddl_advance(p);
    } else if (is(&p->token, "COMPRESSED")) {
        ddl_advance(p);
        if (ddl_accept_mark(p, '='))
            ddl_advance(p);
    } else if (p->token.word == WORD_WITHOUT && is(ddl_peek(p), "SYSTEM")) {
        ddl_advance(p);
        ddl_advance(p);
        ddl_advance(p);
    } else {
        return false;
    }
    return true;
}

bool ddl_mysql_hides(const struct ddl *p)
{
    return p->token.word == WORD_INVISIBLE || is(&p->token, "IGNORED");
}

bool ddl_mysql_period(struct ddl *p, struct ddl_table *t, const char *what, const char *at)
{
    static const char end[] = " WITHOUT OVERLAPS)";
    size_t size = (size_t)(p->behind - at);
    if (p->dialect != DDL_MYSQL || size < sizeof end ||
        strncasecmp(p->behind - sizeof end + 1, end, sizeof end - 1) != 0)
        return false;
    ddl_extra(p, t, what, at, size);
    ddl_warn(p, at, "a %s over a period (WITHOUT OVERLAPS) is no key of columns: it is an extra of its table", what);
    ddl_constraint_tail(p, NULL, NULL);
    return true;
}

bool ddl_mysql_versioning(struct ddl *p, struct ddl_table *t)
{
    if (p->dialect != DDL_MYSQL || !is(&p->token, "SYSTEM") || !is(ddl_peek(p), "VERSIONING"))
        return false;
    ddl_advance(p);
    ddl_advance(p);
    if (ddl_grows(p, t->table.extra_count, sizeof *t->table.extras))
        catalog_extra_add(p->c, &t->table)->what = "system versioning";
    return true;
}

/* [DEFAULT] CHARSET = x, COLLATE = y, [WITH] SYSTEM VERSIONING */
bool ddl_mysql_option(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    if (ddl_accept_two(p, WORD_CHARACTER, WORD_SET) || ddl_accept(p, WORD_CHARSET)) {
        (void)ddl_accept_mark(p, '=');
        t->collation = ddl_mysql_charset(p);
    } else if (ddl_accept(p, WORD_COLLATE)) {
        (void)ddl_accept_mark(p, '=');
        if (ddl_name(p, &name))
            t->collation = name.text;
    } else {
        return ddl_mysql_versioning(p, t);
    }
    return true;
}

static bool has_collation(const struct catalog_column *column)
{
    static const char *const words[] = {
        "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"
    };
    const char *type = column->native_type;
    for (size_t i = 0; type != NULL && i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);
        if (strncasecmp(type, words[i], size) == 0 && (type[size] == '\0' || type[size] == '(' || type[size] == ' '))
            return true;
    }
    return false;
}

void ddl_mysql_finish(struct ddl *p, struct ddl_table *t)
{
    const char *usual = t->collation != NULL && t->collation[0] != '\0' ? t->collation : NULL;
    for (size_t i = 0; i < t->table.column_count && ddl_room(p); i++) {
        struct catalog_column *column = &t->table.columns[i];
        if (column->collation == NULL && usual != NULL && has_collation(column))
            column->collation = usual;
        else if (column->collation != NULL && column->collation[0] == '\0')
            column->collation = NULL;
    }
}
