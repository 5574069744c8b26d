/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - a profile's beginning and its JSON form both ways; a part that nobody filled is not written. */
#include "catalog/profile.h"

#include "catalog/write_json.h"

const struct catalog_profile catalog_profile_unknown = { .rows = -1,
                                                         .nulls = -1,
                                                         .distinct = -1,
                                                         .length_min = -1,
                                                         .length_max = -1,
                                                         .completeness = -1,
                                                         .uniqueness = -1,
                                                         .conformity = -1,
                                                         .quality = -1 };

struct catalog_profile *catalog_profile_create(struct arena *arena)
{
    struct catalog_profile *p = arena_alloc(arena, sizeof *p);
    *p = catalog_profile_unknown;
    return p;
}

static void write_known(struct buffer *b, const char *key, int64_t value)
{
    if (value >= 0)
        write_json_integer(b, key, value);
}

static void write_share(struct buffer *b, const char *key, double share)
{
    if (share >= 0)
        write_json_real(b, key, share);
}

static void write_statistics(const struct catalog_profile *p, struct buffer *b)
{
    write_json_open(b, "statistics", '{');
    write_json_integer(b, "rows", p->rows);
    write_known(b, "nulls", p->nulls);
    write_known(b, "distinct", p->distinct);
    write_json_true(b, "estimated", p->estimated);
    write_json_text(b, "min", p->min);
    write_json_text(b, "max", p->max);
    write_known(b, "length_min", p->length_min);
    write_known(b, "length_max", p->length_max);
    if (p->length_max >= 0)
        write_json_real(b, "length_mean", p->length_mean);
    if (p->common_count > 0) {
        write_json_open(b, "common", '[');
        for (size_t i = 0; i < p->common_count; i++) {
            write_json_open(b, NULL, '{');
            write_json_text(b, "value", p->common[i].value);
            write_json_integer(b, "rows", p->common[i].rows);
            write_json_close(b, '}');
        }
        write_json_close(b, ']');
    }
    write_json_names_if_any(b, "samples", &p->samples);
    write_json_close(b, '}');
}

void profile_write(const struct catalog_profile *p, struct buffer *b)
{
    if (p->rows >= 0)
        write_statistics(p, b);
    if (p->pii_class != NULL) {
        write_json_open(b, "pii", '{');
        write_json_text(b, "class", p->pii_class);
        write_json_real(b, "confidence", p->pii_confidence);
        write_json_text(b, "evidence", p->pii_evidence);
        write_json_text(b, "sensitive", p->pii_sensitive);
        write_json_close(b, '}');
    }
    if (p->quality >= 0) {
        write_json_open(b, "quality", '{');
        write_json_real(b, "score", p->quality);
        write_share(b, "completeness", p->completeness);
        write_share(b, "uniqueness", p->uniqueness);
        write_share(b, "conformity", p->conformity);
        write_json_close(b, '}');
    }
    if (p->indexing != NULL) {
        write_json_open(b, "indexing", '{');
        write_json_text(b, "strategy", p->indexing);
        write_json_text(b, "reason", p->indexing_reason);
        write_json_close(b, '}');
    }
}

/* The object `key` of the column, when it has one. */
static const json_t *part(struct read_json *r, const struct read_json_at *at, const json_t *column, const char *key)
{
    const json_t *object = json_object_get(column, key);
    if (object == NULL || json_is_null(object))
        return NULL;
    if (!json_is_object(object)) {
        read_json_wrong(r, at, key, "must be an object");
        return NULL;
    }
    return object;
}

static double read_share(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key)
{
    return json_object_get(object, key) == NULL ? -1 : read_json_real(r, at, object, key, 0, 1);
}

