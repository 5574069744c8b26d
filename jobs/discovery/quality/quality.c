/* SPDX-License-Identifier: Apache-2.0 */
/* quality.c - the pass over tables and columns, the scores, and the rows that refer to nothing. */
#include "jobs/discovery/quality/quality.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "jobs/discovery/profile/profile_column.h"
#include "jobs/discovery/quality/quality_private.h"
#include "jobs/discovery/words.h"

void quality_find(struct quality_table *q, const char *check, const char *severity, const struct catalog_column *column,
                  int64_t rows, const char *format, ...)
{
    if (q->table->finding_count >= QUALITY_FINDINGS_MAX || arena_room(q->catalog->arena) < PROFILE_ARENA_SPARE / 2)
        return;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct catalog_finding *finding = catalog_finding_add(q->catalog, q->table);
    finding->check = check;
    finding->severity = severity;
    finding->column = column == NULL ? NULL : column->name;
    finding->message = catalog_clean_text(q->catalog->arena, message);
    finding->rows = rows;
}

bool quality_is_key(const struct catalog_table *t, const char *column)
{
    if (t->primary_key.columns.count == 1 && strcmp(t->primary_key.columns.items[0], column) == 0)
        return true;
    for (size_t i = 0; i < t->unique_count; i++)
        if (t->uniques[i].columns.count == 1 && strcmp(t->uniques[i].columns.items[0], column) == 0)
            return true;
    return false;
}

bool quality_refers(const struct catalog_table *t, const char *column)
{
    for (size_t i = 0; i < t->foreign_key_count; i++)
        for (size_t j = 0; j < t->foreign_keys[i].columns.count; j++)
            if (strcmp(t->foreign_keys[i].columns.items[j], column) == 0)
                return true;
    return false;
}

bool quality_is_person(const struct catalog_column *column)
{
    const struct catalog_profile *p = column->profile;
    return p->pii_sensitive != NULL || (p->pii_class != NULL && strcmp(p->pii_class, "none") != 0);
}

bool quality_has_word(const char *name, const char *const *words)
{
    struct words w;
    words_read(name, &w);
    for (size_t i = 0; i < w.count; i++)
        for (const char *const *word = words; *word != NULL; word++)
            if (strcmp(w.items[i], *word) == 0)
                return true;
    return false;
}

/* Days since 1 March of year 0, of the proleptic calendar. */
static int day_number(int day)
{
    int year = day / 10000, month = day / 100 % 100;
    year -= month < 3;
    month += month < 3 ? 9 : -3;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day % 100 - 1;
}

int quality_days_between(int from, int upto)
{
    return day_number(upto) - day_number(from);
}

/* ---- rows that refer to nothing ---- */

static enum error_class orphans_count(struct catalog *c, const struct quality_options *o, const struct catalog_table *t,
                                      struct catalog_foreign_key *key, struct error *e)
{
    if (key->orphans >= 0 || o->rows == NULL || o->rows->face->contains == NULL)
        return ERROR_OK;
    const struct catalog_table *to = catalog_table_find(c, key->ref_schema, key->ref_table);
    /* What PostgreSQL has checked it also keeps so. */
    if (to == NULL || (text_equal(c->dialect, "postgresql") && !key->not_valid))
        return ERROR_OK;
    const struct rows_pair pair = {
        .from = t, .to = to, .columns = &key->columns, .to_columns = &key->ref_columns, .rows_max = o->orphan_rows
    };
    struct rows_inclusion found = { 0 };
    enum error_class class = o->rows->face->contains(o->rows->self, &pair, &found, e);
    if (class == ERROR_OK && found.known && found.exact)
        key->orphans = found.rows_missing;
    return class;
}

/* The share of rows that refer to something that is not there. */
static double referential(struct quality_table *q)
{
    double worst = 0;
    struct catalog_table *t = q->table;
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        struct catalog_foreign_key *key = &t->foreign_keys[i];
        if (key->orphans <= 0)
            continue;
        const struct catalog_column *column =
            key->columns.count == 1 ? catalog_column_find(t, key->columns.items[0]) : NULL;
        quality_find(q, "referential", "error", column, key->orphans, "%lld row%s with a key that no row of %s has",
                     (long long)key->orphans, key->orphans == 1 ? "" : "s", key->ref_table);
        double share = t->rows > 0 ? (double)key->orphans / (double)t->rows : 1;
        worst = share > worst ? share : worst;
    }
    return worst > 1 ? 1 : worst;
}

