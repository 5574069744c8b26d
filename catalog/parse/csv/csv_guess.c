/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_guess.c - tries each dialect on the first part of a text and believes the most regular one.
 *
 * Regular: nearly all records have as many fields as the most common count, that count is high, the fields are clean
 * (a known type, quoted, or without another dialect's delimiters), and no quote is astray.
 */
#include "catalog/parse/csv/csv_guess.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "catalog/parse/csv/csv_header.h"
#include "catalog/parse/value/value.h"

enum { RECORDS_MAX = 300, COUNTS_MAX = 4096 };

struct trial {
    size_t records, flagged, cells, clean, quoted;
    unsigned counts[COUNTS_MAX]; /* records by their number of fields */
};

static bool is_clean(const struct csv_field *field)
{
    if (field->quoted || field->size == 0)
        return true;
    bool odd = false;
    for (size_t i = 0; i < field->size && !odd; i++)
        odd = memchr(",;|\t", field->text[i], 4) != NULL;
    if (!odd)
        return true;
    struct infer one = { 0 };
    infer_value(&one, field->text, field->size);
    return one.counts[INFER_STRING] == 0;
}

static void try_record(struct trial *t, const struct csv_record *record)
{
    t->records++;
    t->flagged += record->flags != 0;
    t->counts[record->count < COUNTS_MAX ? record->count : COUNTS_MAX - 1]++;
    for (size_t i = 0; i < record->count && i < 64; i++) {
        t->cells++;
        t->clean += is_clean(&record->fields[i]);
        t->quoted += record->fields[i].quoted;
    }
}

static double score_of(const struct trial *t, size_t *ret_fields)
{
    size_t most = 1;
    for (size_t i = 1; i < COUNTS_MAX; i++)
        if (t->counts[i] > t->counts[most] || (t->counts[i] == t->counts[most] && t->counts[i] > 0))
            most = i;
    *ret_fields = most;
    if (t->records == 0 || most < 2)
        return 0;
    double share = (double)t->counts[most] / (double)t->records;
    double clean = (double)t->clean / (double)t->cells;
    double astray = (double)t->flagged / (double)t->records;
    return share * share * (double)(most - 1) / (double)most * clean * (1 - astray / 2);
}

/* The last record of a part may be cut: it does not count. ret_quoted: half of the records and more have quotes. */
static double try_dialect(const char *text, size_t size, bool whole, const struct csv_dialect *dialect,
                          size_t *ret_fields, bool *ret_quoted)
{
    struct input *in = input_of_memory(text, size);
    struct csv_limits limits = csv_limits_default();
    struct csv_reader *r = csv_reader_create(in, dialect, &limits);
    struct trial *t = mem_zero(1, sizeof *t);
    struct csv_record record;
    bool there = true, comments = true;
    while (t->records < RECORDS_MAX && csv_reader_next(r, &record, &there, NULL) == ERROR_OK && there) {
        bool last = csv_reader_at_end(r);
        comments = comments && record.fields[0].size > 0 && record.fields[0].text[0] == '#' && record.count == 1;
        if (!record.blank && !comments && (whole || !last || t->records == 0))
            try_record(t, &record);
    }
    double score = score_of(t, ret_fields);
    *ret_quoted = t->flagged == 0 && t->quoted * 2 >= t->records;
    free(t);
    csv_reader_destroy(r);
    input_close(in);
    return score;
}

/* Is there a field in single quotes, and none in double ones? */
static bool single_quotes(const char *text, size_t size, char delimiter)
{
    bool begins = false;
    if (memchr(text, '"', size) != NULL)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\'')
            continue;
        bool first = i == 0 || text[i - 1] == delimiter || text[i - 1] == '\n';
        bool last = i + 1 == size || text[i + 1] == delimiter || text[i + 1] == '\n' || text[i + 1] == '\r';
        if (begins && last && !first)
            return true;
        begins |= first;
    }
    return false;
}

static bool has_escape(const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        if (at + 1 < end && at[1] == '"')
            return true;
        at++;
    }
    return false;
}

static void consider(const char *text, size_t size, bool whole, char delimiter, struct csv_guess *best)
{
    struct csv_dialect d = { .delimiter = delimiter, .quote = '"', .newline_cr = best->dialect.newline_cr };
    bool single = single_quotes(text, size, delimiter), escape = has_escape(text, size);
    for (int variant = 0; variant < 3; variant++) {
        if ((variant == 1 && !escape) || (variant == 2 && !single))
            continue;
        d.escape = variant == 1 ? '\\' : 0;
        d.quote = variant == 2 ? '\'' : '"';
        size_t fields;
        bool quoted;
        double score = try_dialect(text, size, whole, &d, &fields, &quoted);
        bool as_good = variant == 2 && quoted && score > 0 && score >= best->score; /* 'a','b' has no other quotes */
        if (score > best->score || as_good) {
            best->score = score;
            best->dialect = d;
            best->fields = fields;
        }
    }
}

/* Excel's own line: "sep=;" */
static bool says_separator(const char *text, size_t size, char *ret_delimiter)
{
    bool quoted = size > 0 && *text == '"';
    const char *at = text + quoted;
    if (size < 6U + quoted || strncasecmp(at, "sep=", 4) != 0)
        return false;
    const char *behind = at + 5 + quoted;
    if (*behind != '\r' && *behind != '\n')
        return false;
    *ret_delimiter = at[4];
    return true;
}

struct csv_guess csv_guess(const char *text, size_t size, bool whole, char delimiter)
{
    struct csv_guess best = { .dialect = { .delimiter = ',', .quote = '"' }, .fields = 1 };
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3, size -= 3;
    best.dialect.newline_cr = size > 0 && memchr(text, '\n', size) == NULL && memchr(text, '\r', size) != NULL;
    bool said = says_separator(text, size, &delimiter);
    static const char usual[] = ",;\t|", rare[] = "\x01\x1f^~";
    const char *try = delimiter != 0 ? (char[]){ delimiter, '\0' } : usual;
    best.dialect.delimiter = *try;
    for (const char *at = try; *at != '\0'; at++)
        consider(text, size, whole, *at, &best);
    for (const char *at = rare; best.score == 0 && delimiter == 0 && *at != '\0'; at++)
        consider(text, size, whole, *at, &best);
    best.skip = said;
    best.separator_line = said;
    csv_header_find(text, size, whole, &best);
    return best;
}
