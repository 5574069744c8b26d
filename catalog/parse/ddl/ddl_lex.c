/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_lex.c - cutting the text into tokens.
 *
 * Happy path: blanks and comments are passed over, one switch on the next byte finds the kind. Failure modes: a quote
 * without an end is a token up to the end of its line; a comment without an end takes the rest of the text.
 */
#include "catalog/parse/ddl/ddl_lex.h"

#include <string.h>

#include "catalog/parse/ddl/ddl_lex_private.h"

void ddl_lex_init(struct ddl_lex *lex, const char *text, size_t size, enum ddl_dialect dialect)
{
    *lex = (struct ddl_lex){ .begin = text, .at = text, .end = text + size, .dialect = dialect };
    lex->backslash = dialect == DDL_MYSQL;
    lex->word_mask = dialect == DDL_ORACLE || dialect == DDL_SQLSERVER ? BYTE_WORD | BYTE_WORD_HASH : BYTE_WORD;
    ddl_word_table_init(&lex->words);
}

bool ddl_lex_word_byte(const struct ddl_lex *lex, char byte)
{
    return (ddl_lex_bytes[(unsigned char)byte] & (lex->word_mask | BYTE_LEAD)) != 0;
}

const char *ddl_lex_line_end(const struct ddl_lex *lex, const char *at)
{
    const char *found = at < lex->end ? memchr(at, '\n', (size_t)(lex->end - at)) : NULL;
    return found != NULL ? found : lex->end;
}

