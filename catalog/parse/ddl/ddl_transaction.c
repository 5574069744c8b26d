/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_transaction.c - PostgreSQL and SQLite: what stands between BEGIN and ROLLBACK is undone, so it is not read.
 *
 * The statements behind BEGIN are passed over once to see how it ends, and only where a line of the text begins with
 * ROLLBACK at all. A BEGIN within ends the looking, so that many of them cost no more than their text. The others
 * commit each DDL statement by itself, or roll back under a condition.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool is_text(const struct ddl_token *t, const char *text)
{
    return t->size == strlen(text) && strncasecmp(t->text, text, t->size) == 0;
}

/* Does a line from here on begin with the word? What was found stays known for one text. */
static bool may_roll_back(struct ddl *p)
{
    const char *at = p->token.text, *end = p->lex.end;
    if (p->rollback_end == end && p->rollback >= at)
        return p->rollback < end;
    for (p->rollback_end = end; at < end; at += at < end) {
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if ((end - at >= 8 && strncasecmp(at, "ROLLBACK", 8) == 0) ||
            (end - at >= 5 && strncasecmp(at, "ABORT", 5) == 0))
            break;
        at = ddl_lex_line_end(&p->lex, at);
    }
    p->rollback = at < end ? at : end;
    return at < end;
}

/* p->token: ROLLBACK or ABORT. */
static bool is_whole(struct ddl *p)
{
    const struct ddl_token *next = ddl_peek(p);
    if (next->word == WORD_TRANSACTION || is_text(next, "WORK")) {
        ddl_advance(p);
        next = ddl_peek(p);
    }
    return next->kind <= TOKEN_STOP || is_text(next, "AND"); /* TO SAVEPOINT x, PREPARED 'x' */
}

/* To the statement that ends the transaction: is it a ROLLBACK? */
static bool is_undone(struct ddl *p)
{
    ddl_skip_statement(p);
    while (p->token.kind != TOKEN_END) {
        enum ddl_word word = p->token.word;
        if (p->token.kind == TOKEN_STOP) {
            ddl_advance(p);
            continue;
        }
        if (word == WORD_COMMIT || word == WORD_END || word == WORD_BEGIN || word == WORD_START)
            return false;
        if ((word == WORD_ROLLBACK || is_text(&p->token, "ABORT")) && is_whole(p))
            return true;
        const char *at = p->token.text;
        if (ddl_client_line(p))
            continue;
        if (word == WORD_COPY)
            ddl_copy(p);
        else
            ddl_skip_statement(p);
        if (p->token.text == at)
            ddl_advance(p);
    }
    return false;
}

/* p->token: BEGIN, or START of START TRANSACTION. */
void ddl_transaction(struct ddl *p)
{
    bool whole = p->dialect == DDL_POSTGRESQL || p->dialect == DDL_SQLITE;
    if (!whole || p->depth > 0 || !may_roll_back(p)) {
        ddl_skip_statement(p);
        return;
    }
    struct ddl_reading from = ddl_reading_here(p);
    if (is_undone(p))
        ddl_warn(p, from.token.text, "what follows is rolled back: it is not read");
    else
        ddl_reading_resume(p, &from);
    ddl_skip_statement(p);
}
