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
#include "catalog/parse/ddl/ddl_script.h"
#include "catalog/parse/ddl/ddl_statement.h"
#include "catalog/parse/ddl/ddl_text.h"

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

static void say_way_back(struct ddl *p, const char *at)
{
    size_t before = p->c->diagnostic_count;
    p->table_said = NULL;
    ddl_warn(p, at, "what begins here undoes the text before it: it is left out");
    if (p->c->diagnostic_count > before)
        p->c->diagnostics[before].severity = "info";
}

/* A dump names the tool and the server, which may be of the other make. */
static bool is_mariadb(const struct ddl_text *text)
{
    size_t head = text->size < 4096 ? text->size : 4096;
    const char *server = memmem(text->text, head, "-- Server version", 17);
    if (server == NULL)
        return memmem(text->text, head, "MariaDB", 7) != NULL;
    size_t rest = (size_t)(text->text + text->size - server);
    const char *feed = memchr(server, '\n', rest);
    return memmem(server, feed != NULL ? (size_t)(feed - server) : rest, "MariaDB", 7) != NULL;
}

/* In a session of its own: what an earlier text has set does not count. */
static void read_script(struct ddl *p, const struct ddl_text *text)
{
    size_t size = ddl_script_end(text->text, text->size);
    ddl_lex_init(&p->lex, text->text, size, p->dialect);
    p->lex.mariadb = is_mariadb(text);
    p->text = p->counted_at = p->line_begin = text->text;
    p->line = 1;
    p->token = (struct ddl_token){ .kind = TOKEN_STOP, .text = text->text };
    p->has_ahead = false;
    p->schema = schema_usual(p->dialect);
    p->schema_quoted = p->conditional = p->batched = false;
    p->guarded = 0;
    p->table_said = NULL;
    ddl_skip_init(p);
    say_encoding(p, text);
    ddl_advance(p);
    ddl_statements(p);
    if (size < text->size)
        say_way_back(p, text->text + size);
}

static void read_all(struct ddl *p, const struct ddl_text *texts, size_t count)
{
    for (size_t i = 0; i < count && p->failed == ERROR_OK; i++) {
        if (i > 0)
            ddl_script_next(p);
        read_script(p, &texts[i]);
    }
    if (p->failed == ERROR_OK)
        ddl_finish(p);
}

static enum ddl_dialect guess(const struct ddl_script *scripts, const struct ddl_text *texts, size_t count)
{
    int scores[DDL_DIALECTS] = { 0 };
    for (size_t i = 0; i < count; i++)
        ddl_guess_scores(texts[i].text, texts[i].size, scripts[i].name, scores);
    return ddl_guess_best(scores);
}

enum error_class ddl_parse_scripts(struct arena *arena, struct ddl_script *scripts, size_t count, const char *name,
                                   enum ddl_dialect dialect, const struct ddl_limits *limits,
                                   struct catalog **ret_catalog, struct error *e)
{
    struct ddl_text *clean = mem_zero(count, sizeof *clean); /* all stay to the end: pieces of them may be held */
    for (size_t i = 0; i < count; i++)
        ddl_text_clean(scripts[i].text != NULL ? scripts[i].text : "", scripts[i].size, &clean[i]);
    struct ddl *p = mem_zero(1, sizeof *p);
    p->dialect = dialect == DDL_GUESS ? guess(scripts, clean, count) : dialect;
    p->limits = limits != NULL ? *limits : ddl_limits_default();
    p->arena = arena;
    p->scratch = arena_create(arena_room(arena));
    p->e = e;
    if (arena_room(arena) < 1 << 20) {
        p->failed = error_set(e, ERROR_TOO_LARGE, "no memory is left to read %s", name);
    } else {
        ddl_scripts_begin(p, scripts, count);
        p->c = catalog_create(arena, ddl_dialect_text(p->dialect), name);
        read_all(p, clean, count);
    }
    enum error_class class = p->failed;
    if (class == ERROR_OK)
        *ret_catalog = p->c;
    arena_destroy(p->scratch);
    free(p->buffer);
    free(p);
    for (size_t i = 0; i < count; i++)
        free(clean[i].owned);
    free(clean);
    return class;
}

enum error_class ddl_parse(struct arena *arena, const char *text, size_t size, const char *name,
                           enum ddl_dialect dialect, const struct ddl_limits *limits, struct catalog **ret_catalog,
                           struct error *e)
{
    struct ddl_script script = { .name = name, .text = text, .size = size };
    return ddl_parse_scripts(arena, &script, 1, name, dialect, limits, ret_catalog, e);
}