/* ---- scores ---- */

static double two_places(double value)
{
    value = value < 0 ? 0 : value > 1 ? 1 : value;
    return round(value * 1000) / 1000;
}

static void judge_column(struct quality_table *q, const struct catalog_column *column)
{
    struct catalog_profile *p = column->profile;
    q->rows_hit = 0;
    p->completeness = two_places(quality_completeness(q, column));
    p->uniqueness = two_places(quality_uniqueness(q, column));
    p->conformity = two_places(quality_conformity(q, column));
    if (p->evidence != NULL) {
        quality_range(q, column);
        quality_outliers(q, column);
    }
    bool key = quality_is_key(q->table, column->name);
    double complete = column->nullable && !key ? 0.5 + 0.5 * p->completeness : p->completeness;
    double weights = 2 + 2 + (key ? 2 : 0);
    double score = (2 * complete + 2 * p->conformity + (key ? 2 * p->uniqueness : 0)) / weights;
    double hit = p->rows > 0 ? (double)q->rows_hit / (double)p->rows : 0;
    p->quality = two_places(score * (1 - (hit > 1 ? 1 : hit)));
}

static void duplicates(struct quality_table *q, const struct profile_table *whole, double *ret_share)
{
    *ret_share = 0;
    if (whole == NULL || whole->rows == 0)
        return;
    const struct catalog_table *t = q->table;
    int64_t double_keys = whole->keys_distinct < 0 ? 0 : whole->rows - whole->keys_distinct;
    int64_t double_rows = whole->rows_distinct < 0 ? 0 : whole->rows - whole->rows_distinct;
    if (double_keys > 0)
        quality_find(q, "uniqueness", "error", NULL, double_keys, "%lld row%s with a primary key that another row has",
                     (long long)double_keys, double_keys == 1 ? "" : "s");
    if (double_rows > 0 && t->primary_key.columns.count == 0)
        quality_find(q, "uniqueness", "warning", NULL, double_rows, "%lld row%s the same as another in every column",
                     (long long)double_rows, double_rows == 1 ? "" : "s");
    int64_t worst = double_keys > double_rows ? double_keys : double_rows;
    *ret_share = t->primary_key.columns.count == 0 || double_keys > 0 ? (double)worst / (double)whole->rows : 0;
}

static void judge_table(struct quality_table *q)
{
    struct catalog_table *t = q->table;
    const struct profile_table *whole = NULL;
    double sum = 0, repeated;
    size_t judged = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        const struct catalog_column *column = &t->columns[i];
        if (column->profile == NULL || column->profile->rows <= 0)
            continue;
        judge_column(q, column);
        sum += column->profile->quality;
        judged++;
        if (column->profile->evidence != NULL)
            whole = column->profile->evidence->table;
    }
    double orphans = referential(q);
    if (judged == 0)
        return;
    duplicates(q, whole, &repeated);
    quality_staleness(q);
    t->quality = two_places(sum / (double)judged * (1 - repeated) * (1 - orphans));
}

/* The newest plausible day in any table, when nobody says what day it is. */
static int newest_day(const struct catalog *c)
{
    int newest = 0;
    for (size_t i = 0; i < c->table_count; i++)
        for (size_t j = 0; j < c->tables[i].column_count; j++) {
            const struct catalog_profile *p = c->tables[i].columns[j].profile;
            int day = p == NULL || p->evidence == NULL ? 0 : p->evidence->day_max;
            if (day > newest && day < 21000000)
                newest = day;
        }
    return newest;
}

enum error_class quality_judge(struct catalog *c, const struct quality_options *options, struct error *e)
{
    static const struct quality_options none = { 0 };
    const struct quality_options *o = options == NULL ? &none : options;
    int today = newest_day(c);
    if (o->now_s > 0) {
        struct tm tm;
        time_t now = (time_t)o->now_s;
        if (gmtime_r(&now, &tm) != NULL)
            today = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
    }
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        if (watch_cancelled(o->watch))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled while it judged %s", t->name);
        for (size_t j = 0; j < t->foreign_key_count; j++) {
            enum error_class class = orphans_count(c, o, t, &t->foreign_keys[j], e);
            if (class != ERROR_OK)
                return class;
        }
        struct quality_table q = { .catalog = c, .table = t, .today = today };
        judge_table(&q);
    }
    return ERROR_OK;
}
