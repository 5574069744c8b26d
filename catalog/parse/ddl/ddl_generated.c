/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_generated.c - what a column gets by itself: its default, an identity, an expression. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"
#include "catalog/spelling_mysql.h"

const char *ddl_kept_expression(struct ddl *p)
{
    const char *text;
    size_t size;
    ddl_expression(p, &text, &size);
    return ddl_keep(p, text, size);
}

static const char *kept_brackets(struct ddl *p)
{
    const char *text;
    size_t size;
    (void)ddl_brackets(p, &text, &size);
    return ddl_keep(p, text, size);
}

/* nextval('seq') of PostgreSQL, seq.nextval of Oracle, NEXT VALUE FOR seq. */
static bool counts_up(const struct ddl *p, const char *text)
{
    if (p->dialect == DDL_POSTGRESQL)
        return strncasecmp(text, "nextval(", 8) == 0 || strncasecmp(text, "pg_catalog.nextval(", 19) == 0;
    return strcasestr(text, ".nextval") != NULL || strncasecmp(text, "next value for ", 15) == 0 ||
           strncasecmp(text, "(next value for ", 16) == 0 || strncasecmp(text, "nextval(", 8) == 0;
}

void ddl_column_default(struct ddl *p, struct catalog_column *column)
{
    if (p->token.word == WORD_ON && ddl_peek(p)->word == WORD_NULL) { /* Oracle: DEFAULT ON NULL x */
        ddl_advance(p);
        ddl_advance(p);
        if (p->token.word == WORD_FOR) { /* FOR INSERT ONLY, FOR INSERT AND UPDATE */
            while (p->token.kind == TOKEN_WORD && p->token.word != WORD_NULL && ddl_peek(p)->kind == TOKEN_WORD)
                ddl_advance(p);
        }
    }
    const char *text = ddl_kept_expression(p);
    if (p->dialect == DDL_MYSQL && ddl_room(p))
        text = spelling_mysql_default(p->arena, text, p->lex.backslash, &column->type);
    bool counts = counts_up(p, text);
    column->identity = column->identity || counts;
    bool said = counts && p->dialect == DDL_POSTGRESQL; /* as the live database is read: the sequence is beside it */
    column->default_text = strcasecmp(text, "null") == 0 || said ? NULL : text;
}

/* Oracle's options need no brackets: START WITH 1 INCREMENT BY 1 NOCACHE. */
static bool is_option(const struct ddl_token *t)
{
    static const char *const words[] = { "START",      "WITH",       "INCREMENT", "BY",      "MINVALUE", "MAXVALUE",
                                         "NOMINVALUE", "NOMAXVALUE", "CACHE",     "NOCACHE", "CYCLE",    "NOCYCLE",
                                         "ORDER",      "NOORDER",    "KEEP",      "NOKEEP",  "SCALE",    "NOSCALE",
                                         "EXTEND",     "NOEXTEND",   "LIMIT",     "VALUE" };
    if (t->kind == TOKEN_NUMBER || (t->kind == TOKEN_MARK && t->mark == '-'))
        return true;
    for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == t->size && strncasecmp(words[i], t->text, t->size) == 0)
            return true;
    return false;
}

/* Behind IDENTITY. */
void ddl_column_identity(struct ddl *p, struct catalog_column *column)
{
    column->identity = true;
    column->nullable = false;
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_brackets(p, NULL, NULL);
    while (p->dialect == DDL_ORACLE && is_option(&p->token))
        ddl_advance(p);
}

/* Behind GENERATED: ALWAYS AS (x) STORED, BY DEFAULT AS IDENTITY (...), ALWAYS AS ROW START. */
void ddl_column_generated(struct ddl *p, struct catalog_column *column)
{
    bool always = ddl_accept(p, WORD_ALWAYS);
    if (ddl_accept_two(p, WORD_BY, WORD_DEFAULT))
        (void)ddl_accept_two(p, WORD_ON, WORD_NULL);
    if (!ddl_accept(p, WORD_AS))
        return;
    if (ddl_accept(p, WORD_IDENTITY)) {
        column->identity_always = always;
        ddl_column_identity(p, column);
    } else if (ddl_accept(p, WORD_ROW)) {
        bool start = p->token.size == 5 && strncasecmp(p->token.text, "START", 5) == 0;
        column->generated = start ? "ROW START" : "ROW END";
        column->generated_stored = true;
        column->nullable = false;
        ddl_advance(p); /* START or END */
        (void)ddl_accept(p, WORD_HIDDEN);
    } else if (p->token.kind == TOKEN_OPEN) {
        column->generated = kept_brackets(p);
    }
}

/* AS (x) PERSISTED; SQL Server takes it without brackets too. */
void ddl_column_computed(struct ddl *p, struct catalog_column *column)
{
    if (p->token.kind == TOKEN_OPEN) {
        const char *from = p->token.text;
        const char *inner = kept_brackets(p);
        if (p->token.kind == TOKEN_MARK || p->token.kind == TOKEN_NUMBER) { /* (a)+(b) */
            const char *text;
            size_t size;
            ddl_expression(p, &text, &size);
            inner = ddl_keep(p, from, (size_t)(text + size - from));
        }
        column->generated = inner;
    } else {
        column->generated = ddl_kept_expression(p);
    }
}
