/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_read.c - the small steps: next token, brackets, expressions, texts that are kept, diagnostics and failure.
 *
 * Failure is rare and final (a limit): the lexer is put at the text's end, so that every reader comes home by itself.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/parse/ddl/ddl_parser.h"

enum { ROOM_MIN = 512 * 1024, EXTRAS_MAX = 20000 };

void ddl_advance(struct ddl *p)
{
    p->behind = p->token.text + p->token.size;
    if (p->has_ahead) {
        p->token = p->ahead;
        p->has_ahead = false;
    } else {
        ddl_lex_next(&p->lex, &p->token);
    }
}

const struct ddl_token *ddl_peek(struct ddl *p)
{
    if (!p->has_ahead) {
        ddl_lex_next(&p->lex, &p->ahead);
        p->has_ahead = true;
    }
    return &p->ahead;
}

bool ddl_accept(struct ddl *p, enum ddl_word word)
{
    if (p->token.word != word)
        return false;
    ddl_advance(p);
    return true;
}

bool ddl_accept_two(struct ddl *p, enum ddl_word first, enum ddl_word second)
{
    if (p->token.word != first || ddl_peek(p)->word != second)
        return false;
    ddl_advance(p);
    ddl_advance(p);
    return true;
}

bool ddl_accept_kind(struct ddl *p, enum ddl_token_kind kind)
{
    if (p->token.kind != kind)
        return false;
    ddl_advance(p);
    return true;
}

bool ddl_accept_mark(struct ddl *p, char mark)
{
    if (p->token.kind != TOKEN_MARK || p->token.mark != mark)
        return false;
    ddl_advance(p);
    return true;
}

bool ddl_stopped(const struct ddl *p)
{
    return p->token.kind <= TOKEN_STOP;
}

bool ddl_brackets(struct ddl *p, const char **ret_text, size_t *ret_size)
{
    const char *open = p->token.text, *from = open + 1;
    size_t depth = 0;
    do {
        depth += p->token.kind == TOKEN_OPEN;
        depth -= p->token.kind == TOKEN_CLOSE;
        ddl_advance(p);
    } while (depth > 0 && !ddl_stopped(p));
    const char *to = depth == 0 ? p->behind - 1 : p->behind;
    while (from < to && strchr(" \t\r\n", *from) != NULL)
        from++;
    while (to > from && strchr(" \t\r\n", to[-1]) != NULL)
        to--;
    if (ret_text != NULL) {
        *ret_text = from;
        *ret_size = (size_t)(to - from);
    }
    if (depth > 0)
        ddl_warn(p, open, "a bracket that opens here is not closed");
    return depth == 0;
}

/* Words that end a default unless an operator stands before them. */
static bool ends_expression(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_NOT:
    case WORD_NULL:
    case WORD_CONSTRAINT:
    case WORD_PRIMARY:
    case WORD_UNIQUE:
    case WORD_CHECK:
    case WORD_REFERENCES:
    case WORD_FOREIGN:
    case WORD_COMMENT:
    case WORD_COLLATE:
    case WORD_ON:
    case WORD_AUTO_INCREMENT:
    case WORD_AUTOINCREMENT:
    case WORD_GENERATED:
    case WORD_IDENTITY:
    case WORD_ENABLE:
    case WORD_DISABLE:
    case WORD_KEY:
    case WORD_FIRST:
    case WORD_AFTER:
    case WORD_VISIBLE:
    case WORD_INVISIBLE:
    case WORD_FOR:
    case WORD_STORAGE:
    case WORD_COLUMN_FORMAT:
    case WORD_ROWGUIDCOL:
    case WORD_DEFAULT:
    case WORD_ADD:
    case WORD_MODIFY:
    case WORD_SPARSE:
    case WORD_STORED:
    case WORD_VIRTUAL:
    case WORD_ENCRYPT:
    case WORD_INDEX:
        return true;
    case WORD_WITH:
        return ddl_peek(p)->word != WORD_TIME;
    case WORD_WITHOUT: /* SYSTEM VERSIONING */
        return ddl_peek(p)->word != WORD_TIME;
    case WORD_CHARACTER:
        return ddl_peek(p)->word == WORD_SET;
    default:
        return false;
    }
}

