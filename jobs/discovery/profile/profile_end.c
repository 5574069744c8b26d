/* SPDX-License-Identifier: Apache-2.0 */
/* profile_end.c - the rows are over: from sketches to statistics, from the sample to shapes. */
#include "jobs/discovery/profile/profile_column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/discovery/profile/profile_column_private.h"

static const char *clean(struct arena *arena, const char *text, size_t size)
{
    const char *copy = arena_text_n(arena, text, size); /* a NUL inside ends it: it is shown, not stored */
    return text_utf8_valid(text, size) ? copy : catalog_clean_text(arena, copy);
}

static void end_order(const struct profile_column *c, struct arena *arena, struct catalog_profile *p)
{
    const struct profile_evidence *v = &c->evidence;
    int64_t full = v->values - v->kinds[PROFILE_EMPTY];
    if (full == 0)
        return;
    if (c->numbers == full) {
        p->min = clean(arena, c->number_min.text, c->number_min.size);
        p->max = clean(arena, c->number_max.text, c->number_max.size);
    } else if (c->days == full && (c->either > 0 || c->day_first > 0 || c->month_first > 0)) {
        int i = c->month_first > c->day_first; /* 1/2/2000 is the first of February unless other rows say no */
        p->min = arena_format(arena, "%04d-%02d-%02d", c->day_min[i] / 10000, c->day_min[i] / 100 % 100,
                              c->day_min[i] % 100);
        p->max = arena_format(arena, "%04d-%02d-%02d", c->day_max[i] / 10000, c->day_max[i] / 100 % 100,
                              c->day_max[i] % 100);
    } else if (c->text_min.set) {
        p->min = clean(arena, c->text_min.text, c->text_min.size);
        p->max = clean(arena, c->text_max.text, c->text_max.size);
    }
}

static void end_common(const struct profile_column *c, struct arena *arena, struct catalog_profile *p)
{
    const struct sketch_value *top[PROFILE_COMMON_MAX];
    size_t count = sketch_common_top(&c->common, top, PROFILE_COMMON_MAX);
    bool categories = p->distinct < PROFILE_CATEGORIES_MAX && c->common.taken == 0 &&
                      (p->distinct <= 2 || p->distinct * 2 <= c->evidence.values);
    while (count > 0 && !categories && top[count - 1]->rows < 2)
        count--; /* what is there once is not common */
    if (!categories && count > 20)
        count = 20;
    p->common = count == 0 ? NULL : arena_array(arena, count, sizeof *p->common);
    p->common_count = count;
    for (size_t i = 0; i < count; i++)
        p->common[i] =
            (struct profile_value){ .value = clean(arena, top[i]->text, top[i]->size), .rows = top[i]->rows };
}

static void end_samples(const struct profile_column *c, struct arena *arena, struct catalog_profile *p)
{
    const char **items = arena_array(arena, c->samples + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < c->sample.count && count < c->samples; i++) {
        const char *text = clean(arena, c->sample.texts[i], c->sample.sizes[i]);
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(items[j], text) == 0;
        if (!known)
            items[count++] = text;
    }
    p->samples = (struct catalog_names){ .items = items, .count = count };
}

