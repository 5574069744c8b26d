/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_quote.c - where quotes and comments end, by dialect. memchr and memmem look for the end, so that long values
 * cost little; each piece is looked at once, and what was never closed is remembered.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_lex.h"
#include "catalog/parse/ddl/ddl_lex_private.h"

#define LETTERS BYTE_WORD, BYTE_WORD, BYTE_WORD, BYTE_WORD, BYTE_WORD, BYTE_WORD, BYTE_WORD, BYTE_WORD

const unsigned char ddl_lex_bytes[256] = {
    ['\0'] = BYTE_BLANK,
    ['\t'] = BYTE_BLANK,
    ['\n'] = BYTE_BLANK,
    ['\v'] = BYTE_BLANK,
    ['\f'] = BYTE_BLANK,
    ['\r'] = BYTE_BLANK,
    [' '] = BYTE_BLANK,
    ['_'] = BYTE_WORD,
    ['$'] = BYTE_WORD,
    ['#'] = BYTE_WORD_HASH | BYTE_COMMENT,
    ['@'] = BYTE_WORD_HASH,
    ['-'] = BYTE_COMMENT,
    ['/'] = BYTE_COMMENT,
    ['*'] = BYTE_COMMENT,
    ['0'] = LETTERS,
    ['8'] = BYTE_WORD,
    BYTE_WORD,
    ['A'] = LETTERS,
    ['I'] = LETTERS,
    ['Q'] = LETTERS,
    ['Y'] = BYTE_WORD,
    BYTE_WORD,
    ['a'] = LETTERS,
    ['i'] = LETTERS,
    ['q'] = LETTERS,
    ['y'] = BYTE_WORD,
    BYTE_WORD,
    [0x80] = LETTERS,
    LETTERS,
    LETTERS,
    LETTERS,
    LETTERS,
    LETTERS,
    LETTERS,
    LETTERS, /* parts of UTF-8 */
    [0xC0] = BYTE_WORD,
    BYTE_WORD,
    BYTE_LEAD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    [0xC8] = LETTERS,
    LETTERS,
    LETTERS,
    [0xE0] = BYTE_WORD,
    BYTE_WORD,
    BYTE_LEAD,
    BYTE_LEAD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    [0xE8] = BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_WORD,
    BYTE_LEAD,
    [0xF0] = LETTERS,
    LETTERS,
};

/* A byte order mark where files were put together; in Oracle and SQL Server also what was copied from a page: spaces
 * that don't break, that are as wide as a letter or as nothing. The others take those for letters. */
size_t ddl_lex_blank(const struct ddl_lex *lex, const char *at)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool page;
    } blanks[] = {
        { "\xEF\xBB\xBF", 3, false }, { "\xC2\xA0", 2, true }, { "\xE3\x80\x80", 3, true }, { "\xE2\x80\x8B", 3, true }
    };
    bool pages = lex->dialect == DDL_ORACLE || lex->dialect == DDL_SQLSERVER;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if ((pages || !blanks[i].page) && (size_t)(lex->end - at) >= blanks[i].size &&
            memcmp(at, blanks[i].bytes, blanks[i].size) == 0)
            return blanks[i].size;
    return 0;
}

bool ddl_lex_go(const struct ddl_lex *lex, const char *at)
{
    char letter = lex->end - at > 1 ? at[1] : '\0';
    return *at == '\\' && ((lex->dialect == DDL_MYSQL && (letter == 'g' || letter == 'G')) ||
                           (lex->dialect == DDL_POSTGRESQL && letter == 'g'));
}

/* The opening quote is at; a closing one is doubled or, with `escapes`, hidden behind an odd number of backslashes. */
const char *ddl_lex_quoted(const struct ddl_lex *lex, const char *at, bool escapes)
{
    char close = *at == '[' ? ']' : *at;
    const char *end = lex->end, *from = ++at;
    if (close != '\'' && close != '"' && end - at > NAME_SCAN_MAX)
        end = at + NAME_SCAN_MAX;
    while (at < end) {
        const char *quote = memchr(at, close, (size_t)(end - at));
        if (quote == NULL)
            return NULL;
        at = quote + 1;
        if (escapes) {
            const char *back = quote;
            while (back > from && back[-1] == '\\')
                back--;
            if ((quote - back) % 2 != 0)
                continue;
        }
        if (at == end || *at != close)
            return at;
        from = ++at;
    }
    return NULL;
}