void ddl_expression(struct ddl *p, const char **ret_text, size_t *ret_size)
{
    const char *from = p->token.text;
    bool operand = false; /* one is complete */
    size_t cases = 0;
    if (p->token.size == 4 && strncasecmp(p->token.text, "NEXT", 4) == 0 && ddl_peek(p)->size == 5 &&
        strncasecmp(ddl_peek(p)->text, "VALUE", 5) == 0) { /* NEXT VALUE FOR x */
        ddl_advance(p);
        ddl_advance(p);
        (void)ddl_accept(p, WORD_FOR);
    }
    while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE) {
        if (operand && cases == 0 && p->token.kind == TOKEN_WORD && ends_expression(p))
            break;
        cases += p->token.word == WORD_CASE;
        cases -= p->token.word == WORD_END && cases > 0;
        if (p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
            operand = true;
            continue;
        }
        operand = p->token.kind != TOKEN_MARK && p->token.kind != TOKEN_DOT;
        if (p->token.kind == TOKEN_MARK && p->token.mark == '[') { /* ARRAY[1, 2] has commas of its own */
            while (!ddl_stopped(p) && !(p->token.kind == TOKEN_MARK && p->token.mark == ']'))
                ddl_advance(p);
            operand = true;
        }
        ddl_advance(p);
    }
    *ret_text = from;
    *ret_size = p->behind > from ? (size_t)(p->behind - from) : 0;
}

const char *ddl_keep(struct ddl *p, const char *text, size_t size)
{
    if (size > p->limits.expression_max) {
        ddl_warn(p, text, "this text of %zu bytes is cut at the limit of %zu", size, p->limits.expression_max);
        size = p->limits.expression_max;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    if (size >= arena_room(p->arena) || !ddl_room(p))
        return "";
    return arena_text_n(p->arena, text, size);
}

/* Undoes doubled quotes and, in strings that have them, backslash escapes. */
static size_t unquote(char *text, size_t size, char quote, bool escapes)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        char byte = text[i];
        if (byte == quote && i + 1 < size && text[i + 1] == quote) {
            i++;
        } else if (escapes && byte == '\\' && i + 1 < size) {
            byte = text[++i];
            const char *letters = "nrtb", *values = "\n\r\t\b", *found = strchr(letters, byte);
            if (byte != '\0' && found != NULL)
                byte = values[found - letters];
        }
        text[used++] = byte;
    }
    return used;
}

const char *ddl_string(struct ddl *p, const struct ddl_token *token)
{
    const char *from = token->text, *to = from + token->size;
    if (token->kind != TOKEN_STRING && token->kind != TOKEN_NAME)
        return ddl_keep(p, from, token->size);
    if (token->mark == '$') {
        const char *tag = memchr(from + 1, '$', token->size - 1);
        size_t size = tag != NULL ? (size_t)(tag + 1 - from) : 0;
        return token->size >= 2 * size ? ddl_keep(p, from + size, token->size - 2 * size) : "";
    }
    const char *open = memchr(from, token->mark == 'q' ? '\'' : token->mark, token->size);
    from = open != NULL ? open + 1 : from;
    if (token->mark == 'q')
        return to - from >= 3 ? ddl_keep(p, from + 1, (size_t)(to - from) - 3) : "";
    char quote = token->mark == '[' ? ']' : token->mark;
    if (to > from && to[-1] == quote)
        to--;
    size_t size = (size_t)(to - from);
    char *text = (char *)ddl_keep(p, from, size); /* a fresh copy, or "" */
    if (memchr(from, quote, size) != NULL || (token->escapes && memchr(from, '\\', size) != NULL)) {
        size_t kept = strlen(text), used = unquote(text, kept, quote, token->escapes);
        if (used < kept)
            text[used] = '\0';
    }
    return text;
}

