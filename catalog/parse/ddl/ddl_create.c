/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_create.c - CREATE and ALTER of everything: which reader takes it is told by the words up to the kind of object.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

struct words { /* between CREATE and the kind */
    bool temporary, private, replace, unlogged, foreign, virtual, unique, materialized, public;
    const char *method; /* of an index */
};

static void pass_definer(struct ddl *p)
{
    (void)ddl_accept_mark(p, '=');
    ddl_advance(p); /* `user`@`host`, CURRENT_USER() */
    while (p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_OPEN ||
           p->token.kind == TOKEN_CLOSE || (p->token.kind == TOKEN_MARK && p->token.mark == '@') ||
           (p->token.kind == TOKEN_WORD && p->token.text[0] == '@'))
        ddl_advance(p);
}

/* Words that change nothing the model holds. GLOBAL: Oracle's is a table like others, only its rows go. */
static bool says_nothing(enum ddl_word word)
{
    switch (word) {
    case WORD_GLOBAL:
    case WORD_OR:
    case WORD_ALTER:
    case WORD_LOCAL:
    case WORD_RECURSIVE:
    case WORD_FORCE:
    case WORD_NOFORCE:
    case WORD_NO:
    case WORD_EDITIONABLE:
    case WORD_NONEDITIONABLE:
    case WORD_EDITIONING:
    case WORD_CLUSTERED:
    case WORD_NONCLUSTERED:
    case WORD_UNLOGGED:
    case WORD_CACHED:
    case WORD_MEMORY:
    case WORD_PRIMARY:
    case WORD_SHARDED:
    case WORD_DUPLICATED:
    case WORD_IMMUTABLE:
    case WORD_BLOCKCHAIN:
    case WORD_CONSTRAINT:
    case WORD_AGGREGATE:
    case WORD_SQL:
        return true;
    default:
        return false;
    }
}

/* OR REPLACE, TEMPORARY, UNIQUE, DEFINER = x, ...; false: p->token is the kind. */
static bool take_word(struct ddl *p, struct words *w)
{
    switch (p->token.word) {
    case WORD_TEMP:
    case WORD_TEMPORARY:
        w->temporary = true;
        break;
    case WORD_REPLACE:
        w->replace = true;
        break;
    case WORD_PRIVATE:
        w->private = true;
        break;
    case WORD_PUBLIC:
        w->public = true;
        break;
    case WORD_FOREIGN:
    case WORD_EXTERNAL:
        w->foreign = true;
        break;
    case WORD_VIRTUAL:
        w->virtual = true;
        break;
    case WORD_UNIQUE:
        w->unique = true;
        break;
    case WORD_MATERIALIZED:
        w->materialized = true;
        break;
    case WORD_FULLTEXT:
        w->method = "fulltext";
        break;
    case WORD_SPATIAL:
        w->method = "spatial";
        break;
    case WORD_BITMAP:
        w->method = "bitmap";
        break;
    case WORD_COLUMNSTORE:
        w->method = "columnstore";
        break;
    case WORD_XML:
        w->method = "xml";
        break;
    case WORD_DEFINER:
    case WORD_ALGORITHM:
        ddl_advance(p);
        if (p->token.kind == TOKEN_MARK)
            pass_definer(p);
        return true;
    case WORD_SECURITY: /* SQL SECURITY INVOKER */
        ddl_advance(p);
        break;
    default:
        if (!says_nothing(p->token.word))
            return false;
        break;
    }
    ddl_advance(p);
    return true;
}

/* Routines, triggers, packages: code with statements of its own. */
static void read_code(struct ddl *p, enum ddl_left_out what, const char *word)
{
    struct ddl_path path = { 0 };
    ddl_advance(p);
    if (ddl_accept(p, WORD_BODY))
        word = NULL;
    if (p->token.word == WORD_IF && ddl_peek(p)->word == WORD_NOT) {
        ddl_advance(p);
        ddl_advance(p);
        (void)ddl_accept(p, WORD_EXISTS);
    }
    (void)ddl_path(p, &path);
    if (word != NULL)
        ddl_leave_out(p, what, word, &path);
    ddl_skip_body(p);
}

static void read_schema(struct ddl *p)
{
    struct ddl_name name = { 0 }, owner = { 0 };
    ddl_advance(p);
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        (void)ddl_accept(p, WORD_EXISTS);
    if (p->token.word != WORD_AUTHORIZATION)
        (void)ddl_name(p, &name);
    if (ddl_accept(p, WORD_AUTHORIZATION) && ddl_name(p, &owner) && name.text == NULL)
        name = owner;
    if (p->token.word != WORD_CREATE || name.text == NULL) {
        ddl_skip_tail(p);
        return;
    }
    const char *schema = p->schema; /* its elements are created within it */
    bool quoted = p->schema_quoted;
    p->schema = name.text;
    p->schema_quoted = name.quoted;
    while (ddl_accept(p, WORD_CREATE) && p->depth < p->limits.depth_max) {
        p->depth++;
        ddl_create(p);
        p->depth--;
    }
    p->schema = schema;
    p->schema_quoted = quoted;
}

