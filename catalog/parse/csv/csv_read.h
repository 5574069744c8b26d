/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_read.h - the records of a delimited text, one after the other, whatever is wrong with them.
 *
 * Quoted fields may hold delimiters, newlines and doubled quotes. A quote that is never closed is a character like any
 * other; text behind a closing quote belongs to the field. Both are told by the record's flags. Memory is one buffer
 * that holds the longest record, up to a limit.
 */
#ifndef CATALOG_PARSE_CSV_CSV_READ_H
#define CATALOG_PARSE_CSV_CSV_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "catalog/parse/input/input.h"

struct csv_dialect {
    char delimiter, quote; /* quote 0: none */
    char escape;           /* before a quote inside quotes; 0: quotes are doubled */
    bool newline_cr;       /* records end with CR alone */
};

struct csv_field {
    const char *text; /* in the reader's buffer, good until the next record */
    size_t size;
    bool quoted;
};

enum csv_flag { CSV_QUOTE_OPEN = 1, CSV_QUOTE_TEXT = 2, CSV_FIELDS_LEFT_OUT = 4 };

struct csv_record {
    const struct csv_field *fields;
    size_t count;  /* 1 for a blank line, whose field is empty */
    uint64_t line; /* on which it begins, from 1 */
    unsigned flags;
    bool blank;
};

struct csv_limits {
    size_t record_max, fields_max; /* bytes; fields beyond are left out, with the flag */
};
struct csv_limits csv_limits_default(void);

struct csv_reader;

/* `in` stays the caller's, is read from where it stands, and must live as long. A byte order mark is passed over. */
struct csv_reader *csv_reader_create(struct input *in, const struct csv_dialect *dialect,
                                     const struct csv_limits *limits);
struct csv_reader *csv_reader_destroy(struct csv_reader *r); /* NULL is fine; returns NULL */
/* *ret_there false: the end. ERROR_TOO_LARGE: a record over the limit, with its line. */
enum error_class csv_reader_next(struct csv_reader *r, struct csv_record *ret_record, bool *ret_there, struct error *e);
bool csv_reader_at_end(const struct csv_reader *r); /* that was the last record */
/* Are all bytes so far UTF-8? Looked at as they come in. */
bool csv_reader_utf8(const struct csv_reader *r);
bool csv_reader_nul(const struct csv_reader *r); /* did a NUL byte come? */

#endif
