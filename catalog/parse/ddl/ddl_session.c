/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_session.c - what a session says that changes how later statements are read: the schema of names without one,
 * and how strings are escaped.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool is_text(const struct ddl_token *t, const char *text)
{
    return t->size == strlen(text) && strncasecmp(t->text, text, t->size) == 0;
}

/* The first schema of a list: foo, "$user", 'public'. */
static void take_schema(struct ddl *p)
{
    struct ddl_name name = { 0 };
    while (!ddl_stopped(p)) {
        if (p->token.kind == TOKEN_STRING) {
            name = (struct ddl_name){ .text = ddl_string(p, &p->token) };
            ddl_advance(p);
        } else if (!ddl_name(p, &name)) {
            return;
        }
        if (strcmp(name.text, "$user") != 0 && strcasecmp(name.text, "pg_catalog") != 0)
            break;
        name.text = NULL;
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    bool set = name.text != NULL && name.text[0] != '\0' && strcasecmp(name.text, "default") != 0;
    p->schema = set ? name.text : "public";
    p->schema_quoted = set && name.quoted;
}

/* MySQL has no IF outside of routines, so scripts that may run twice put a change into a variable, SET @s = (SELECT
 * IF(.., 'SELECT 1', 'ALTER TABLE ..')), and execute that. It is read as if it were executed; text that is put together
 * can't be. */
static void read_prepared(struct ddl *p, const struct ddl_token *text)
{
    static const char *const words[] = { "CREATE TABLE", "ALTER TABLE", "DROP TABLE", "RENAME TABLE" };
    const char *at = text->text + 1, *end = text->text + text->size;
    while (at < end && strchr(" \t\r\n", *at) != NULL)
        at++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((size_t)(end - at) > strlen(words[i]) && strncasecmp(at, words[i], strlen(words[i])) == 0) {
            const char *inner = ddl_string(p, text);
            p->conditional = true;
            ddl_nested(p, inner, text->text);
            p->conditional = false;
            return;
        }
}

/* SET [SESSION] sql_mode = 'NO_BACKSLASH_ESCAPES,...', @s = '...', among others. */
static void read_variables(struct ddl *p)
{
    bool mode = false, concat = false;
    for (; !ddl_stopped(p); ddl_advance(p)) {
        bool text = p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_NAME;
        if (p->token.kind == TOKEN_MARK)
            continue;
        if (mode)
            p->lex.backslash = !text || memmem(p->token.text, p->token.size, "NO_BACKSLASH_ESCAPES", 20) == NULL;
        mode = (is_text(&p->token, "sql_mode") || is_text(&p->token, "@sql_mode")) && ddl_peek(p)->kind == TOKEN_MARK;
        concat = concat || is_text(&p->token, "CONCAT") || is_text(&p->token, "REPLACE");
        if (text && !concat)
            read_prepared(p, &p->token);
    }
}

/* PREPARE s FROM 'CREATE TABLE ...' */
void ddl_prepare(struct ddl *p)
{
    while (!ddl_stopped(p) && !ddl_accept(p, WORD_FROM))
        ddl_advance(p);
    if (p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_NAME)
        read_prepared(p, &p->token);
    ddl_skip_statement(p);
}

static void read_set(struct ddl *p)
{
    ddl_advance(p);
    if (p->dialect == DDL_MYSQL) {
        read_variables(p);
        return;
    }
    if (is_text(&p->token, "SESSION") || p->token.word == WORD_LOCAL)
        ddl_advance(p);
    bool path = is_text(&p->token, "search_path"), escapes = is_text(&p->token, "standard_conforming_strings");
    if ((!path && !escapes) || p->dialect != DDL_POSTGRESQL) {
        ddl_skip_statement(p);
        return;
    }
    ddl_advance(p);
    if (!ddl_accept_mark(p, '='))
        (void)ddl_accept(p, WORD_TO);
    if (path)
        take_schema(p);
    else
        p->lex.backslash = p->token.word == WORD_OFF;
    ddl_skip_statement(p);
}

/* SELECT pg_catalog.set_config('search_path', 'x', false); other queries end here too. */
static void read_select(struct ddl *p)
{
    if (p->dialect == DDL_SQLSERVER) {
        ddl_select_into(p);
        return;
    }
    if (p->dialect != DDL_POSTGRESQL) {
        ddl_skip_statement(p);
        return;
    }
    struct ddl_reading from = ddl_reading_here(p);
    ddl_advance(p);
    if (ddl_peek(p)->kind == TOKEN_DOT) {
        ddl_advance(p);
        ddl_advance(p);
    }
    if (is_text(&p->token, "set_config")) {
        ddl_advance(p);
        if (ddl_accept_kind(p, TOKEN_OPEN) && is_text(&p->token, "'search_path'")) {
            ddl_advance(p);
            if (ddl_accept_kind(p, TOKEN_COMMA))
                take_schema(p);
        }
        ddl_skip_statement(p);
        return;
    }
    ddl_reading_resume(p, &from);
    ddl_select_into(p);
}

void ddl_session(struct ddl *p)
{
    struct ddl_name name = { 0 };
    if (p->token.word == WORD_SET) {
        read_set(p);
    } else if (p->token.word == WORD_SELECT) {
        read_select(p);
    } else { /* USE x */
        ddl_advance(p);
        bool named = ddl_name(p, &name);
        if (named && p->dialect == DDL_MYSQL) { /* SQL Server's is a database: schemas lie within */
            p->schema = name.text;
            p->schema_quoted = name.quoted;
        }
        if (p->dialect != DDL_SQLSERVER)
            ddl_skip_statement(p);
    }
}