bool ddl_room(struct ddl *p)
{
    if (arena_room(p->arena) >= ROOM_MIN && arena_room(p->scratch) >= ROOM_MIN)
        return true;
    (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
    return false;
}

/* Lists double, so twice their size must be there. */
bool ddl_grows(struct ddl *p, size_t count, size_t size)
{
    if (count < CATALOG_TABLES_MAX && arena_room(p->arena) / 2 >= ROOM_MIN + (count + 4) * size)
        return ddl_room(p);
    (void)ddl_fail(p, ERROR_TOO_LARGE,
                   count < CATALOG_TABLES_MAX ? "the schema does not fit into the memory that is allowed for it"
                                              : "more than 100000 things of one kind");
    return false;
}

void ddl_names_add(struct ddl *p, struct catalog_names *names, const char *text)
{
    size_t count = names->count;
    if (count == 0 || (count >= 4 && (count & (count - 1)) == 0)) {
        if (!ddl_grows(p, count, sizeof *names->items))
            return;
        const char **bigger = arena_array(p->arena, count == 0 ? 4 : count * 2, sizeof *bigger);
        if (count > 0)
            memcpy(bigger, names->items, count * sizeof *bigger);
        names->items = bigger;
    }
    names->items[names->count++] = text;
}

bool ddl_work(struct ddl *p, size_t steps)
{
    p->work += steps;
    if (p->work <= p->limits.work_max)
        return true;
    (void)ddl_fail(p, ERROR_TOO_LARGE, "too many changes of wide tables or of many tables: split the text");
    return false;
}

enum error_class ddl_fail(struct ddl *p, enum error_class class, const char *format, ...)
{
    if (p->failed == ERROR_OK) {
        char text[256];
        va_list args;
        va_start(args, format);
        (void)vsnprintf(text, sizeof text, format, args);
        va_end(args);
        int line, column;
        ddl_place(p, p->token.text, &line, &column);
        bool named = p->script_count > 1;
        p->failed = error_set(p->e, class, "%.200s%sline %d, column %d: %s", named ? p->scripts[p->script].name : "",
                              named ? ": " : "", line, column, text);
    }
    p->lex.at = p->lex.end;
    p->has_ahead = false;
    p->token = (struct ddl_token){ .kind = TOKEN_END, .text = p->lex.end };
    return p->failed;
}

/* Counts on from the last place; within EXEC('...') the place of the EXEC is said. */
void ddl_place(struct ddl *p, const char *at, int *ret_line, int *ret_column)
{
    if (p->fixed_at != NULL)
        at = p->fixed_at;
    while (p->counted_at > at) { /* a little back: within the statement */
        bool feed = *--p->counted_at == '\n';
        p->line -= feed;
        if (feed)
            p->line_begin = NULL;
    }
    while (p->counted_at < at) {
        const char *feed = memchr(p->counted_at, '\n', (size_t)(at - p->counted_at));
        if (feed == NULL)
            break;
        p->line++;
        p->counted_at = feed + 1;
        p->line_begin = p->counted_at;
    }
    p->counted_at = at;
    if (p->line_begin == NULL) {
        const char *begin = at;
        while (begin > p->text && begin[-1] != '\n')
            begin--;
        p->line_begin = begin;
    }
    *ret_line = p->line;
    *ret_column = (int)(at - p->line_begin) + 1;
}

static void warn(struct ddl *p, int line, int column, const char *format, va_list args)
{
    char text[512];
    int used = p->script_count > 1 ? snprintf(text, sizeof text, "%.200s: ", p->scripts[p->script].name) : 0;
    (void)vsnprintf(text + used, sizeof text - (size_t)used, format, args);
    struct catalog_diagnostic *d = catalog_diagnostic_add(p->c, "warning", text);
    d->line = line;
    d->column = column;
    d->table = p->table_said;
}

/* One more diagnostic is wanted: is there room for it? */
static bool may_warn(struct ddl *p)
{
    return p->failed == ERROR_OK && ++p->diagnostics <= p->limits.diagnostics_max && ddl_room(p);
}

void ddl_warn(struct ddl *p, const char *at, const char *format, ...)
{
    int line, column;
    if (!may_warn(p))
        return;
    ddl_place(p, at, &line, &column);
    va_list args;
    va_start(args, format);
    warn(p, line, column, format, args);
    va_end(args);
}

void ddl_warn_place(struct ddl *p, int line, int column, const char *format, ...)
{
    if (!may_warn(p))
        return;
    va_list args;
    va_start(args, format);
    warn(p, line, column, format, args);
    va_end(args);
}

void ddl_extra(struct ddl *p, struct ddl_table *t, const char *what, const char *text, size_t size)
{
    size_t count = t != NULL ? t->table.extra_count : p->c->extra_count;
    const char *kept = count < EXTRAS_MAX ? ddl_keep(p, text, size) : NULL;
    if (p->failed != ERROR_OK || kept == NULL)
        return;
    struct catalog_extra *extra = catalog_extra_add(p->c, t != NULL ? &t->table : NULL);
    extra->what = what;
    extra->text = kept;
}
