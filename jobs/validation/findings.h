/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.h - what validation has to say: a list of {check, table, column, key, message}, at most FINDINGS_MAX of
 * them.
 *
 * check: "table", "column", "rows", "checksum", "missing_row", "extra_row", "value", "orphan", "primary_key",
 * "foreign_key", "unique", "not_null". key: the key's values as text, joined by ", ". Values of other columns are never
 * repeated: they may be personal.
 */
#ifndef JOBS_VALIDATION_FINDINGS_H
#define JOBS_VALIDATION_FINDINGS_H

#include <jansson.h>

enum { FINDINGS_MAX = 500 };

struct findings {
    json_t *list;   /* owned */
    size_t dropped; /* over FINDINGS_MAX */
};

void findings_init(struct findings *f);
void findings_finish(struct findings *f);
/* column, key: NULL when the check is about more than one. */
void findings_add(struct findings *f, const char *check, const char *table, const char *column, const char *key,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif
