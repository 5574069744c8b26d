/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl.c - one reading from bytes to catalog.
 *
 * Happy path: the bytes are cleaned, the dialect is guessed if it is not given, statements are read one by one, and
 * what needs the whole text is done at the end. Failure modes: a limit, and an arena that is full.
 */
#include "catalog/parse/ddl/ddl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/ddl/ddl_statement.h"

static const char *const names[] = {
    [DDL_GUESS] = "guess",   [DDL_POSTGRESQL] = "postgresql", [DDL_MYSQL] = "mysql",
    [DDL_SQLITE] = "sqlite", [DDL_ORACLE] = "oracle",         [DDL_SQLSERVER] = "sqlserver",
};

bool ddl_dialect_from_text(const char *text, enum ddl_dialect *ret_dialect)
{
    for (size_t i = DDL_POSTGRESQL; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], text) == 0) {
            *ret_dialect = (enum ddl_dialect)i;
            return true;
        }
    return false;
}

const char *ddl_dialect_text(enum ddl_dialect dialect)
{
    return (size_t)dialect < sizeof names / sizeof *names ? names[dialect] : names[DDL_GUESS];
}

struct ddl_limits ddl_limits_default(void)
{
    return (struct ddl_limits){ .statements_max = 50000000,
                                .depth_max = 64,
                                .tables_max = CATALOG_TABLES_MAX,
                                .columns_max = CATALOG_COLUMNS_MAX,
                                .diagnostics_max = 1000,
                                .expression_max = 200 * 1024,
                                .work_max = 500000000 };
}

/* Where names without a schema live until the text says otherwise. */
static const char *schema_usual(enum ddl_dialect dialect)
{
    switch (dialect) {
    case DDL_POSTGRESQL:
        return "public";
    case DDL_SQLSERVER:
        return "dbo";
    case DDL_SQLITE:
        return "main";
    default:
        return "";
    }
}

static void say_encoding(struct ddl *p, const struct ddl_text *text)
{
    if (text->bad > 0)
        ddl_warn(p, p->text + text->first_bad, "%zu bytes are no UTF-8 (the first one is here): they are read as '?'",
                 text->bad);
}

static void read_all(struct ddl *p, const struct ddl_text *text)
{
    ddl_lex_init(&p->lex, text->text, text->size, p->dialect);
    size_t head = text->size < 4096 ? text->size : 4096;
    p->lex.mariadb = memmem(text->text, head, "MariaDB", 7) != NULL;
    p->text = p->counted_at = p->line_begin = text->text;
    p->line = 1;
    p->token = (struct ddl_token){ .kind = TOKEN_STOP, .text = text->text };
    ddl_skip_init(p);
    say_encoding(p, text);
    ddl_advance(p);
    ddl_statements(p);
    ddl_finish(p);
}

enum error_class ddl_parse(struct arena *arena, const char *text, size_t size, const char *name,
                           enum ddl_dialect dialect, const struct ddl_limits *limits, struct catalog **ret_catalog,
                           struct error *e)
{
    struct ddl_text clean;
    ddl_text_clean(text != NULL ? text : "", size, &clean);
    if (dialect == DDL_GUESS)
        dialect = ddl_guess(clean.text, clean.size, name);
    struct ddl *p = mem_zero(1, sizeof *p);
    p->dialect = dialect;
    p->limits = limits != NULL ? *limits : ddl_limits_default();
    p->arena = arena;
    p->scratch = arena_create(arena_room(arena));
    p->e = e;
    p->schema = schema_usual(dialect);
    if (arena_room(arena) < 1 << 20) {
        p->failed = error_set(e, ERROR_TOO_LARGE, "no memory is left to read %s", name);
    } else {
        p->c = catalog_create(arena, ddl_dialect_text(dialect), name);
        read_all(p, &clean);
    }
    enum error_class class = p->failed;
    if (class == ERROR_OK)
        *ret_catalog = p->c;
    arena_destroy(p->scratch);
    free(p->buffer);
    free(p);
    free(clean.owned);
    return class;
}