static void read_common(struct read_json *r, const struct read_json_at *at, const json_t *object,
                        struct catalog_profile *p)
{
    struct read_json_at list = { .up = at, .key = "common" };
    const json_t *array = read_json_array(r, at, object, "common", PROFILE_COMMON_MAX);
    size_t count = json_array_size(array);
    if (count == 0)
        return;
    p->common = arena_array(r->arena, count, sizeof *p->common);
    for (size_t i = 0; r->class == ERROR_OK && i < count; i++) {
        struct read_json_at here = { .up = &list, .index = i };
        const json_t *item = json_array_get(array, i);
        if (!json_is_object(item)) {
            read_json_wrong(r, &here, NULL, "must be an object");
            return;
        }
        struct profile_value *value = &p->common[p->common_count++];
        value->value = json_string_length(json_object_get(item, "value")) == 0
                           ? ""
                           : read_json_text(r, &here, item, "value", true, READ_JSON_TEXT_MAX);
        value->rows = read_json_integer(r, &here, item, "rows", 0, 0, INT64_MAX);
    }
}

static void read_statistics(struct read_json *r, const struct read_json_at *column_at, const json_t *object,
                            struct catalog_profile *p)
{
    struct read_json_at at = { .up = column_at, .key = "statistics" };
    p->rows = read_json_integer(r, &at, object, "rows", 0, 0, INT64_MAX);
    p->nulls = read_json_integer(r, &at, object, "nulls", -1, 0, INT64_MAX);
    p->distinct = read_json_integer(r, &at, object, "distinct", -1, 0, INT64_MAX);
    p->estimated = read_json_boolean(r, &at, object, "estimated", false);
    p->min = read_json_text(r, &at, object, "min", false, READ_JSON_TEXT_MAX);
    p->max = read_json_text(r, &at, object, "max", false, READ_JSON_TEXT_MAX);
    p->length_min = read_json_integer(r, &at, object, "length_min", -1, 0, INT64_MAX);
    p->length_max = read_json_integer(r, &at, object, "length_max", -1, 0, INT64_MAX);
    if (json_object_get(object, "length_mean") != NULL)
        p->length_mean = read_json_real(r, &at, object, "length_mean", 0, 1e18);
    read_common(r, &at, object, p);
    read_json_texts(r, &at, object, "samples", PROFILE_SAMPLES_MAX, &p->samples.items, &p->samples.count);
}

struct catalog_profile *profile_read(struct read_json *r, const struct read_json_at *at, const json_t *column)
{
    const json_t *statistics = part(r, at, column, "statistics"), *pii = part(r, at, column, "pii"),
                 *quality = part(r, at, column, "quality"), *indexing = part(r, at, column, "indexing");
    if (r->class != ERROR_OK || (statistics == NULL && pii == NULL && quality == NULL && indexing == NULL))
        return NULL;
    struct catalog_profile *p = catalog_profile_create(r->arena);
    if (statistics != NULL)
        read_statistics(r, at, statistics, p);
    if (pii != NULL) {
        struct read_json_at below = { .up = at, .key = "pii" };
        p->pii_class = read_json_text(r, &below, pii, "class", true, READ_JSON_NAME_MAX);
        p->pii_confidence = read_json_real(r, &below, pii, "confidence", 0, 1);
        p->pii_evidence = read_json_text(r, &below, pii, "evidence", false, READ_JSON_TEXT_MAX);
        p->pii_sensitive = read_json_text(r, &below, pii, "sensitive", false, READ_JSON_NAME_MAX);
    }
    if (quality != NULL) {
        struct read_json_at below = { .up = at, .key = "quality" };
        p->quality = read_json_real(r, &below, quality, "score", 0, 1);
        p->completeness = read_share(r, &below, quality, "completeness");
        p->uniqueness = read_share(r, &below, quality, "uniqueness");
        p->conformity = read_share(r, &below, quality, "conformity");
    }
    if (indexing != NULL) {
        struct read_json_at below = { .up = at, .key = "indexing" };
        p->indexing = read_json_text(r, &below, indexing, "strategy", true, READ_JSON_NAME_MAX);
        p->indexing_reason = read_json_text(r, &below, indexing, "reason", false, READ_JSON_TEXT_MAX);
    }
    return p;
}
