/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/spelling_mysql.h"

#include <string.h>
#include <strings.h>

#include "catalog/shape.h"

enum { BRACKETS_MAX = 16 }; /* around a default: each pair is one look at all of it */

/* Behind the text or name that begins here, quotes and all; NULL: it has no end. Backslashes escape in a text. */
static const char *behind_text(const char *at, bool escapes)
{
    char quote = *at++;
    for (; *at != '\0'; at++) {
        if (*at == '\\' && escapes && quote != '`' && at[1] != '\0')
            at++;
        else if (*at == quote && at[1] == quote)
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return NULL;
}

static char unescaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'Z':
        return '\x1a';
    default:
        return c;
    }
}

/* \% and \_ keep their backslash; a NUL has no place in a text of ours. */
static bool keeps_backslash(char c)
{
    return c == '%' || c == '_' || c == '0';
}

static char *standard_text(struct arena *arena, const char *text, size_t size, bool escapes)
{
    char quote = text[0], *kept = arena_alloc(arena, 2 * size + 1), *to = kept;
    *to++ = '\'';
    for (const char *at = text + 1; at < text + size - 1; at++) {
        char c = *at;
        if (c == '\\' && escapes && !keeps_backslash(at[1]))
            c = unescaped(*++at);
        else if (c == quote)
            at++;
        if (c == '\'')
            *to++ = '\'';
        *to++ = c;
    }
    *to++ = '\'';
    *to = '\0';
    return kept;
}

static bool is_number(const struct type *type)
{
    switch (type->name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_DECIMAL:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_BOOLEAN:
        return true;
    default:
        return false;
    }
}

/* Is the bracket that opens the text closed by its last byte? */
static bool is_bracketed(const char *text, size_t size, bool escapes)
{
    size_t depth = 0;
    if (size < 2 || text[0] != '(')
        return false;
    for (const char *at = text; *at != '\0' && at < text + size; at++) {
        if (*at == '\'' || *at == '"' || *at == '`') {
            at = behind_text(at, escapes);
            if (at == NULL || at > text + size)
                return false;
            at--;
            continue;
        }
        depth += *at == '(';
        depth -= *at == ')' && depth > 0;
        if (depth == 0)
            return at == text + size - 1;
    }
    return false;
}

const char *spelling_mysql_default(struct arena *arena, const char *text, bool escapes, const struct type *type)
{
    if (text == NULL)
        return NULL;
    size_t size = strlen(text);
    if ((*text == '\'' || *text == '"') && behind_text(text, escapes) == text + size) {
        char *kept = standard_text(arena, text, size, escapes);
        bool whole;
        size = strlen(kept);
        if (!is_number(type) || !shape_is_number(kept + 1, size - 2, &whole))
            return kept;
        kept[size - 1] = '\0';
        return kept + 1;
    }
    bool bare = true;
    for (unsigned pairs = 0; pairs < BRACKETS_MAX && is_bracketed(text, size, escapes); pairs++, bare = false) {
        text++;
        size -= 2;
    }
    return bare ? text : arena_text_n(arena, text, size);
}

const char *spelling_mysql_action(const char *action)
{
    return action != NULL && strcasecmp(action, "RESTRICT") == 0 ? "NO ACTION" : action;
}

const char *spelling_mysql_names(struct arena *arena, const char *expression)
{
    if (expression == NULL || strchr(expression, '"') == NULL)
        return expression;
    char *kept = arena_alloc(arena, 2 * strlen(expression) + 1), *to = kept;
    for (const char *at = expression; *at != '\0';) {
        const char *end = *at == '\'' || *at == '`' ? behind_text(at, true) : at + 1;
        if (*at != '"') {
            size_t size = end != NULL ? (size_t)(end - at) : strlen(at);
            memcpy(to, at, size);
            to += size;
            at += size;
            continue;
        }
        *to++ = '`';
        for (at++; *at != '\0' && (*at != '"' || at[1] == '"'); at++) {
            at += *at == '"';
            if (*at == '`')
                *to++ = '`';
            *to++ = *at;
        }
        *to++ = '`';
        at += *at == '"';
    }
    *to = '\0';
    return kept;
}

/* The part that begins here goes: `schema`. */
static size_t own_size(const char *at, const char *schema)
{
    const char *from = at++;
    for (; *schema != '\0'; schema++) {
        if (*at != *schema || (*schema == '`' && *++at != '`'))
            return 0;
        at++;
    }
    return at[0] == '`' && at[1] == '.' ? (size_t)(at + 2 - from) : 0;
}

const char *spelling_mysql_own(struct arena *arena, const char *query, const char *schema)
{
    char *kept = arena_text(arena, query), *to = kept;
    bool column = false; /* behind a dot: `made` in `t`.`made` is none */
    for (const char *at = query; *at != '\0';) {
        size_t own = *at == '`' && !column ? own_size(at, schema) : 0;
        const char *end = *at == '\'' || *at == '`' ? behind_text(at, true) : at + 1;
        size_t size = end != NULL ? (size_t)(end - at) : strlen(at);
        column = *at == '.';
        if (own == 0)
            memcpy(to, at, size);
        to += own == 0 ? size : 0;
        at += own > 0 ? own : size;
    }
    *to = '\0';
    return kept;
}

const char *spelling_mysql_collation(struct arena *arena, const char *charset)
{
    static const char *const others[][2] = {
        { "latin1", "latin1_swedish_ci" },   { "big5", "big5_chinese_ci" },
        { "dec8", "dec8_swedish_ci" },       { "hp8", "hp8_english_ci" },
        { "swe7", "swe7_swedish_ci" },       { "ujis", "ujis_japanese_ci" },
        { "sjis", "sjis_japanese_ci" },      { "tis620", "tis620_thai_ci" },
        { "euckr", "euckr_korean_ci" },      { "gb2312", "gb2312_chinese_ci" },
        { "gbk", "gbk_chinese_ci" },         { "latin5", "latin5_turkish_ci" },
        { "cp932", "cp932_japanese_ci" },    { "eucjpms", "eucjpms_japanese_ci" },
        { "gb18030", "gb18030_chinese_ci" }, { "binary", "binary" },
    };
    static const char *const general[] = { "ascii",   "utf8",   "utf8mb3",  "ucs2",   "utf16",  "utf16le", "utf32",
                                           "latin2",  "latin7", "koi8r",    "koi8u",  "hebrew", "greek",   "cp1250",
                                           "cp1251",  "cp1256", "cp1257",   "cp850",  "cp852",  "cp866",   "armscii8",
                                           "keybcs2", "macce",  "macroman", "geostd8" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcasecmp(others[i][0], charset) == 0)
            return others[i][1];
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        if (strcasecmp(general[i], charset) == 0)
            return arena_format(arena, "%s_general_ci", general[i]);
    return NULL;
}
