/* SPDX-License-Identifier: Apache-2.0 */
/* quality_values.c - completeness, uniqueness and conformity: shares of rows, each with its findings. */
#include "jobs/discovery/quality/quality_private.h"

#include <string.h>

enum { ROWS_FEW = 20 };

static const char *plural(int64_t rows)
{
    return rows == 1 ? "" : "s";
}

double quality_completeness(struct quality_table *q, const struct catalog_column *column)
{
    const struct catalog_profile *p = column->profile;
    const struct profile_evidence *v = p->evidence;
    int64_t empty = v == NULL ? 0 : v->kinds[PROFILE_EMPTY], placeholders = v == NULL ? 0 : v->placeholders;
    int64_t missing = (p->nulls > 0 ? p->nulls : 0) + empty;
    if (p->rows == 0)
        return 1;
    double share = (double)missing / (double)p->rows;
    if (missing == p->rows)
        quality_find(q, "completeness", "warning", column, missing, "no row has a value");
    else if (p->nulls > 0 && !column->nullable)
        quality_find(q, "completeness", "error", column, p->nulls, "%lld row%s without a value, though one is required",
                     (long long)p->nulls, plural(p->nulls));
    else if (share >= 0.05)
        quality_find(q, "completeness", share >= 0.5 ? "warning" : "info", column, missing,
                     "%.0f %% of the rows have no value", share * 100);
    if (empty > 0 && missing < p->rows && (!column->nullable || p->nulls > 0))
        quality_find(q, "completeness", "warning", column, empty,
                     column->nullable ? "%lld row%s with an empty text where others have NULL"
                                      : "%lld row%s with an empty text, though a value is required",
                     (long long)empty, plural(empty));
    if (placeholders > 0 && placeholders * 2 < p->rows)
        quality_find(q, "completeness", "warning", column, placeholders,
                     "%lld row%s with a word that stands for no value (N/A, unknown, -)", (long long)placeholders,
                     plural(placeholders));
    return 1 - (double)(missing + (placeholders * 2 < p->rows ? placeholders : 0)) / (double)p->rows;
}

/* Values that look as if each should be there once. */
static bool is_identifier(const struct catalog_table *t, const struct catalog_column *column)
{
    static const char *const words[] = { "id",       "uuid",  "guid",   "email",  "mail", "sku", "isbn",
                                         "ean",      "iban",  "serial", "number", "no",   "nr",  "code",
                                         "username", "login", "slug",   "vin",    NULL };
    return quality_has_word(column->name, words) && !quality_refers(t, column->name);
}

/* In rows a list or an object stands as a mark ("[...]"): what is in it are tables of their own. */
static bool is_container(const struct catalog_column *column)
{
    return column->type.name == TYPE_ARRAY || column->type.name == TYPE_OBJECT;
}

double quality_uniqueness(struct quality_table *q, const struct catalog_column *column)
{
    const struct catalog_profile *p = column->profile;
    const struct profile_evidence *v = p->evidence;
    int64_t values = p->rows - (p->nulls > 0 ? p->nulls : 0);
    if (v != NULL)
        values -= v->kinds[PROFILE_EMPTY];
    if (values <= 0 || p->distinct < 0)
        return 1;
    int64_t distinct = p->distinct - (v != NULL && v->kinds[PROFILE_EMPTY] > 0);
    int64_t again = values - distinct;
    double share = distinct >= values ? 1 : (double)distinct / (double)values;
    if (v == NULL || !v->distinct_exact || again <= 0)
        return share;
    if (quality_is_key(q->table, column->name))
        quality_find(q, "uniqueness", "error", column, again, "%lld row%s with a value of a key that another row has",
                     (long long)again, plural(again));
    else if (values >= ROWS_FEW && share >= 0.97 && is_identifier(q->table, column))
        quality_find(q, "uniqueness", "warning", column, again,
                     "%lld row%s with a value that another row has, though nearly all are there once", (long long)again,
                     plural(again));
    else if (distinct == 1 && values >= ROWS_FEW && values == p->rows && !is_container(column))
        quality_find(q, "uniqueness", "info", column, values, "every row has the same value");
    return share;
}

/* ---- conformity ---- */

