/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_statement.c - one statement after another, told by its first words.
 *
 * Statements on data, rights and sessions are passed over in silence: they say nothing about the schema. SQL Server's
 * IF, BEGIN and END are taken as if every branch were run.
 */
#include "catalog/parse/ddl/ddl_statement.h"

#include <string.h>

void ddl_copy(struct ddl *p)
{
    bool from = false, in = false;
    while (!ddl_stopped(p)) {
        if (from && p->token.size == 5 && strncasecmp(p->token.text, "STDIN", 5) == 0)
            in = true;
        from = p->token.word == WORD_FROM;
        ddl_advance(p);
    }
    if (in)
        ddl_skip_copy(p);
}

/* IF condition: up to the word that begins what is done. */
static void read_condition(struct ddl *p)
{
    p->conditional = true;
    ddl_advance(p);
    while (!ddl_stopped(p)) {
        switch (p->token.word) {
        case WORD_BEGIN:
        case WORD_CREATE:
        case WORD_ALTER:
        case WORD_DROP:
        case WORD_EXEC:
        case WORD_EXECUTE:
        case WORD_INSERT:
        case WORD_UPDATE:
        case WORD_DELETE:
        case WORD_SELECT:
        case WORD_SET:
        case WORD_PRINT:
        case WORD_RAISERROR:
        case WORD_DECLARE:
        case WORD_RETURN:
        case WORD_TRUNCATE:
        case WORD_GRANT:
        case WORD_USE:
            return;
        default:
            break;
        }
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
}

/* BEGIN, END, ELSE of SQL Server; transactions and blocks of the others. */
static void read_block_word(struct ddl *p)
{
    enum ddl_word word = p->token.word;
    if (p->dialect == DDL_SQLSERVER) {
        ddl_advance(p);
        if (word == WORD_END && p->guarded > 0)
            p->guarded--;
        bool transaction = p->token.word == WORD_TRANSACTION;
        if (transaction ||
            (p->token.word == WORD_NONE && p->token.kind == TOKEN_WORD && !p->token.line_first && p->token.size <= 5)) {
            transaction = transaction || (p->token.size == 4 && strncasecmp(p->token.text, "TRAN", 4) == 0);
            ddl_advance(p); /* BEGIN TRAN [name], BEGIN TRY, END CATCH */
            if (transaction && p->token.kind == TOKEN_WORD && p->token.word == WORD_NONE && !p->token.line_first)
                ddl_advance(p);
        }
        if (word == WORD_BEGIN && !transaction && (p->conditional || p->guarded > 0))
            p->guarded++;
    } else if (p->dialect == DDL_ORACLE && (word == WORD_BEGIN || word == WORD_DECLARE)) {
        ddl_oracle_block(p);
    } else if (word == WORD_BEGIN) {
        ddl_transaction(p);
    } else {
        ddl_skip_statement(p);
    }
}

static bool is_silent(enum ddl_word word)
{
    switch (word) {
    case WORD_INSERT:
    case WORD_UPDATE:
    case WORD_DELETE:
    case WORD_MERGE:
    case WORD_REPLACE:
    case WORD_WITH:
    case WORD_VALUES:
    case WORD_GRANT:
    case WORD_REVOKE:
    case WORD_DENY:
    case WORD_COMMIT:
    case WORD_ROLLBACK:
    case WORD_SAVEPOINT:
    case WORD_RELEASE:
    case WORD_LOCK:
    case WORD_UNLOCK:
    case WORD_ANALYZE:
    case WORD_VACUUM:
    case WORD_REINDEX:
    case WORD_CLUSTER:
    case WORD_PRAGMA:
    case WORD_EXPLAIN:
    case WORD_CALL:
    case WORD_TRUNCATE:
    case WORD_LOAD:
    case WORD_OPTIMIZE:
    case WORD_CHECK:
    case WORD_CHECKPOINT:
    case WORD_FLUSH:
    case WORD_RESET:
    case WORD_PREPARE:
    case WORD_DEALLOCATE:
    case WORD_PRINT:
    case WORD_RAISERROR:
    case WORD_SHOW:
    case WORD_DESC:
    case WORD_DESCRIBE:
    case WORD_NOTIFY:
    case WORD_REFRESH:
    case WORD_PURGE:
    case WORD_RETURN:
    case WORD_WHILE:
    case WORD_ATTACH:
    case WORD_DETACH:
    case WORD_SECURITY:
    case WORD_CONNECT:
    case WORD_DECLARE:
    case WORD_EXECUTE:
        return true;
    default:
        return false;
    }
}

/* SQL Server: data, code and care that say nothing about the schema. */
static bool is_silent_text(const struct ddl_token *t)
{
    static const char *const words[] = { "BULK",  "DISABLE",  "ENABLE",      "THROW",   "EXIT",  "GOTO",  "WAITFOR",
                                         "KILL",  "BACKUP",   "RESTORE",     "DBCC",    "FETCH", "OPEN",  "CLOSE",
                                         "BREAK", "CONTINUE", "RECONFIGURE", "SETUSER", "QUIT",  "REVERT" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == t->size && strncasecmp(words[i], t->text, t->size) == 0)
            return true;
    return false;
}

void ddl_statement(struct ddl *p)
{
    enum ddl_word word = p->token.word;
    switch (word) {
    case WORD_CREATE:
        ddl_advance(p);
        ddl_create(p);
        return;
    case WORD_ALTER:
        ddl_advance(p);
        ddl_alter(p);
        return;
    case WORD_DROP:
        ddl_advance(p);
        ddl_drop(p);
        return;
    case WORD_RENAME:
        ddl_advance(p);
        ddl_rename(p);
        return;
    case WORD_COMMENT:
        ddl_advance(p);
        ddl_comment(p);
        return;
    case WORD_USE:
    case WORD_SET:
    case WORD_SELECT:
        ddl_session(p);
        return;
    case WORD_COPY:
        ddl_copy(p);
        return;
    case WORD_DO:
        ddl_do(p);
        return;
    case WORD_START:
        ddl_transaction(p);
        return;
    case WORD_BEGIN:
    case WORD_END:
        read_block_word(p);
        return;
    default:
        break;
    }
    if (p->dialect == DDL_MYSQL && word == WORD_PREPARE)
        ddl_prepare(p);
    else if (p->dialect == DDL_SQLSERVER && (word == WORD_EXEC || word == WORD_EXECUTE))
        ddl_execute(p);
    else if (p->dialect == DDL_SQLSERVER && word == WORD_IF)
        read_condition(p);
    else if (p->dialect == DDL_SQLSERVER && word == WORD_ELSE) {
        p->conditional = true;
        ddl_advance(p);
    } else if (p->dialect == DDL_ORACLE && word == WORD_DECLARE)
        read_block_word(p);
    else if (p->dialect == DDL_ORACLE && p->token.mark == '/' && p->token.kind == TOKEN_MARK)
        ddl_advance(p); /* ;/ */
    else if (is_silent(word) || p->token.kind == TOKEN_OPEN ||
             (p->dialect == DDL_SQLSERVER && p->token.kind == TOKEN_NAME) || /* [procedure] x, y: a batch's first */
             (p->dialect == DDL_SQLSERVER && p->token.kind == TOKEN_WORD && is_silent_text(&p->token)))
        ddl_skip_statement(p);
    else if (p->dialect == DDL_SQLSERVER && p->token.kind == TOKEN_WORD && p->token.size > 3 &&
             strncasecmp(p->token.text, "sp_", 3) == 0)
        ddl_execute(p); /* the first procedure of a batch needs no EXEC */
    else
        ddl_skip_rest(p);
}

void ddl_statements(struct ddl *p)
{
    while (p->token.kind != TOKEN_END) {
        if (p->token.kind == TOKEN_STOP) {
            if (p->token.size > 1) { /* GO ends whatever is open */
                p->guarded = 0;
                p->batched = true;
            }
            ddl_advance(p);
            continue;
        }
        if (++p->statements > p->limits.statements_max) {
            (void)ddl_fail(p, ERROR_TOO_LARGE, "more than %zu statements", p->limits.statements_max);
            return;
        }
        p->table_said = NULL;
        bool conditional = p->conditional;
        const char *at = p->token.text;
        if (ddl_client_line(p))
            continue;
        ddl_statement(p);
        p->conditional = (p->conditional && !conditional) || p->guarded > 0;
        if (!ddl_stopped(p) && p->dialect != DDL_SQLSERVER && !ddl_at_statement(p))
            ddl_skip_rest(p);
        if (p->token.text == at && p->token.kind != TOKEN_END)
            ddl_advance(p);
    }
}
