/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_guess.h - how a delimited text is written, from its first part: delimiter, quote, escape, newline, whether the
 * first record names the columns, what stands above it. Pure.
 */
#ifndef CATALOG_PARSE_CSV_CSV_GUESS_H
#define CATALOG_PARSE_CSV_CSV_GUESS_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/parse/csv/csv_read.h"

struct csv_guess {
    struct csv_dialect dialect;
    size_t skip;         /* records before the header or the first row: "sep=;", comments */
    bool separator_line; /* the first of these is Excel's "sep=;" */
    bool header;
    bool row_names; /* rows have one field more than the header, the first: its column has no name */
    size_t fields;  /* that most records have */
    double score;   /* 0 to 1: how regular it is; below CSV_REGULAR it may be any text */
};
#define CSV_REGULAR 0.35

/* text: UTF-8, the first `size` bytes; whole: there is no more. delimiter 0: guessed. */
struct csv_guess csv_guess(const char *text, size_t size, bool whole, char delimiter);

#endif