static const char *kind_text(enum profile_kind kind)
{
    static const char *const texts[PROFILE_KINDS] = {
        [PROFILE_EMPTY] = "empty",
        [PROFILE_INTEGER] = "whole numbers",
        [PROFILE_CODE] = "numbers with zeros in front",
        [PROFILE_DECIMAL] = "numbers",
        [PROFILE_DATE] = "days",
        [PROFILE_DATETIME] = "times",
        [PROFILE_TIME] = "times of day",
        [PROFILE_BOOLEAN] = "yes or no",
        [PROFILE_EMAIL] = "e-mail addresses",
        [PROFILE_URL] = "addresses of pages",
        [PROFILE_UUID] = "UUIDs",
        [PROFILE_TEXT] = "texts",
    };
    return texts[kind];
}

/* Rows of the most frequent kind, with those that go together with it. */
static int64_t dominant(const struct profile_evidence *v, enum profile_kind *ret_kind)
{
    const int64_t numbers = v->kinds[PROFILE_INTEGER] + v->kinds[PROFILE_DECIMAL] + v->kinds[PROFILE_CODE];
    const int64_t days = v->kinds[PROFILE_DATE] + v->kinds[PROFILE_DATETIME];
    int64_t most = 0;
    *ret_kind = PROFILE_TEXT;
    for (int kind = PROFILE_INTEGER; kind < PROFILE_KINDS; kind++) {
        int64_t rows = v->kinds[kind];
        if (kind == PROFILE_INTEGER || kind == PROFILE_DECIMAL || kind == PROFILE_CODE)
            rows = numbers;
        else if (kind == PROFILE_DATE || kind == PROFILE_DATETIME)
            rows = days;
        if (rows > most) {
            most = rows;
            *ret_kind = (enum profile_kind)kind;
        }
    }
    if (*ret_kind == PROFILE_INTEGER && v->kinds[PROFILE_CODE] > 0)
        *ret_kind = PROFILE_CODE;
    else if (*ret_kind == PROFILE_INTEGER && v->kinds[PROFILE_DECIMAL] > 0)
        *ret_kind = PROFILE_DECIMAL;
    return most;
}

/* Rows whose form differs from the one nearly all have; only forms with digits or signs in them say anything. */
static int64_t off_form(const struct profile_evidence *v, int64_t full, const char **ret_form)
{
    if (v->formats == NULL || v->formats[0].rows < 10)
        return 0;
    const char *form = v->formats[0].form;
    bool telling = strpbrk(form, "9-/_.:#") != NULL && strspn(form, "9") != strlen(form);
    bool digits = strspn(form, "9") == strlen(form) && v->kinds[PROFILE_CODE] > 0;
    if ((!telling && !digits) || v->formats[0].rows * 100 < full * 90)
        return 0;
    *ret_form = form;
    return full - v->formats[0].rows;
}

double quality_conformity(struct quality_table *q, const struct catalog_column *column)
{
    const struct profile_evidence *v = column->profile->evidence;
    int64_t full = v == NULL ? 0 : v->values - v->kinds[PROFILE_EMPTY];
    if (full <= 0 || v->sampled == 0)
        return 1;
    enum profile_kind kind;
    int64_t most = dominant(v, &kind), off = full - most - (v->placeholders <= full - most ? v->placeholders : 0);
    const char *form = NULL;
    if (kind != PROFILE_TEXT && off > 0 && most * 100 >= full * 90) {
        quality_find(q, "format", "warning", column, off, "%.1f %% of the values are %s, all but %lld row%s",
                     (double)most / (double)full * 100, kind_text(kind), (long long)off, plural(off));
    } else {
        off = kind == PROFILE_TEXT || kind == PROFILE_CODE ? off_form(v, full, &form) : 0;
        if (off > v->placeholders)
            quality_find(q, "format", "warning", column, off, "nearly all values have the form %s, all but %lld row%s",
                         form, (long long)off, plural(off));
        else
            off = 0;
    }
    if (v->unclean > 0)
        quality_find(q, "format", "warning", column, v->unclean,
                     "%lld row%s with control signs or bytes that are no UTF-8", (long long)v->unclean,
                     plural(v->unclean));
    if (v->padded > 0 && v->padded < full)
        quality_find(q, "format", "info", column, v->padded, "%lld row%s with blanks around the value",
                     (long long)v->padded, plural(v->padded));
    int64_t wrong = off + v->unclean + (v->padded < full ? v->padded / 2 : 0);
    return wrong >= full ? 0 : 1 - (double)wrong / (double)full;
}
