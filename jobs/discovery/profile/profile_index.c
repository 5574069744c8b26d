/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_index.c - categorical: below 100 values, each worth knowing. vector: text whose meaning is worth an
 * embedding. skip: everything else. The first reason that applies is the one that is given.
 */
#include "jobs/discovery/profile/profile_index.h"

#include <string.h>

#include "catalog/key_marks.h"
#include "catalog/profile_pool.h"
#include "jobs/discovery/profile/profile_column.h"

struct choice {
    const char *strategy, *reason;
};

static const char *key_reason(unsigned marks)
{
    if ((marks & KEY_MARK_PRIMARY) != 0)
        return "a primary key names rows, it does not describe them";
    if ((marks & KEY_MARK_FOREIGN) != 0)
        return "a foreign key points to another table";
    if ((marks & KEY_MARK_UNIQUE_ALONE) != 0)
        return "a unique key names rows, it does not describe them";
    return NULL;
}

static bool is_text(enum type_name type)
{
    return type == TYPE_TEXT || type == TYPE_VARCHAR || type == TYPE_CHAR || type == TYPE_STRING ||
           type == TYPE_DYNAMIC || type == TYPE_OTHER;
}

static struct choice by_type(const struct catalog_column *column)
{
    switch (column->type.name) {
    case TYPE_BOOLEAN:
        return (struct choice){ "categorical", "yes or no" };
    case TYPE_ENUM:
        return (struct choice){ "categorical", "an enumeration" };
    case TYPE_BINARY:
        return (struct choice){ "skip", "bytes, not text" };
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_DATETIME:
    case TYPE_INTERVAL:
        return (struct choice){ "skip", "times are searched by range" };
    case TYPE_UUID:
        return (struct choice){ "skip", "identifiers carry no meaning" };
    case TYPE_JSON:
    case TYPE_ARRAY:
    case TYPE_OBJECT:
        return (struct choice){ "skip", "nested data" };
    default:
        return (struct choice){ NULL, NULL };
    }
}

static double kinds(const struct profile_evidence *v, enum profile_kind from, enum profile_kind upto)
{
    int64_t count = 0;
    for (int k = (int)from; k <= (int)upto; k++)
        count += v->kinds[k];
    return v->values == 0 ? 0 : (double)count / (double)v->values;
}

static struct choice by_values(const struct catalog_column *column, const struct catalog_profile *p)
{
    const struct profile_evidence *v = p->evidence;
    if (v == NULL || v->values == 0)
        return (struct choice){ "skip", "no values" };
    bool repeats =
        p->distinct >= 0 && p->distinct < PROFILE_CATEGORIES_MAX && (p->distinct * 2 <= v->values || p->distinct <= 2);
    if (kinds(v, PROFILE_DATE, PROFILE_TIME) >= 0.9)
        return (struct choice){ "skip", "times are searched by range" };
    if (profile_share(v, PII_SHAPE_UUID) + profile_share(v, PII_SHAPE_HEX) >= 0.9)
        return (struct choice){ "skip", "identifiers carry no meaning" };
    bool numbers = kinds(v, PROFILE_INTEGER, PROFILE_INTEGER) + kinds(v, PROFILE_DECIMAL, PROFILE_DECIMAL) >= 0.9;
    if (numbers && (!repeats || kinds(v, PROFILE_DECIMAL, PROFILE_DECIMAL) > 0.5))
        return (struct choice){ "skip", "numbers are searched by range" };
    if (repeats && p->length_max <= 200)
        return (struct choice){ "categorical", numbers ? "few numbers that come again and again: codes"
                                                       : "few values that come again and again" };
    if (profile_share(v, PII_SHAPE_URL) >= 0.9)
        return (struct choice){ "skip", "addresses of pages" };
    if (v->formats != NULL && (double)v->formats[0].rows >= 0.8 * (double)v->values &&
        strchr(v->formats[0].form, '9') != NULL)
        return (struct choice){ "skip", "codes of one form" };
    if (!is_text(column->type.name) || kinds(v, PROFILE_TEXT, PROFILE_TEXT) < 0.5)
        return (struct choice){ "skip", "no text" };
    if (p->length_mean >= 40 || profile_share(v, PII_SHAPE_WORDS) >= 0.3)
        return (struct choice){ "vector", "free text" };
    if (p->length_mean >= 4)
        return (struct choice){ "vector", "names and titles, too many for a list" };
    return (struct choice){ "skip", "short codes, too many for a list" };
}

static struct choice choose(const struct catalog_column *column, const struct catalog_profile *p, unsigned marks)
{
    if (p->pii_class != NULL && strcmp(p->pii_class, "none") != 0)
        return (struct choice){ "skip", "personal data" };
    const char *key = key_reason(marks);
    if (key != NULL)
        return (struct choice){ "skip", key };
    struct choice choice = by_type(column);
    if (choice.strategy != NULL)
        return choice;
    if (p->rows >= 0)
        return by_values(column, p);
    if (!is_text(column->type.name))
        return (struct choice){ "skip", "numbers are searched by range" };
    bool is_short = column->type.length > 0 && column->type.length < 40;
    return is_short ? (struct choice){ "skip", "a short text whose values nobody looked at" }
                    : (struct choice){ "vector", "text; its values were not looked at" };
}

static void index_table(struct catalog *c, struct catalog_table *t, struct key_marks *marks, struct profile_pool *pool)
{
    key_marks_read(marks, t);
    for (size_t i = 0; i < t->column_count; i++) {
        struct catalog_column *column = &t->columns[i];
        struct catalog_profile p;
        if (column->profile == NULL && arena_room(c->arena) < PROFILE_ARENA_SPARE / 2)
            continue;
        memcpy(&p, column->profile != NULL ? column->profile : &catalog_profile_unknown, sizeof p); /* padding too */
        struct choice choice = choose(column, &p, key_marks_of(marks, i));
        p.indexing = choice.strategy;
        p.indexing_reason = choice.reason;
        profile_pool_give(pool, column, &p);
    }
}

void profile_index(struct catalog *c)
{
    struct key_marks marks;
    struct profile_pool pool;
    key_marks_init(&marks);
    profile_pool_init(&pool, c->arena);
    for (size_t i = 0; i < c->table_count; i++)
        index_table(c, &c->tables[i], &marks, &pool);
    profile_pool_finish(&pool);
    key_marks_finish(&marks);
}
