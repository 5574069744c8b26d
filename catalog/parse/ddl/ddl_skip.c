/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_skip.c - statements that say nothing about the schema, passed over as raw text: data first of all.
 *
 * A table of bytes finds the next one that matters (a quote, a comment, the end); values between quotes are passed by
 * memchr. SQL Server needs no semicolon, so there a line that begins a statement ends the one before.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

void ddl_skip_init(struct ddl *p)
{
    static const unsigned char always[] = "'\"`;-/*#";
    for (const unsigned char *at = always; *at != '\0'; at++)
        p->skip[*at] = 1;
    if (p->dialect == DDL_POSTGRESQL)
        p->skip['$'] = 1;
    if (p->dialect == DDL_POSTGRESQL || p->dialect == DDL_MYSQL)
        p->skip['\\'] = 1;
    if (p->dialect == DDL_SQLSERVER || p->dialect == DDL_SQLITE)
        p->skip['['] = 1;
    if (p->dialect == DDL_SQLSERVER || p->dialect == DDL_ORACLE)
        p->skip['\n'] = 1;
}

static bool is_object(enum ddl_word word)
{
    switch (word) {
    case WORD_TABLE:
    case WORD_VIEW:
    case WORD_SEQUENCE:
    case WORD_TYPE:
    case WORD_SCHEMA:
    case WORD_DATABASE:
    case WORD_PROCEDURE:
    case WORD_PROC:
    case WORD_FUNCTION:
    case WORD_TRIGGER:
    case WORD_SYNONYM:
    case WORD_ROLE:
    case WORD_USER:
    case WORD_LOGIN:
        return true;
    default:
        return false;
    }
}

static bool is_created(enum ddl_word word)
{
    return is_object(word) || word == WORD_INDEX || word == WORD_UNIQUE || word == WORD_CLUSTERED ||
           word == WORD_NONCLUSTERED || word == WORD_OR || word == WORD_GLOBAL || word == WORD_TEMPORARY ||
           word == WORD_MATERIALIZED || word == WORD_PACKAGE || word == WORD_UNLOGGED || word == WORD_EXTENSION ||
           word == WORD_EXTERNAL || word == WORD_FOREIGN || word == WORD_COLUMNSTORE || word == WORD_XML ||
           word == WORD_FULLTEXT || word == WORD_STATISTICS || word == WORD_PARTITION || word == WORD_RULE ||
           word == WORD_DEFAULT || word == WORD_PUBLIC || word == WORD_FORCE || word == WORD_PRIVATE;
}

bool ddl_at_statement(struct ddl *p)
{
    bool free = p->dialect == DDL_SQLSERVER; /* of semicolons */
    switch (p->token.word) {
    case WORD_CREATE:
        return (free || p->token.line_first) && is_created(ddl_peek(p)->word);
    case WORD_ALTER:
    case WORD_DROP:
        return (free || p->token.line_first) && is_object(ddl_peek(p)->word);
    case WORD_COMMENT:
        return p->token.line_first && ddl_peek(p)->word == WORD_ON;
    case WORD_INSERT:
    case WORD_GRANT:
        return free || p->token.line_first;
    case WORD_EXEC:
    case WORD_EXECUTE:
    case WORD_IF:
    case WORD_DECLARE:
    case WORD_PRINT:
    case WORD_ELSE:
    case WORD_END:
    case WORD_BEGIN:
        return free;
    case WORD_SELECT:
    case WORD_SET:
    case WORD_UPDATE:
    case WORD_DELETE:
    case WORD_USE:
        return free && p->token.line_first;
    default:
        return false;
    }
}

