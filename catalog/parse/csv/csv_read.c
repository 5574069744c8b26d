/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_read.c - a record lies in the buffer as a whole: it is found, then its fields are made plain in place.
 *
 * Happy path: 64 bytes give a mask of delimiters, newlines and quotes; its bits are walked. A quoted field is walked by
 * memchr(). Where the buffer ends inside a record, what is left moves to the front, the buffer grows if it must, more
 * is read and the record begins again: that is paid once a megabyte, or once a doubling for a record that is longer. A
 * quote that the rest of the text (or what a record may hold of it) never closes turns quoting off as far as was
 * looked, so nothing is looked through twice for it.
 */
#include "catalog/parse/csv/csv_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/parse/csv/csv_mask.h"
#include "catalog/parse/input/input_private.h"

enum { BUFFER_SIZE = 1 << 20, PADDING = 64, FIELDS_FIRST = 64 };

struct csv_reader {
    struct input *in; /* not owned */
    struct csv_dialect dialect;
    struct csv_limits limits;
    char *buffer; /* owned; PADDING bytes behind `size` may be read */
    size_t capacity, size, at;
    size_t checked;    /* bytes of the buffer that were looked at for UTF-8 */
    size_t plain_upto; /* in the buffer: before it quotes are plain characters */
    bool end, not_utf8, nul, begun;
    uint64_t line;
    struct csv_field *fields; /* owned */
    bool *escaped;            /* owned; of each field: holds doubled or escaped quotes */
    size_t field_capacity;
    /* the record being read */
    size_t count, base;
    uint64_t mask;
    unsigned flags;
    uint64_t lines;
};

enum step { STEP_DONE, STEP_MORE };

struct csv_limits csv_limits_default(void)
{
    return (struct csv_limits){ .record_max = 16 << 20, .fields_max = CATALOG_COLUMNS_MAX + 1 };
}

struct csv_reader *csv_reader_create(struct input *in, const struct csv_dialect *dialect,
                                     const struct csv_limits *limits)
{
    struct csv_reader *r = mem_zero(1, sizeof *r);
    r->in = in;
    r->dialect = *dialect;
    r->limits = *limits;
    r->capacity = BUFFER_SIZE;
    if (in->face->seek != NULL && in->size < BUFFER_SIZE) /* its end is seen by one byte more */
        r->capacity = (size_t)in->size + 1;
    r->buffer = mem_alloc(r->capacity + PADDING);
    r->field_capacity = FIELDS_FIRST;
    r->fields = mem_zero(r->field_capacity, sizeof *r->fields);
    r->escaped = mem_zero(r->field_capacity, sizeof *r->escaped);
    r->line = 1;
    return r;
}

struct csv_reader *csv_reader_destroy(struct csv_reader *r)
{
    if (r == NULL)
        return NULL;
    free(r->buffer);
    free(r->fields);
    free(r->escaped);
    free(r);
    return NULL;
}

bool csv_reader_utf8(const struct csv_reader *r)
{
    return !r->not_utf8;
}

bool csv_reader_at_end(const struct csv_reader *r)
{
    return r->end && r->at == r->size;
}

bool csv_reader_nul(const struct csv_reader *r)
{
    return r->nul;
}

