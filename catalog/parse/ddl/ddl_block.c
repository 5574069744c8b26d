/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_block.c - statements within others: the body of PostgreSQL's DO, what EXECUTE IMMEDIATE and EXEC run.
 *
 * Scripts that may run twice put their changes into such blocks (add the column unless it is there). They are read as
 * if every branch were taken, in their order, in silence about what is there already. A text that is put together while
 * it runs can't be read: then the block is left out as code.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { NESTED_MAX = 4 };

struct ddl_reading ddl_reading_here(const struct ddl *p)
{
    return (struct ddl_reading){ p->lex, p->token, p->ahead, p->has_ahead, p->behind };
}

void ddl_reading_resume(struct ddl *p, const struct ddl_reading *from)
{
    unsigned unclosed = p->lex.unclosed; /* what was found out about quotes stays known */
    if (p->failed != ERROR_OK)
        return;
    p->lex = from->lex;
    p->lex.unclosed = unclosed;
    p->token = from->token;
    p->ahead = from->ahead;
    p->has_ahead = from->has_ahead;
    p->behind = from->behind;
}

struct outside { /* where the reading goes on behind the block */
    struct ddl_reading reading;
    const char *fixed_at;
};

static bool enter(struct ddl *p, const char *text, size_t size, const char *fixed_at, struct outside *ret_outside)
{
    if (p->depth >= p->limits.depth_max || p->depth >= NESTED_MAX || p->failed != ERROR_OK)
        return false;
    *ret_outside = (struct outside){ ddl_reading_here(p), p->fixed_at };
    p->depth++;
    p->fixed_at = p->fixed_at != NULL ? p->fixed_at : fixed_at;
    p->lex.begin = p->lex.at = text;
    p->lex.end = text + size;
    p->lex.delimiter_size = 0;
    p->lex.batches_over = false;
    p->has_ahead = false;
    p->token = (struct ddl_token){ .kind = TOKEN_STOP, .text = text };
    return true;
}

static void leave(struct ddl *p, const struct outside *outside)
{
    p->depth--;
    p->fixed_at = outside->fixed_at;
    ddl_reading_resume(p, &outside->reading);
}

void ddl_nested(struct ddl *p, const char *text, const char *at)
{
    struct outside outside;
    if (!enter(p, text, strlen(text), at, &outside))
        return;
    ddl_statements(p);
    leave(p, &outside);
}

/* EXECUTE [IMMEDIATE] 'text': read when it is one string. */
static void read_execute(struct ddl *p)
{
    const char *at = p->token.text;
    ddl_advance(p);
    if (p->token.size == 9 && strncasecmp(p->token.text, "IMMEDIATE", 9) == 0)
        ddl_advance(p);
    bool whole = p->token.kind == TOKEN_STRING && (ddl_peek(p)->kind <= TOKEN_STOP || ddl_peek(p)->word == WORD_USING);
    if (whole) {
        const char *text = ddl_string(p, &p->token);
        p->conditional = true;
        ddl_nested(p, text, at);
        p->conditional = false;
    } else {
        ddl_leave_out(p, DDL_BLOCK, "block", NULL);
    }
    ddl_skip_statement(p);
}

static bool is_text(const struct ddl_token *t, const char *text)
{
    return t->kind == TOKEN_WORD && t->size == strlen(text) && strncasecmp(t->text, text, t->size) == 0;
}

/* IF x THEN, WHEN x THEN, FOR x IN y LOOP: to the word behind which statements begin. */
static void pass_condition(struct ddl *p)
{
    while (!ddl_stopped(p) && !is_text(&p->token, "THEN") && !is_text(&p->token, "LOOP")) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
}

static void read_inner(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_CREATE:
    case WORD_ALTER:
    case WORD_DROP:
    case WORD_COMMENT:
        p->conditional = true;
        ddl_statement(p);
        p->conditional = false;
        ddl_skip_statement(p);
        return;
    case WORD_EXECUTE:
        read_execute(p);
        return;
    case WORD_BEGIN:
    case WORD_ELSE:
    case WORD_DECLARE:
        ddl_advance(p);
        return;
    case WORD_IF:
    case WORD_WHILE:
        pass_condition(p);
        return;
    default:
        break;
    }
    if (is_text(&p->token, "ELSIF") || is_text(&p->token, "ELSEIF") || is_text(&p->token, "WHEN") ||
        is_text(&p->token, "FOR") || is_text(&p->token, "FOREACH"))
        pass_condition(p);
    else if (is_text(&p->token, "THEN") || is_text(&p->token, "LOOP") || is_text(&p->token, "EXCEPTION") ||
             p->token.kind == TOKEN_MARK)
        ddl_advance(p);
    else
        ddl_skip_statement(p);
}

/* Statement after statement; stops at the end of the text, or behind the END that closes the first BEGIN. */
static void read_code(struct ddl *p)
{
    while (p->token.kind != TOKEN_END && p->failed == ERROR_OK) {
        const char *at = p->token.text;
        if (++p->statements > p->limits.statements_max) {
            (void)ddl_fail(p, ERROR_TOO_LARGE, "more than %zu statements", p->limits.statements_max);
            return;
        }
        p->table_said = NULL;
        if (p->token.kind == TOKEN_STOP)
            ddl_advance(p);
        else
            read_inner(p);
        if (p->token.text == at && p->token.kind != TOKEN_END)
            ddl_advance(p);
    }
}

/* p->token: DO. Its body is a string of the text itself, so places in it are those of the text. */
void ddl_do(struct ddl *p)
{
    struct outside outside;
    bool plpgsql = true;
    ddl_advance(p);
    struct ddl_token body = { .kind = TOKEN_STOP };
    for (; !ddl_stopped(p); ddl_advance(p)) {
        if (p->token.kind == TOKEN_STRING)
            body = p->token;
        else if (p->token.word == WORD_LANGUAGE)
            plpgsql = is_text(ddl_peek(p), "plpgsql") || ddl_peek(p)->kind != TOKEN_WORD;
    }
    const char *tag = body.kind == TOKEN_STRING && body.mark == '$' ? memchr(body.text + 1, '$', body.size - 1) : NULL;
    size_t fence = tag != NULL ? (size_t)(tag + 1 - body.text) : 0;
    if (!plpgsql || fence == 0 || body.size < 2 * fence) {
        if (body.kind == TOKEN_STRING && memmem(body.text, body.size, "TABLE", 5) != NULL)
            ddl_leave_out(p, DDL_BLOCK, "block", NULL);
        return;
    }
    if (!enter(p, body.text + fence, body.size - 2 * fence, NULL, &outside))
        return;
    read_code(p);
    leave(p, &outside);
}

/* p->token: BEGIN or DECLARE of an anonymous block; it ends by a line with /. */
void ddl_oracle_block(struct ddl *p)
{
    struct outside outside;
    const char *from = p->token.text;
    ddl_skip_body(p);
    const char *to = p->token.kind == TOKEN_END ? p->lex.end : p->token.text;
    if (to <= from || !enter(p, from, (size_t)(to - from), NULL, &outside))
        return;
    read_code(p);
    leave(p, &outside);
}