static const char *raw_word(struct ddl *p, const char *at, enum ddl_word *ret_word)
{
    while (at < p->lex.end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    const char *from = at;
    while (at < p->lex.end && ddl_lex_word_byte(&p->lex, *at))
        at++;
    *ret_word = ddl_word_find(&p->lex.words, from, (size_t)(at - from));
    return at;
}

/* Does a statement begin on the line at `at`? */
static bool raw_statement(struct ddl *p, const char *at)
{
    enum ddl_word first, second;
    at = raw_word(p, at, &first);
    switch (first) {
    case WORD_CREATE:
        (void)raw_word(p, at, &second);
        return is_created(second);
    case WORD_ALTER:
    case WORD_DROP:
        (void)raw_word(p, at, &second);
        return is_object(second);
    case WORD_EXEC:
    case WORD_EXECUTE:
    case WORD_IF:
    case WORD_USE:
        return true;
    default:
        return false;
    }
}

/* Behind the quote that opens at `at`, told by what stands before it; NULL: it is never closed. */
static const char *pass_quote(struct ddl *p, const char *at)
{
    char before = at > p->lex.begin ? at[-1] : ' ';
    bool prefixed = at - p->lex.begin < 2 || !ddl_lex_word_byte(&p->lex, at[-2]);
    bool escapes = p->lex.backslash && *at != '`';
    const char *behind;
    if (*at == '\'' && p->dialect == DDL_POSTGRESQL && (before == 'E' || before == 'e') && prefixed)
        escapes = true;
    if (*at == '\'' && p->dialect == DDL_ORACLE && (before == 'q' || before == 'Q') && prefixed)
        behind = ddl_lex_oracle_quoted(&p->lex, at);
    else
        behind = ddl_lex_quoted(&p->lex, at, escapes);
    return behind;
}

/* To the byte that ends the statement, or the whole batch; the text's end if none does. */
static const char *statement_end(struct ddl *p, const char *at, bool batch)
{
    const char *end = p->lex.end;
    char custom = p->lex.delimiter_size > 0 ? p->lex.delimiter[0] : ';';
    while (at < end) {
        if (!p->skip[(unsigned char)*at] && *at != custom) {
            at++;
            continue;
        }
        const char *behind;
        if (*at == ';' && !batch)
            return at;
        if (*at == custom && p->lex.delimiter_size > 0 && (size_t)(end - at) >= p->lex.delimiter_size &&
            memcmp(at, p->lex.delimiter, p->lex.delimiter_size) == 0)
            return at;
        switch (*at) {
        case '\'':
        case '"':
        case '`':
        case '[':
            behind = p->lex.unclosed < UNCLOSED_MAX ? pass_quote(p, at) : NULL;
            if (behind == NULL) { /* what is damaged ends at its line */
                p->lex.unclosed++;
                behind = ddl_lex_line_end(&p->lex, at);
                if (!batch)
                    return behind;
            }
            at = behind;
            break;
        case '$':
            behind = at > p->lex.begin && ddl_lex_word_byte(&p->lex, at[-1]) ? NULL : ddl_lex_dollar(&p->lex, at);
            at = behind != NULL ? behind : at + 1;
            break;
        case '\\':
            if (ddl_lex_go(&p->lex, at))
                return at;
            at++;
            break;
        case '\n':
            if (ddl_lex_stop_line(&p->lex, at + 1) != NULL ||
                (p->dialect == DDL_SQLSERVER && !batch && raw_statement(p, at + 1)))
                return at;
            at++;
            break;
        default:
            behind = ddl_lex_comment(&p->lex, at);
            at = behind > at ? behind : at + 1;
            break;
        }
    }
    return at;
}

static void go_to(struct ddl *p, const char *at)
{
    p->has_ahead = false;
    p->token.text = at;
    p->token.size = 0;
    p->lex.at = at;
    ddl_advance(p);
}

void ddl_skip_statement(struct ddl *p)
{
    if (!ddl_stopped(p))
        go_to(p, statement_end(p, p->token.text, false));
}

bool ddl_skip_batch(struct ddl *p)
{
    if (p->token.kind == TOKEN_END || (p->token.kind == TOKEN_STOP && p->token.size > 1)) /* it is here */
        return true;
    const char *at = p->lex.batches_over ? p->lex.end : statement_end(p, p->token.text, true);
    p->lex.batches_over = at == p->lex.end;
    if (p->lex.batches_over && !p->batched)
        return false;
    go_to(p, at);
    return true;
}

void ddl_skip_tail(struct ddl *p)
{
    if (!ddl_at_statement(p))
        ddl_skip_statement(p);
}

void ddl_skip_rest(struct ddl *p)
{
    if (ddl_stopped(p))
        return;
    const char *from = p->token.text;
    size_t size = p->token.size < 40 ? p->token.size : 40;
    do {
        ddl_advance(p);
    } while (!ddl_stopped(p) && !ddl_at_statement(p));
    ddl_warn(p, from, "from \"%.*s\" on this statement is not understood", (int)size, from);
}

void ddl_skip_to(struct ddl *p, const char *at)
{
    if (p->failed == ERROR_OK)
        go_to(p, at);
}
