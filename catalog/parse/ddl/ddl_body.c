/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_body.c - where code ends: bodies of routines and triggers, anonymous blocks, the data of COPY, client commands.
 *
 * PostgreSQL puts bodies into a string; MySQL's client changes the delimiter; Oracle ends them by a line with /, SQL
 * Server by GO. Where a script does without, blocks are counted, or a line END; is followed by one that begins a
 * statement.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

/* Words of a block, by tokens: BEGIN ... END and CASE ... END; END IF closes what was not counted. */
static void skip_blocks(struct ddl *p)
{
    size_t depth = 0;
    bool begun = false;
    while (p->token.kind != TOKEN_END) {
        if (p->token.kind == TOKEN_STOP && depth == 0)
            return;
        enum ddl_word word = p->token.word;
        ddl_advance(p);
        if (word == WORD_BEGIN && (p->dialect != DDL_POSTGRESQL || p->token.word == WORD_ATOMIC)) {
            depth++;
            begun = true;
        } else if (word == WORD_CASE && begun) {
            depth++;
        } else if (word == WORD_END && depth > 0) {
            bool other =
                p->token.word == WORD_IF || p->token.word == WORD_LOOP || p->token.word == WORD_WHILE ||
                (p->token.word == WORD_NONE && p->token.size == 6 && strncasecmp(p->token.text, "REPEAT", 6) == 0);
            depth -= !other;
            if (p->token.word == WORD_CASE)
                ddl_advance(p);
        }
    }
}

static bool line_begins(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return (size_t)(end - at) >= size && strncasecmp(at, word, size) == 0 &&
           ((size_t)(end - at) == size || strchr(" \t\r\n;", at[size]) != NULL);
}

static bool begins_statement(const char *at, const char *end)
{
    static const char *const words[] = { "CREATE", "ALTER", "COMMENT", "INSERT", "DROP", "GRANT" };
    if (at < end && (*at == ' ' || *at == '\t')) /* within the code it is indented */
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (line_begins(at, end, words[i]))
            return true;
    return false;
}

/* END;/ on one line, as tools take it that split a script by themselves */
static bool ends_with_slash(const char *line, const char *end)
{
    while (end > line && strchr(" \t\r", end[-1]) != NULL)
        end--;
    if (end == line || end[-1] != '/')
        return false;
    for (end--; end > line && (end[-1] == ' ' || end[-1] == '\t');)
        end--;
    return end > line && end[-1] == ';';
}

/* The same at the end of a whole routine: ... RETURN x; END;/ */
static bool ends_routine(const char *line, const char *end)
{
    if (!ends_with_slash(line, end))
        return false;
    for (end = memrchr(line, ';', (size_t)(end - line)); end > line && strchr(" \t", end[-1]) != NULL;)
        end--;
    return end - line > 3 && strncasecmp(end - 3, "END", 3) == 0 && strchr(" \t;", end[-4]) != NULL;
}

/* Line by line to the one that stops, or that begins a statement behind END. */
static void skip_lines(struct ddl *p)
{
    const char *at = ddl_lex_line_end(&p->lex, p->token.text);
    bool ended = false, whole = p->dialect == DDL_ORACLE && ends_routine(p->token.text, at);
    while (at < p->lex.end && !whole) {
        const char *line = at + 1, *end = ddl_lex_line_end(&p->lex, line);
        if (ddl_lex_stop_line(&p->lex, line) != NULL || (ended && begins_statement(line, end)))
            break;
        if (p->dialect == DDL_ORACLE &&
            (ends_routine(line, end) || (line_begins(line, end, "END") && ends_with_slash(line, end)))) {
            at = end;
            break;
        }
        const char *text = line;
        while (text < end && strchr(" \t\r", *text) != NULL)
            text++;
        if (text < end && !(end - text > 1 && text[0] == '-' && text[1] == '-'))
            ended = line_begins(line, end, "END");
        at = end;
    }
    ddl_skip_to(p, at);
}

void ddl_skip_body(struct ddl *p)
{
    if (ddl_stopped(p) || (p->dialect == DDL_SQLSERVER && ddl_skip_batch(p)))
        return;
    if (p->dialect == DDL_ORACLE || p->dialect == DDL_SQLSERVER) {
        skip_lines(p);
        return;
    }
    if (p->lex.delimiter_size > 0) {
        const char *at = p->token.text;
        const char *found = memmem(at, (size_t)(p->lex.end - at), p->lex.delimiter, p->lex.delimiter_size);
        p->lex.versioned = false; /* it ends with the code that it holds */
        ddl_skip_to(p, found != NULL ? found : p->lex.end);
        return;
    }
    skip_blocks(p);
}