/* Extensions, roles, policies, ...: named, and passed over to the end. */
static void read_other(struct ddl *p)
{
    const char *word = ddl_word_text(p->token.word);
    static const enum ddl_word silent[] = { WORD_DATABASE, WORD_EXTENSION,  WORD_USER,       WORD_ROLE,
                                            WORD_LOGIN,    WORD_TABLESPACE, WORD_STATISTICS, WORD_DIRECTORY,
                                            WORD_PROFILE,  WORD_SERVER,     WORD_LANGUAGE,   WORD_FULLTEXT };
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (p->token.word == silent[i]) {
            ddl_skip_statement(p);
            return;
        }
    struct ddl_path path = { 0 };
    bool rule = p->token.word == WORD_RULE;
    bool policy = p->token.word == WORD_POLICY && p->dialect == DDL_POSTGRESQL;
    ddl_advance(p);
    (void)ddl_path(p, &path);
    struct ddl_path on = { 0 };
    struct ddl_table *t = NULL;
    if (policy && path.name.text != NULL && ddl_accept(p, WORD_ON) && ddl_path(p, &on))
        t = ddl_table_find(p, &on);
    if (t != NULL)
        ddl_extra(p, t, "policy", path.name.text, strlen(path.name.text));
    ddl_leave_out(p, DDL_OTHER, word[0] != '\0' ? word : "object", t != NULL ? NULL : &path);
    size_t depth = 0; /* a rule has semicolons in brackets */
    while (rule && p->token.kind != TOKEN_END && !(p->token.kind == TOKEN_STOP && depth == 0)) {
        depth += p->token.kind == TOKEN_OPEN;
        depth -= p->token.kind == TOKEN_CLOSE && depth > 0;
        ddl_advance(p);
    }
    ddl_skip_tail(p);
}

static const char *table_kind(const struct ddl *p, const struct words *w)
{
    if (w->virtual)
        return "virtual";
    if (w->foreign)
        return "foreign";
    bool lasts = p->dialect == DDL_ORACLE && !w->private; /* only its rows end with the session */
    return w->temporary && !lasts ? "temporary" : NULL;
}

void ddl_create(struct ddl *p)
{
    struct words w = { 0 };
    while (take_word(p, &w))
        continue;
    switch (p->token.word) {
    case WORD_TABLE:
        ddl_advance(p);
        ddl_create_table(p, table_kind(p, &w), w.replace && p->dialect == DDL_MYSQL);
        return;
    case WORD_INDEX:
        ddl_advance(p);
        ddl_create_index(p, w.unique, w.method);
        return;
    case WORD_VIEW:
        ddl_advance(p);
        ddl_create_view(p, w.materialized);
        return;
    case WORD_SEQUENCE:
        ddl_advance(p);
        ddl_create_sequence(p);
        return;
    case WORD_DOMAIN:
        ddl_advance(p);
        ddl_create_domain(p);
        return;
    case WORD_SYNONYM:
        ddl_advance(p);
        ddl_create_synonym(p);
        return;
    case WORD_SCHEMA:
        read_schema(p);
        return;
    case WORD_TYPE:
        if (ddl_peek(p)->word == WORD_BODY) {
            read_code(p, DDL_ROUTINE, "type body");
            return;
        }
        ddl_advance(p);
        ddl_create_type(p);
        return;
    case WORD_FUNCTION:
    case WORD_PROCEDURE:
    case WORD_PROC:
    case WORD_PACKAGE:
    case WORD_LIBRARY:
    case WORD_JAVA:
        read_code(p, DDL_ROUTINE, ddl_word_text(p->token.word));
        return;
    case WORD_EVENT: /* SQL Server's sessions and notifications are no code */
        if (p->dialect == DDL_SQLSERVER) {
            read_other(p);
            return;
        }
        read_code(p, DDL_TRIGGER, ddl_word_text(p->token.word));
        return;
    case WORD_TRIGGER:
        ddl_advance(p);
        ddl_create_trigger(p);
        return;
    default:
        read_other(p);
        return;
    }
}

/* ALTER SESSION SET CURRENT_SCHEMA = x */
static void alter_session(struct ddl *p)
{
    struct ddl_name name = { 0 };
    while (!ddl_stopped(p)) {
        bool schema = p->token.size == 14 && strncasecmp(p->token.text, "CURRENT_SCHEMA", 14) == 0;
        ddl_advance(p);
        if (schema && ddl_accept_mark(p, '=') && ddl_name(p, &name)) {
            p->schema = name.text;
            p->schema_quoted = name.quoted;
        }
    }
}

void ddl_alter(struct ddl *p)
{
    while (p->token.word == WORD_FOREIGN || p->token.word == WORD_EXTERNAL || p->token.word == WORD_IGNORE)
        ddl_advance(p);
    switch (p->token.word) {
    case WORD_TABLE:
        ddl_advance(p);
        ddl_alter_table(p);
        return;
    case WORD_SEQUENCE:
        ddl_advance(p);
        ddl_alter_sequence(p);
        return;
    case WORD_TYPE:
        ddl_advance(p);
        ddl_alter_type(p);
        return;
    case WORD_PROCEDURE:
    case WORD_PROC:
    case WORD_FUNCTION:
    case WORD_TRIGGER:
    case WORD_VIEW:
        if (p->dialect == DDL_SQLSERVER)
            ddl_skip_body(p);
        else
            ddl_skip_statement(p);
        return;
    default:
        if (p->token.size == 7 && strncasecmp(p->token.text, "SESSION", 7) == 0)
            alter_session(p);
        else
            ddl_skip_statement(p);
        return;
    }
}