const char *ddl_lex_oracle_quoted(const struct ddl_lex *lex, const char *at)
{
    if (lex->end - at < 4)
        return NULL;
    char open = at[1], close[2] = { open, '\'' };
    const char *pairs = "[]{}()<>", *pair = open != '\0' ? strchr(pairs, open) : NULL;
    if (pair != NULL && (pair - pairs) % 2 == 0)
        close[0] = pair[1];
    const char *found = memmem(at + 2, (size_t)(lex->end - at - 2), close, sizeof close);
    return found != NULL ? found + sizeof close : NULL;
}

const char *ddl_lex_dollar(struct ddl_lex *lex, const char *at)
{
    const char *tag = at + 1;
    while (tag < lex->end && *tag != '$' && ddl_lex_word_byte(lex, *tag))
        tag++;
    bool digit = at + 1 < lex->end && at[1] >= '0' && at[1] <= '9';
    if (tag == lex->end || *tag != '$' || digit || lex->unclosed >= UNCLOSED_MAX)
        return NULL;
    size_t size = (size_t)(tag + 1 - at);
    const char *found = memmem(tag + 1, (size_t)(lex->end - tag - 1), at, size);
    lex->unclosed += found == NULL;
    return found != NULL ? found + size : NULL;
}

static const char *behind_nested(const struct ddl_lex *lex, const char *at)
{
    unsigned long depth = 1;
    while (depth > 0) {
        const char *star = at < lex->end ? memchr(at, '*', (size_t)(lex->end - at)) : NULL;
        if (star == NULL)
            return lex->end;
        /* "/" before the star opens another, but not the one that closed the comment before it */
        if (star > at && star[-1] == '/') {
            depth++;
            at = star + 1;
        } else if (star + 1 < lex->end && star[1] == '/') {
            depth--;
            at = star + 2;
        } else {
            at = star + 1;
        }
    }
    return at;
}

/* Opened: MySQL's whose version a server of today has. MariaDB passes over those of MySQL 5.7 to 9. */
static bool is_opened(const struct ddl_lex *lex, const char *digits, bool only_mariadb, const char **ret_behind)
{
    const char *at = digits;
    unsigned long version = 0;
    while (at < lex->end && *at >= '0' && *at <= '9' && at - digits < 6)
        version = version * 10 + (unsigned long)(*at++ - '0');
    *ret_behind = at;
    if (at == digits)
        return true;
    if (lex->mariadb && !only_mariadb && version >= 50700 && version <= 99999)
        return false;
    return version < 990000;
}

/* Behind the comment, or behind its opening when it is a versioned one. */
static const char *block_comment(struct ddl_lex *lex, const char *at)
{
    const char *body = at + 2, *behind;
    if (lex->dialect == DDL_MYSQL && !lex->versioned && body < lex->end) {
        bool only_mariadb = *body == 'M' && lex->end - body > 1 && body[1] == '!';
        if ((*body == '!' || only_mariadb) && is_opened(lex, body + 1 + only_mariadb, only_mariadb, &behind)) {
            lex->versioned = true;
            return behind;
        }
    }
    if (lex->dialect == DDL_POSTGRESQL || lex->dialect == DDL_SQLSERVER)
        return behind_nested(lex, body);
    const char *close = memmem(body, (size_t)(lex->end - body), "*/", 2);
    return close != NULL ? close + 2 : lex->end;
}

const char *ddl_lex_comment(struct ddl_lex *lex, const char *at)
{
    char next = lex->end - at > 1 ? at[1] : '\0';
    if (*at == '/' && next == '*')
        return block_comment(lex, at);
    if (*at == '*' && next == '/' && lex->versioned) {
        lex->versioned = false;
        return at + 2;
    }
    if (*at == '#')
        return lex->dialect == DDL_MYSQL ? ddl_lex_line_end(lex, at) : at;
    if (*at != '-' || next != '-')
        return at;
    if (lex->dialect == DDL_MYSQL && lex->end - at > 2) { /* 5--3 is an expression */
        bool blank = (ddl_lex_bytes[(unsigned char)at[2]] & BYTE_BLANK) != 0;
        if (!blank && at != lex->begin && at[-1] != '\n')
            return at;
    }
    return ddl_lex_line_end(lex, at);
}