static int compare_ints(const void *left, const void *right)
{
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

static int compare_reals(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void sample_shapes(const struct profile_column *c, const struct pii_people *people, struct profile_evidence *v)
{
    struct sketch_distinct distinct;
    sketch_distinct_init(&distinct, c->sample.max);
    int *years = mem_alloc((c->sample.count + 1) * sizeof *years);
    size_t year_count = 0;
    double bytes = 0;
    v->length_min = INT64_MAX;
    for (size_t i = 0; i < c->sample.count; i++) {
        struct pii_value value;
        int64_t size = (int64_t)c->sample.sizes[i];
        pii_value_read(people, c->sample.texts[i], c->sample.sizes[i], &value);
        for (size_t shape = 0; shape < PII_SHAPE_COUNT; shape++)
            v->shapes[shape] += (int64_t)(value.shapes >> shape & 1);
        for (size_t nation = 0; value.nationals != 0 && nation < PII_NATIONAL_COUNT; nation++)
            v->nationals[nation] += (int64_t)(value.nationals >> nation & 1);
        if (value.year != 0)
            years[year_count++] = value.year;
        bytes += (double)size;
        v->length_min = size < v->length_min ? size : v->length_min;
        v->length_max = size > v->length_max ? size : v->length_max;
        uint64_t hash = 1469598103934665603u;
        for (int64_t j = 0; j < size; j++)
            hash = (hash ^ (unsigned char)c->sample.texts[i][j]) * 1099511628211u;
        sketch_distinct_add(&distinct, hash);
    }
    bool exact;
    v->sampled = (int64_t)c->sample.count;
    v->sampled_distinct = sketch_distinct_count(&distinct, &exact);
    v->length_mean = c->sample.count == 0 ? 0 : bytes / (double)c->sample.count;
    if (year_count > 0) {
        qsort(years, year_count, sizeof *years, compare_ints);
        v->year_low = years[year_count / 10];
        v->year_middle = years[year_count / 2];
        v->year_high = years[year_count - 1 - year_count / 10];
    }
    sketch_distinct_finish(&distinct);
    free(years);
}

static void sample_quartiles(const struct profile_column *c, struct profile_evidence *v)
{
    double *numbers = mem_alloc((c->sample.count + 1) * sizeof *numbers);
    size_t count = 0;
    for (size_t i = 0; i < c->sample.count; i++) {
        char *end;
        double value = strtod(c->sample.texts[i], &end);
        if (end != c->sample.texts[i] && *end == '\0' && isfinite(value))
            numbers[count++] = value;
    }
    if (count > 0) {
        qsort(numbers, count, sizeof *numbers, compare_reals);
        v->quartile_low = numbers[count / 4];
        v->quartile_high = numbers[count - 1 - count / 4];
    }
    free(numbers);
}

static int compare_formats(const void *left, const void *right)
{
    const struct profile_format *a = left, *b = right;
    if (a->rows != b->rows)
        return a->rows > b->rows ? -1 : 1;
    return strcmp(a->form, b->form);
}

static void end_formats(const struct profile_column *c, struct arena *arena, struct profile_evidence *v)
{
    if (c->formats_off || c->format_count == 0)
        return;
    struct profile_format *formats = arena_array(arena, (size_t)c->format_count, sizeof *formats);
    for (int i = 0; i < c->format_count; i++)
        formats[i] = (struct profile_format){ .form = clean(arena, c->forms[i].form, c->forms[i].size),
                                              .rows = c->forms[i].rows };
    qsort(formats, (size_t)c->format_count, sizeof *formats, compare_formats);
    v->formats = formats;
    v->format_count = c->format_count;
}

void profile_column_end(struct profile_column *c, const struct pii_people *people, struct arena *arena,
                        struct catalog_profile *p, const struct profile_table *table)
{
    struct profile_evidence *v = arena_alloc(arena, sizeof *v);
    *v = c->evidence;
    v->table = table;
    p->rows = c->rows;
    p->nulls = c->nulls;
    p->distinct = sketch_distinct_count(&c->distinct, &v->distinct_exact);
    if (p->distinct > v->values)
        p->distinct = v->values;
    p->estimated = !table->whole || !v->distinct_exact;
    p->evidence = v;
    if (v->values > 0) {
        p->length_min = c->length_min;
        p->length_max = c->length_max;
        p->length_mean = round((double)c->length_sum / (double)v->values * 100) / 100;
    }
    if (c->binary)
        return;
    end_order(c, arena, p);
    end_common(c, arena, p);
    end_samples(c, arena, p);
    end_formats(c, arena, v);
    sample_shapes(c, people, v);
    if (c->numbers > 0) {
        sample_quartiles(c, v);
        v->deviation = c->numbers > 1 ? sqrt(c->squares / (double)(c->numbers - 1)) : 0;
    }
    if (c->days > 0) {
        int i = c->month_first > c->day_first;
        v->day_min = c->day_min[i];
        v->day_max = c->day_max[i];
    }
}