/* p->token: the end of the COPY statement; its data begin on the next line and end with a line \. */
void ddl_skip_copy(struct ddl *p)
{
    if (p->token.kind != TOKEN_STOP || p->has_ahead || p->failed != ERROR_OK)
        return;
    const char *statement = p->token.text;
    for (const char *at = ddl_lex_line_end(&p->lex, p->lex.at); at < p->lex.end;) {
        const char *found = memmem(at, (size_t)(p->lex.end - at), "\n\\.", 3);
        if (found == NULL)
            break;
        const char *behind = found + 3;
        if (behind == p->lex.end || *behind == '\n' || *behind == '\r') {
            p->lex.at = behind; /* where the statement is at its end */
            p->token = (struct ddl_token){ .kind = TOKEN_STOP, .text = behind };
            return;
        }
        at = behind;
    }
    ddl_warn(p, statement, "the data of this COPY have no end: the text is cut");
    ddl_skip_to(p, p->lex.end);
}

static bool is_one_of(const struct ddl_token *t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == t->size && strncasecmp(words[i], t->text, t->size) == 0)
            return true;
    return false;
}

/* SQL*Plus: one line each, and the next one when it ends with '-'. */
static bool sqlplus_line(struct ddl *p)
{
    static const char *const words[] = {
        "SET",       "PROMPT",   "PRO",     "REM",     "REMARK",  "SPOOL",    "START",      "WHENEVER", "DEFINE",
        "DEF",       "UNDEFINE", "VAR",     "UNDEF",   "COLUMN",  "COL",      "VARIABLE",   "CONN",     "EXIT",
        "CONNECT",   "QUIT",     "PAUSE",   "ACCEPT",  "EXEC",    "SHOW",     "SHO",        "HOST",     "EXECUTE",
        "TTITLE",    "BTITLE",   "CLEAR",   "TIMING",  "PRINT",   "DESC",     "HELP",       "BREAK",    "ECHO",
        "REPHEADER", "DESCRIBE", "COMPUTE", "ARCHIVE", "STARTUP", "SHUTDOWN", "DISCONNECT",
    };
    bool command = p->token.kind == TOKEN_MARK && (p->token.mark == '@' || p->token.mark == '!');
    if (!command && !(p->token.kind == TOKEN_WORD &&
                      (is_one_of(&p->token, words, sizeof words / sizeof *words) || p->token.text[0] == '@')))
        return false;
    const char *end = ddl_lex_line_end(&p->lex, p->token.text);
    while (end < p->lex.end) {
        const char *last = end;
        while (last > p->token.text && strchr(" \t\r", last[-1]) != NULL)
            last--;
        if (last == p->token.text || last[-1] != '-' || (last - p->token.text > 1 && last[-2] == '-'))
            break;
        end = ddl_lex_line_end(&p->lex, end + 1);
    }
    ddl_skip_to(p, end);
    return true;
}

static void set_delimiter(struct ddl *p)
{
    const char *at = p->token.text + p->token.size, *end = ddl_lex_line_end(&p->lex, at);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    const char *from = at;
    while (at < end && *at != ' ' && *at != '\t' && *at != '\r')
        at++;
    bool usual = at - from == 1 && *from == ';';
    p->lex.delimiter = from;
    p->lex.delimiter_size = usual ? 0 : (size_t)(at - from);
    ddl_skip_to(p, end);
}

/* USE x on a line without a semicolon: MySQL's client needs none. */
static bool use_line(struct ddl *p)
{
    const char *end = ddl_lex_line_end(&p->lex, p->token.text);
    struct ddl_name name = { 0 };
    if (memchr(p->token.text, ';', (size_t)(end - p->token.text)) != NULL || ddl_peek(p)->text >= end)
        return false;
    ddl_advance(p);
    if (ddl_name(p, &name)) {
        p->schema = name.text;
        p->schema_quoted = name.quoted;
    }
    if (p->token.kind != TOKEN_END && p->token.text < end)
        ddl_skip_to(p, end);
    return true;
}

bool ddl_client_line(struct ddl *p)
{
    bool mark = p->token.kind == TOKEN_MARK;
    if (!p->token.line_first)
        return false;
    if (mark && p->token.mark == '/' && ddl_peek(p)->mark == '/') { /* a comment for no server: some tools write it */
        ddl_skip_to(p, ddl_lex_line_end(&p->lex, p->token.text));
        return true;
    }
    switch (p->dialect) {
    case DDL_ORACLE:
        return sqlplus_line(p);
    case DDL_MYSQL:
        if (p->token.word == WORD_DELIMITER) {
            set_delimiter(p);
            return true;
        }
        if (p->token.word == WORD_USE && use_line(p))
            return true;
        if (!(mark && p->token.mark == '\\') && !(p->token.size == 6 && strncasecmp(p->token.text, "source", 6) == 0))
            return false;
        break;
    case DDL_POSTGRESQL:
        if (!(mark && p->token.mark == '\\'))
            return false;
        break;
    case DDL_SQLITE:
        if (p->token.kind != TOKEN_DOT)
            return false;
        break;
    case DDL_SQLSERVER:
        if (!(mark && p->token.mark == ':'))
            return false;
        break;
    default:
        return false;
    }
    ddl_skip_to(p, ddl_lex_line_end(&p->lex, p->token.text));
    return true;
}
