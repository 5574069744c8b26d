/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quality_range.c - values where none should be: beyond what a column's name allows, far from all others, too old.
 *
 * A number is an outlier when it lies more than three times the distance of the quartiles beyond them, on the scale as
 * it is and, where all are above zero, on a logarithmic one too, and when few rows are so: prices and sizes that grow
 * without end are no fault.
 */
#include "jobs/discovery/quality/quality_private.h"

#include <math.h>
#include <string.h>

enum { SAMPLE_LEAST = 30, STALE_DAYS = 365 };

static const char *plural(int64_t rows)
{
    return rows == 1 ? "" : "s";
}

/* Rows of the extremes that were kept which lie outside [low, high]; *ret_more when there may be others. */
static int64_t outside(const struct profile_evidence *v, double low, double high, bool *ret_more)
{
    int64_t below = 0, above = 0;
    for (int i = 0; i < v->extremes; i++) {
        below += v->low[i] < low;
        above += v->high[i] > high;
    }
    *ret_more = below == PROFILE_EXTREMES || above == PROFILE_EXTREMES;
    return below + above;
}

static bool is_numeric(const struct profile_evidence *v)
{
    int64_t numbers = v->kinds[PROFILE_INTEGER] + v->kinds[PROFILE_DECIMAL];
    return numbers > 0 && numbers * 10 >= (v->values - v->kinds[PROFILE_EMPTY]) * 9;
}

static void range_limits(struct quality_table *q, const struct catalog_column *column)
{
    static const char *const latitude[] = { "latitude", "lat", NULL }, *const longitude[] = { "longitude", "lng", "lon",
                                                                                              NULL };
    static const char *const ages[] = { "age", "alter", "edad", "idade", "eta", "leeftijd", "wiek", NULL };
    static const char *const percents[] = { "percent", "percentage", "pct", NULL };
    static const char *const months[] = { "month", "monat", "mes", "mois", "mese", "maand", NULL };
    static const struct {
        const char *const *words;
        const char *what;
        double low, high;
    } limits[] = {
        { latitude, "a latitude", -90, 90 }, { longitude, "a longitude", -180, 180 },
        { ages, "an age", 0, 130 },          { percents, "a percentage", -100, 1000 },
        { months, "a month", 0, 12 },
    };
    const struct profile_evidence *v = column->profile->evidence;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        bool more;
        int64_t rows =
            quality_has_word(column->name, limits[i].words) ? outside(v, limits[i].low, limits[i].high, &more) : 0;
        if (rows == 0 || rows * 2 > v->values) /* most of them: the name means something else */
            continue;
        quality_find(q, "range", "error", column, rows, "%s%lld row%s with what can't be %s", more ? "at least " : "",
                     (long long)rows, plural(rows), limits[i].what);
        q->rows_hit += rows;
        return;
    }
    static const char *const positive[] = { "price",    "quantity", "qty",      "count",    "weight",
                                            "height",   "width",    "length",   "size",     "stock",
                                            "duration", "cost",     "salary",   "distance", "preis",
                                            "menge",    "prix",     "precio",   "prezzo",   "aantal",
                                            "cena",     "ilosc",    "cantidad", "quantite", NULL };
    if (v->negatives > 0 && v->negatives * 20 < v->values && quality_has_word(column->name, positive)) {
        quality_find(q, "range", "warning", column, v->negatives, "%lld row%s below zero", (long long)v->negatives,
                     plural(v->negatives));
        q->rows_hit += v->negatives;
    }
}

static void range_days(struct quality_table *q, const struct catalog_column *column)
{
    const struct profile_evidence *v = column->profile->evidence;
    int64_t days = v->kinds[PROFILE_DATE] + v->kinds[PROFILE_DATETIME];
    if (days == 0 || days * 10 < (v->values - v->kinds[PROFILE_EMPTY]) * 9)
        return;
    int64_t odd = v->days_far + v->days_before_1900;
    if (odd > 0 && odd * 2 < days) {
        quality_find(q, "range", "warning", column, odd, "%lld row%s with a day before 1900 or from 2100 on",
                     (long long)odd, plural(odd));
        q->rows_hit += odd;
    }
    const char *class = column->profile->pii_class;
    if (class != NULL && strcmp(class, "dob") == 0 && q->today > 0 && v->day_max > q->today && v->days_far == 0) {
        quality_find(q, "range", "error", column, -1, "there are days of birth that have not been yet");
        q->rows_hit++;
    }
}

void quality_range(struct quality_table *q, const struct catalog_column *column)
{
    if (is_numeric(column->profile->evidence))
        range_limits(q, column);
    range_days(q, column);
}

static bool is_code(const struct quality_table *q, const struct catalog_column *column)
{
    static const char *const words[] = { "id",  "code", "no",    "nr",     "number", "key",
                                         "zip", "year", "phone", "postal", "plz",    NULL };
    return quality_is_key(q->table, column->name) || quality_refers(q->table, column->name) ||
           quality_has_word(column->name, words) || column->type.name == TYPE_BOOLEAN;
}

void quality_outliers(struct quality_table *q, const struct catalog_column *column)
{
    const struct profile_evidence *v = column->profile->evidence;
    double spread = v->quartile_high - v->quartile_low;
    if (!is_numeric(v) || v->sampled < SAMPLE_LEAST || spread <= 0 || is_code(q, column))
        return;
    double low = v->quartile_low - 3 * spread, high = v->quartile_high + 3 * spread;
    if (v->low[0] > 0) {
        double logs = log(v->quartile_high) - log(v->quartile_low);
        double log_low = exp(log(v->quartile_low) - 3 * logs), log_high = exp(log(v->quartile_high) + 3 * logs);
        low = log_low < low ? log_low : low;
        high = log_high > high ? log_high : high;
    }
    bool more;
    int64_t rows = outside(v, low, high, &more);
    if (rows == 0 || more || rows * 100 > v->values) /* many are no outliers but how these values are */
        return;
    if (quality_is_person(column))
        quality_find(q, "outliers", "warning", column, rows, "%lld row%s far from all others", (long long)rows,
                     plural(rows));
    else
        quality_find(q, "outliers", "warning", column, rows,
                     "%lld row%s far from all others, which are mostly between %g and %g", (long long)rows,
                     plural(rows), v->quartile_low, v->quartile_high);
    q->rows_hit += rows;
}

/* The newest day in columns that say when a row came or changed. */
void quality_staleness(struct quality_table *q)
{
    static const char *const words[] = {
        "updated",  "modified",     "changed",    "created", "inserted",     "timestamp", "logged",
        "recorded", "synced",       "imported",   "update",  "modification", "creation",  "geandert",
        "erstellt", "aktualisiert", "modificado", "creado",  "modifie",      "cree",      NULL
    };
    int newest = 0;
    const struct catalog_column *from = NULL;
    for (size_t i = 0; i < q->table->column_count; i++) {
        const struct catalog_column *column = &q->table->columns[i];
        const struct profile_evidence *v = column->profile == NULL ? NULL : column->profile->evidence;
        if (v == NULL || v->day_max == 0 || v->day_max >= 21000000 || !quality_has_word(column->name, words))
            continue;
        if (v->day_max > newest) {
            newest = v->day_max;
            from = column;
        }
    }
    if (from == NULL || q->today == 0)
        return;
    int days = quality_days_between(newest, q->today);
    if (days >= STALE_DAYS)
        quality_find(q, "staleness", days >= 3 * STALE_DAYS ? "warning" : "info", from, -1,
                     "nothing came or changed for %d days: the newest row is of %04d-%02d-%02d", days, newest / 10000,
                     newest / 100 % 100, newest % 100);
}