static const char *blanks(const struct ddl_lex *lex, const char *at)
{
    while (at < lex->end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

const char *ddl_lex_stop_line(const struct ddl_lex *lex, const char *at)
{
    at = blanks(lex, at);
    if (at == lex->end)
        return NULL;
    if (lex->dialect == DDL_ORACLE) {
        if (*at != '/')
            return NULL;
        at = blanks(lex, at + 1);
        return at == lex->end || *at == '\n' ? at : NULL;
    }
    if (lex->end - at < 2 || (at[0] | 0x20) != 'g' || (at[1] | 0x20) != 'o')
        return NULL;
    at += 2;
    while (at < lex->end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == ';' || (*at >= '0' && *at <= '9')))
        at++;
    if (lex->end - at >= 2 && at[0] == '-' && at[1] == '-')
        at = ddl_lex_line_end(lex, at);
    return at == lex->end || *at == '\n' ? at : NULL;
}

/* Passes blanks and comments; true when a stop line was passed, whose place is then in the token. */
static bool pass(struct ddl_lex *lex, struct ddl_token *t)
{
    bool lines = lex->dialect == DDL_ORACLE || lex->dialect == DDL_SQLSERVER;
    const char *at = lex->at;
    t->line_first = at == lex->begin;
    if (lines && at == lex->begin) {
        const char *stop = ddl_lex_stop_line(lex, at);
        if (stop != NULL) {
            *t = (struct ddl_token){ .kind = TOKEN_STOP, .text = at, .size = (size_t)(stop - at) };
            lex->at = stop;
            return true;
        }
    }
    while (at < lex->end) {
        unsigned char kind = ddl_lex_bytes[(unsigned char)*at];
        if (kind & BYTE_BLANK) {
            if (*at++ != '\n')
                continue;
            t->line_first = true;
            const char *stop = lines ? ddl_lex_stop_line(lex, at) : NULL;
            if (stop != NULL) {
                *t = (struct ddl_token){ .kind = TOKEN_STOP, .text = at, .size = (size_t)(stop - at) };
                lex->at = stop;
                return true;
            }
        } else if (kind & BYTE_COMMENT) {
            const char *behind = ddl_lex_comment(lex, at);
            if (behind == at)
                break;
            at = behind;
        } else if ((kind & BYTE_LEAD) && ddl_lex_blank(lex, at) > 0) {
            at += ddl_lex_blank(lex, at);
        } else {
            break;
        }
    }
    lex->at = at;
    return false;
}

static void take(struct ddl_lex *lex, struct ddl_token *t, enum ddl_token_kind kind, const char *behind)
{
    t->kind = kind;
    t->text = lex->at;
    t->size = (size_t)(behind - lex->at);
    lex->at = behind;
}

static void take_mark(struct ddl_lex *lex, struct ddl_token *t)
{
    t->mark = *lex->at;
    bool cast = *lex->at == ':' && lex->end - lex->at > 1 && lex->at[1] == ':';
    take(lex, t, TOKEN_MARK, lex->at + (cast ? 2 : 1));
}

/* A quoted piece that begins `skip` bytes behind `at` (its prefix). */
static void take_quoted(struct ddl_lex *lex, struct ddl_token *t, enum ddl_token_kind kind, size_t skip, bool escapes)
{
    const char *open = lex->at + skip, *behind = NULL;
    t->mark = *open;
    t->escapes = escapes;
    if (lex->unclosed < UNCLOSED_MAX) {
        behind = ddl_lex_quoted(lex, open, escapes);
        lex->unclosed += behind == NULL;
    }
    take(lex, t, kind, behind != NULL ? behind : ddl_lex_line_end(lex, open));
}

/* SQL*Plus: &owner..table, &prefix._table, t_&suffix; `at` itself: no name follows. */
static const char *behind_ampersand(const struct ddl_lex *lex, const char *at)
{
    const char *begin = at;
    while (at < lex->end && *at == '&' && at - begin < 2)
        at++;
    const char *name = at;
    while (at < lex->end && ddl_lex_word_byte(lex, *at))
        at++;
    if (at == name)
        return begin;
    bool ends = lex->end - at > 1 && *at == '.';
    at += ends && (at[1] == '.' || ddl_lex_word_byte(lex, at[1]));
    while (at < lex->end && ddl_lex_word_byte(lex, *at))
        at++;
    return at;
}

/* {owner}{prefix}table of programs that put their own names in; `at` itself: it is none. */
static const char *behind_braces(const struct ddl_lex *lex, const char *at)
{
    const char *begin = at;
    while (at < lex->end && *at == '{' && at - begin < VARIABLE_MAX) {
        const char *name = ++at;
        while (at < lex->end && at - name < VARIABLE_MAX && ddl_lex_word_byte(lex, *at))
            at++;
        if (at == name || at == lex->end || *at != '}')
            return begin;
        at++;
    }
    return at;
}

static void take_word(struct ddl_lex *lex, struct ddl_token *t)
{
    const char *at = lex->at, *end = lex->end;
    unsigned char mask = lex->word_mask;
    do {
        do {
            at++;
        } while (at < end && (ddl_lex_bytes[(unsigned char)*at] & mask));
    } while (at < end && (ddl_lex_bytes[(unsigned char)*at] & BYTE_LEAD) && ddl_lex_blank(lex, at) == 0);
    size_t size = (size_t)(at - lex->at);
    if (at < end && *at == '&' && lex->dialect == DDL_ORACLE) /* t_&suffix */
        at = behind_ampersand(lex, at);
    if (lex->delimiter_size > 0) { /* END$$ is a word and a delimiter */
        const char *cut = memmem(lex->at, size, lex->delimiter, lex->delimiter_size);
        if (cut != NULL && cut > lex->at)
            at = cut;
    }
    if (at < end && size <= PREFIX_MAX && (*at == '\'' || (*at == '"' && size == 2))) {
        const char *prefix = lex->at;
        char first = (char)(*prefix | 0x20);
        if (*at == '\'' && lex->dialect == DDL_ORACLE && (prefix[size - 1] | 0x20) == 'q') {
            const char *behind = ddl_lex_oracle_quoted(lex, at);
            t->mark = 'q';
            take(lex, t, TOKEN_STRING, behind != NULL ? behind : ddl_lex_line_end(lex, at));
            return;
        }
        if (*at == '\'' && size == 1 && strchr("ebxn", first) != NULL) {
            take_quoted(lex, t, TOKEN_STRING, size, first == 'e' || lex->backslash);
            return;
        }
    }
    take(lex, t, TOKEN_WORD, at);
    t->word = ddl_word_find(&lex->words, t->text, t->size);
}

/* PostgreSQL's U&"d\0061t" and U&'...'. */
static bool take_unicode(struct ddl_lex *lex, struct ddl_token *t)
{
    if (lex->end - lex->at < 3 || (*lex->at | 0x20) != 'u' || lex->at[1] != '&')
        return false;
    if (lex->at[2] != '\'' && lex->at[2] != '"')
        return false;
    take_quoted(lex, t, lex->at[2] == '"' ? TOKEN_NAME : TOKEN_STRING, 2, false);
    return true;
}

/* A variable that a tool puts in before the server sees it: ${schema} of Flyway, &owner. of SQL*Plus, $(x) of sqlcmd.
 */
static bool take_variable(struct ddl_lex *lex, struct ddl_token *t)
{
    const char *at = lex->at;
    if (*at == '$' && lex->end - at > 2 && at[1] == '{') {
        size_t room = (size_t)(lex->end - at);
        const char *close = memchr(at, '}', room < VARIABLE_MAX ? room : VARIABLE_MAX);
        if (close == NULL)
            return false;
        for (at = close + 1; at < lex->end && ddl_lex_word_byte(lex, *at);)
            at++;
    } else if (*at == '&' && lex->dialect == DDL_ORACLE) {
        at = behind_ampersand(lex, at);
        if (at == lex->at)
            return false;
    } else if (*at == '{' && lex->end - at > 4 && at[1] == '{') { /* {{.prefix}}table of Go and Jinja */
        size_t room = (size_t)(lex->end - at);
        const char *close = memmem(at, room < VARIABLE_MAX ? room : VARIABLE_MAX, "}}", 2);
        if (close == NULL || close + 2 == lex->end || !(ddl_lex_word_byte(lex, close[2]) || close[2] == '.'))
            return false;
        for (at = close + 2; at < lex->end && ddl_lex_word_byte(lex, *at);)
            at++;
    } else if (*at == '{' && lex->dialect == DDL_SQLSERVER) {
        at = behind_braces(lex, at);
        bool quoted = at < lex->end && (*at == '[' || *at == '"'); /* the owner, with its dot */
        if (at == lex->at || at == lex->end || !(quoted || *at == '.' || ddl_lex_word_byte(lex, *at)))
            return false;
        if (quoted) {
            lex->at = at;
            take_quoted(lex, t, TOKEN_NAME, 0, false);
            return true;
        }
        while (at < lex->end && ddl_lex_word_byte(lex, *at))
            at++;
    } else if (*at == '$' && lex->dialect == DDL_SQLSERVER && lex->end - at > 2 && at[1] == '(') { /* sqlcmd */
        size_t room = (size_t)(lex->end - at);
        const char *close = memchr(at, ')', room < VARIABLE_MAX ? room : VARIABLE_MAX);
        if (close == NULL)
            return false;
        for (at = close + 1; at < lex->end && ddl_lex_word_byte(lex, *at);)
            at++;
    } else if (*at == '@' && lex->dialect != DDL_MYSQL && lex->dialect != DDL_SQLSERVER) {
        if (lex->end - at < 2 || (at > lex->begin && strchr(" \t\n(,", at[-1]) == NULL))
            return false; /* an operator, the link behind a table */
        const char *name = ++at;
        while (at < lex->end && ddl_lex_word_byte(lex, *at))
            at++;
        bool schema = at > name && ((at < lex->end && *at == '.') ||                    /* @schema.t of SqlRender */
                                    (lex->end - at > 1 && *at == '@' && at[1] == '.')); /* @extschema@.t */
        if (!schema)
            return false;
        at += *at == '@';
    } else {
        return false;
    }
    take(lex, t, TOKEN_WORD, at);
    return true;
}

static void take_number(struct ddl_lex *lex, struct ddl_token *t)
{
    const char *at = lex->at;
    bool letters = false;
    while (at < lex->end && (ddl_lex_word_byte(lex, *at) || *at == '.')) {
        letters = letters || (*at >= 'A' && (*at | 0x20) != 'e' && (*at | 0x20) != 'x');
        at++;
    }
    take(lex, t, letters && lex->dialect == DDL_MYSQL ? TOKEN_WORD : TOKEN_NUMBER, at); /* MySQL: 2fa_codes is a name */
}

static void take_bracket(struct ddl_lex *lex, struct ddl_token *t)
{
    if (lex->dialect == DDL_SQLSERVER || lex->dialect == DDL_SQLITE)
        take_quoted(lex, t, TOKEN_NAME, 0, false);
    else
        take_mark(lex, t);
}

static void take_dollar(struct ddl_lex *lex, struct ddl_token *t)
{
    const char *behind = NULL;
    if (take_variable(lex, t))
        return;
    if (lex->dialect == DDL_POSTGRESQL)
        behind = ddl_lex_dollar(lex, lex->at);
    if (behind != NULL) {
        t->mark = '$';
        take(lex, t, TOKEN_STRING, behind);
    } else if (lex->dialect == DDL_MYSQL) {
        take_word(lex, t);
    } else {
        take_mark(lex, t);
    }
}

/* \\g and \\G of mysql, \\gexec of psql end a statement as ; does. */
static bool take_go(struct ddl_lex *lex, struct ddl_token *t)
{
    if (!ddl_lex_go(lex, lex->at))
        return false;
    take(lex, t, TOKEN_STOP, lex->dialect == DDL_MYSQL ? lex->at + 2 : ddl_lex_line_end(lex, lex->at));
    return true;
}

static bool take_delimiter(struct ddl_lex *lex, struct ddl_token *t)
{
    size_t size = lex->delimiter_size;
    if (size == 0 || (size_t)(lex->end - lex->at) < size || memcmp(lex->at, lex->delimiter, size) != 0)
        return false;
    take(lex, t, TOKEN_STOP, lex->at + size);
    return true;
}

static void take_other(struct ddl_lex *lex, struct ddl_token *t)
{
    char byte = *lex->at;
    bool digit = lex->end - lex->at > 1 && lex->at[1] >= '0' && lex->at[1] <= '9';
    if (byte == '.' && digit && (lex->at == lex->begin || !ddl_lex_word_byte(lex, lex->at[-1])))
        take_number(lex, t);
    else if (byte == '.')
        take(lex, t, TOKEN_DOT, lex->at + 1);
    else if ((byte == '@' && (lex->dialect == DDL_MYSQL || lex->dialect == DDL_SQLSERVER)) ||
             (byte == '#' && lex->dialect == DDL_SQLSERVER))
        take_word(lex, t);
    else if (!((byte == '&' || byte == '@' || byte == '{') && take_variable(lex, t)) &&
             !(byte == '\\' && take_go(lex, t)))
        take_mark(lex, t);
}

void ddl_lex_next(struct ddl_lex *lex, struct ddl_token *ret_token)
{
    struct ddl_token *t = ret_token;
    t->word = WORD_NONE;
    t->mark = '\0';
    t->escapes = false;
    if (pass(lex, t) || take_delimiter(lex, t))
        return;
    if (lex->at == lex->end) {
        take(lex, t, TOKEN_END, lex->end);
        return;
    }
    unsigned char byte = (unsigned char)*lex->at;
    if (byte >= '0' && byte <= '9') {
        take_number(lex, t);
    } else if (byte != '$' && (ddl_lex_bytes[byte] & (BYTE_WORD | BYTE_LEAD))) {
        if (byte != 'u' && byte != 'U')
            take_word(lex, t);
        else if (!take_unicode(lex, t))
            take_word(lex, t);
    } else {
        switch (byte) {
        case '(':
            take(lex, t, TOKEN_OPEN, lex->at + 1);
            break;
        case ')':
            take(lex, t, TOKEN_CLOSE, lex->at + 1);
            break;
        case ',':
            take(lex, t, TOKEN_COMMA, lex->at + 1);
            break;
        case ';':
            take(lex, t, TOKEN_STOP, lex->at + 1);
            break;
        case '\'':
            take_quoted(lex, t, TOKEN_STRING, 0, lex->backslash);
            break;
        case '"':
            take_quoted(lex, t, TOKEN_NAME, 0, lex->backslash);
            break;
        case '`':
            take_quoted(lex, t, TOKEN_NAME, 0, false);
            break;
        case '[':
            take_bracket(lex, t);
            break;
        case '$':
            take_dollar(lex, t);
            break;
        default:
            take_other(lex, t);
            break;
        }
    }
}