/* Eight bytes at a time while they are ASCII. A character cut by the end of the buffer waits for its rest. */
static void check_utf8(struct csv_reader *r)
{
    size_t at = r->checked;
    while (at < r->size && !r->not_utf8) {
        uint64_t eight;
        if (r->size - at >= sizeof eight) {
            memcpy(&eight, r->buffer + at, sizeof eight);
            r->nul |= ((eight - UINT64_C(0x0101010101010101)) & ~eight & UINT64_C(0x8080808080808080)) != 0;
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        r->nul |= r->buffer[at] == '\0';
        size_t step = text_utf8_size(r->buffer + at, r->size - at);
        if (step == 0) {
            if (!r->end && r->size - at < 4)
                break;
            r->not_utf8 = true;
        }
        at += step;
    }
    r->checked = at;
}

/* More of the text behind what is left of it. */
static enum error_class fill(struct csv_reader *r, struct error *e)
{
    if (r->at > 0) {
        memmove(r->buffer, r->buffer + r->at, r->size - r->at);
        r->size -= r->at;
        r->checked -= r->at < r->checked ? r->at : r->checked;
        r->plain_upto -= r->at < r->plain_upto ? r->at : r->plain_upto;
        r->at = 0;
    }
    if (r->size == r->capacity) {
        r->buffer = mem_resize(r->buffer, r->capacity * 2 + PADDING, 1);
        r->capacity *= 2;
    }
    while (r->size < r->capacity && !r->end) {
        size_t got;
        enum error_class class = input_read(r->in, r->buffer + r->size, r->capacity - r->size, &got, e);
        if (class != ERROR_OK)
            return class;
        r->size += got;
        r->end = got == 0;
    }
    memset(r->buffer + r->size, 0, PADDING);
    check_utf8(r);
    if (!r->begun && r->size >= 3 && memcmp(r->buffer, "\xEF\xBB\xBF", 3) == 0)
        r->at = 3;
    r->begun = true;
    return ERROR_OK;
}

static void add_field(struct csv_reader *r, size_t from, size_t upto, bool quoted, bool escaped)
{
    if (r->count == r->limits.fields_max) {
        r->flags |= CSV_FIELDS_LEFT_OUT;
        return;
    }
    if (r->count == r->field_capacity) {
        r->field_capacity *= 2;
        r->fields = mem_resize(r->fields, r->field_capacity, sizeof *r->fields);
        r->escaped = mem_resize(r->escaped, r->field_capacity, sizeof *r->escaped);
    }
    r->fields[r->count] = (struct csv_field){ r->buffer + from, upto - from, quoted };
    r->escaped[r->count++] = escaped;
}

static void look_from(struct csv_reader *r, size_t at)
{
    r->base = at;
    r->mask = csv_mask(r->buffer + at, r->dialect.delimiter, r->dialect.newline_cr ? '\r' : '\n',
                       r->dialect.quote != 0 ? r->dialect.quote : r->dialect.delimiter);
}

/* The next special byte; r->size when there is none in the buffer. */
static inline size_t next_special(struct csv_reader *r)
{
    while (r->mask == 0) {
        r->base += 64;
        if (r->base >= r->size)
            return r->size;
        look_from(r, r->base);
    }
    size_t at = r->base + (size_t)__builtin_ctzll(r->mask);
    r->mask &= r->mask - 1;
    return at < r->size ? at : r->size;
}

static size_t count_lines(const char *from, const char *upto, char newline)
{
    size_t lines = 0;
    while ((from = memchr(from, newline, (size_t)(upto - from))) != NULL) {
        lines++;
        from++;
    }
    return lines;
}

/* The closing quote of the field that begins at `from`; r->size when there is none in the buffer. */
static size_t find_closing(struct csv_reader *r, size_t from, bool *ret_escaped)
{
    char quote = r->dialect.quote, escape = r->dialect.escape;
    size_t at = from;
    for (;;) {
        const char *found = memchr(r->buffer + at, quote, r->size - at);
        if (found == NULL)
            return r->size;
        at = (size_t)(found - r->buffer);
        size_t slashes = 0;
        while (escape != 0 && at - slashes > from && r->buffer[at - slashes - 1] == escape)
            slashes++;
        if (slashes % 2 == 1) {
            *ret_escaped = true;
            at++;
        } else if (at + 1 < r->size && r->buffer[at + 1] == quote) {
            *ret_escaped = true;
            at += 2;
        } else if (at + 1 == r->size && !r->end) {
            return r->size; /* the next byte may double it */
        } else {
            return at;
        }
    }
}

/* A quoted field; *at is behind it. false: the buffer ends first. */
static bool take_quoted(struct csv_reader *r, size_t *at, bool *ret_last)
{
    char newline = r->dialect.newline_cr ? '\r' : '\n', delimiter = r->dialect.delimiter;
    bool escaped = false;
    size_t from = *at + 1, close = find_closing(r, from, &escaped);
    if (close == r->size)
        return false;
    size_t upto = close + 1;
    if (newline == '\n' && upto < r->size && r->buffer[upto] == '\r' && upto + 1 < r->size &&
        r->buffer[upto + 1] == newline)
        upto++;
    if (upto < r->size && r->buffer[upto] != delimiter && r->buffer[upto] != newline) {
        /* text behind the quote: all of it is the field, as it stands */
        look_from(r, upto);
        do
            upto = next_special(r);
        while (upto < r->size && r->buffer[upto] != delimiter && r->buffer[upto] != newline);
        bool only_blanks = true;
        for (size_t i = close + 1; i < upto && only_blanks; i++)
            only_blanks = r->buffer[i] == ' ' || r->buffer[i] == '\r';
        r->flags |= only_blanks ? 0 : CSV_QUOTE_TEXT;
        if (upto == r->size && !r->end)
            return false;
        r->lines += count_lines(r->buffer + from, r->buffer + close, newline);
        size_t end = upto - (upto > from && r->buffer[upto - 1] == '\r');
        add_field(r, only_blanks ? from : from - 1, only_blanks ? close : end, only_blanks, only_blanks && escaped);
    } else {
        if (upto == r->size && !r->end)
            return false;
        r->lines += count_lines(r->buffer + from, r->buffer + close, newline);
        add_field(r, from, close, true, escaped);
    }
    *ret_last = upto >= r->size || r->buffer[upto] == newline;
    *at = upto < r->size ? upto + 1 : upto;
    look_from(r, *at < r->size ? *at : r->size);
    return true;
}

/* From r->at: STEP_MORE when the buffer ends inside the record. *ret_at is behind it. */
static enum step scan(struct csv_reader *r, size_t *ret_at)
{
    char newline = r->dialect.newline_cr ? '\r' : '\n', delimiter = r->dialect.delimiter, quote = r->dialect.quote;
    size_t at = r->at;
    bool last = false;
    r->count = 0;
    r->flags = 0;
    r->lines = 1;
    look_from(r, at);
    while (!last) {
        if (quote != 0 && at < r->size && r->buffer[at] == quote && at >= r->plain_upto) {
            if (!take_quoted(r, &at, &last))
                return STEP_MORE;
            continue;
        }
        size_t upto;
        do
            upto = next_special(r);
        while (upto < r->size && r->buffer[upto] != delimiter && r->buffer[upto] != newline);
        if (upto == r->size && !r->end)
            return STEP_MORE;
        last = upto == r->size || r->buffer[upto] == newline;
        add_field(r, at, upto - (last && upto > at && r->buffer[upto - 1] == '\r'), false, false);
        at = upto < r->size ? upto + 1 : upto;
    }
    *ret_at = at;
    return STEP_DONE;
}

static void unescape(struct csv_reader *r, struct csv_field *field)
{
    char *from = r->buffer + (field->text - r->buffer), *end = from + field->size, *to = from;
    while (from < end) {
        bool doubled = end - from > 1 && (*from == r->dialect.quote || *from == r->dialect.escape) && *from != 0 &&
                       (from[1] == r->dialect.quote || from[1] == *from);
        from += doubled;
        *to++ = *from++;
    }
    field->size = (size_t)(to - field->text);
}

static void give(struct csv_reader *r, size_t end, struct csv_record *ret_record)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->escaped[i])
            unescape(r, &r->fields[i]);
    if (r->at < r->plain_upto)
        r->flags |= CSV_QUOTE_OPEN;
    *ret_record = (struct csv_record){ r->fields, r->count, r->line, r->flags,
                                       r->count == 1 && r->fields[0].size == 0 && !r->fields[0].quoted };
    r->line += r->lines;
    r->at = end;
}

/* The buffer holds as much as a record may have, or all there is, and the record does not end in it. */
static bool close_quotes(struct csv_reader *r)
{
    if (r->plain_upto == r->size)
        return false;
    r->plain_upto = r->size;
    return true;
}

enum error_class csv_reader_next(struct csv_reader *r, struct csv_record *ret_record, bool *ret_there, struct error *e)
{
    size_t end;
    *ret_there = false;
    for (;;) {
        if (r->at < r->size && scan(r, &end) == STEP_DONE) {
            give(r, end, ret_record);
            *ret_there = true;
            return ERROR_OK;
        }
        bool full = r->size - r->at >= r->limits.record_max;
        if (r->end || full) {
            if (r->at == r->size)
                return ERROR_OK;
            if (close_quotes(r))
                continue;
            return error_code(e, ERROR_TOO_LARGE, "record_too_large",
                              "line %llu is longer than %zu MB without an end: not a table, or a quote is missing",
                              (unsigned long long)r->line, r->limits.record_max >> 20);
        }
        enum error_class class = fill(r, e);
        if (class != ERROR_OK)
            return class;
    }
}
