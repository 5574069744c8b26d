/* SPDX-License-Identifier: Apache-2.0 */
/* profile_sketch.c - the three sketches. They begin small and grow, since most columns hold little. */
#include "jobs/discovery/profile/profile_sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST = 64, COMMON_FIRST = 16, BITS = 14, REGISTERS = 1 << BITS };

/* ---- distinct ---- */

void sketch_distinct_init(struct sketch_distinct *s, size_t exact_max)
{
    *s = (struct sketch_distinct){ .exact_max = exact_max };
}

void sketch_distinct_finish(struct sketch_distinct *s)
{
    free(s->set);
    free(s->registers);
    s->set = NULL;
    s->registers = NULL;
}

static void register_add(uint8_t *registers, uint64_t hash)
{
    uint64_t rest = hash << BITS;
    uint8_t rank = (uint8_t)(rest == 0 ? 64 - BITS + 1 : __builtin_clzll(rest) + 1);
    uint8_t *at = &registers[hash >> (64 - BITS)];
    if (*at < rank)
        *at = rank;
}

static bool set_add(uint64_t *set, size_t capacity, uint64_t hash)
{
    size_t at = (size_t)hash & (capacity - 1);
    while (set[at] != 0 && set[at] != hash)
        at = (at + 1) & (capacity - 1);
    bool added = set[at] == 0;
    set[at] = hash;
    return added;
}

/* Twice as large, or from a set to registers. */
static void distinct_grow(struct sketch_distinct *s)
{
    uint64_t *old = s->set;
    size_t old_capacity = s->capacity;
    if (s->count >= s->exact_max) {
        s->registers = mem_zero(REGISTERS, 1);
        s->set = NULL;
    } else {
        s->capacity = old_capacity == 0 ? FIRST : old_capacity * 2;
        s->set = mem_zero(s->capacity, sizeof *s->set);
    }
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i] == 0)
            continue;
        if (s->registers != NULL)
            register_add(s->registers, old[i]);
        else
            set_add(s->set, s->capacity, old[i]);
    }
    free(old);
}

void sketch_distinct_add(struct sketch_distinct *s, uint64_t hash)
{
    hash += hash == 0;
    if (s->registers != NULL) {
        register_add(s->registers, hash);
        return;
    }
    if (s->set == NULL)
        distinct_grow(s);
    s->count += set_add(s->set, s->capacity, hash);
    if (s->count > s->exact_max || s->count * 3 > s->capacity * 2)
        distinct_grow(s);
}

static double sigma(double x)
{
    double y = 1, z = x, before;
    if (x == 1)
        return INFINITY;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (before != z);
    return z;
}

static double tau(double x)
{
    double y = 1, z = 1 - x, before;
    if (x == 0 || x == 1)
        return 0;
    do {
        x = sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (before != z);
    return z / 3;
}

int64_t sketch_distinct_count(const struct sketch_distinct *s, bool *ret_exact)
{
    *ret_exact = s->registers == NULL;
    if (*ret_exact)
        return (int64_t)s->count;
    enum { RANKS = 64 - BITS + 2 };
    int counts[RANKS] = { 0 };
    for (size_t i = 0; i < REGISTERS; i++)
        counts[s->registers[i]]++;
    double z = REGISTERS * tau(1 - (double)counts[RANKS - 1] / REGISTERS);
    for (int rank = RANKS - 2; rank >= 1; rank--)
        z = 0.5 * (z + counts[rank]);
    z += REGISTERS * sigma((double)counts[0] / REGISTERS);
    double estimate = (double)REGISTERS * REGISTERS / (2 * log(2)) / z;
    int64_t count = (int64_t)llround(estimate);
    return count > (int64_t)s->exact_max ? count : (int64_t)s->exact_max + 1;
}

size_t sketch_distinct_bytes(const struct sketch_distinct *s)
{
    return s->registers != NULL ? REGISTERS : s->capacity * sizeof *s->set;
}

/* ---- common ---- */

void sketch_common_init(struct sketch_common *s, size_t slots_max)
{
    *s = (struct sketch_common){ .slots_max = slots_max };
}

void sketch_common_finish(struct sketch_common *s)
{
    for (size_t i = 0; s->values != NULL && i < s->slots; i++)
        free(s->values[i].text);
    free(s->values);
    s->values = NULL;
}

static struct sketch_value *common_place(struct sketch_common *s, uint64_t hash, const char *text, size_t size)
{
    size_t at = (size_t)hash & (s->slots - 1);
    for (;; at = (at + 1) & (s->slots - 1)) {
        struct sketch_value *value = &s->values[at];
        if (value->text == NULL || (value->hash == hash && value->size == size && memcmp(value->text, text, size) == 0))
            return value;
    }
}

static int compare_rows(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* How much to take from all counts so that at least half of the values go. */
static int64_t median(const struct sketch_common *s)
{
    int64_t *rows = mem_alloc(s->count * sizeof *rows);
    size_t count = 0, ones = 0;
    for (size_t i = 0; i < s->slots; i++)
        if (s->values[i].text != NULL) {
            rows[count++] = s->values[i].rows;
            ones += s->values[i].rows == 1;
        }
    if (ones * 2 < count)
        qsort(rows, count, sizeof *rows, compare_rows);
    int64_t take = ones * 2 >= count ? 1 : rows[count / 2];
    free(rows);
    return take;
}

/* The values that are left when `take` is taken from their counts, in so many slots. */
static void common_move(struct sketch_common *s, size_t slots, int64_t take)
{
    struct sketch_value *old = s->values;
    size_t old_slots = s->slots;
    s->values = mem_zero(slots, sizeof *s->values);
    s->slots = slots;
    s->count = 0;
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i].text == NULL)
            continue;
        old[i].rows -= take;
        if (old[i].rows <= 0) {
            free(old[i].text);
            continue;
        }
        *common_place(s, old[i].hash, old[i].text, old[i].size) = old[i];
        s->count++;
    }
    free(old);
}

static void common_purge(struct sketch_common *s)
{
    int64_t take = median(s);
    common_move(s, s->slots, take);
    s->taken += take;
}

void sketch_common_add(struct sketch_common *s, uint64_t hash, const char *text, size_t size)
{
    if (size > SKETCH_TEXT_MAX)
        return;
    if (s->values == NULL)
        common_move(s, s->slots_max < COMMON_FIRST ? s->slots_max : COMMON_FIRST, 0);
    struct sketch_value *value = common_place(s, hash, text, size);
    if (value->text != NULL) {
        value->rows++;
        return;
    }
    *value = (struct sketch_value){ .hash = hash, .rows = 1, .text = mem_text_n(text, size), .size = (uint32_t)size };
    if (++s->count * 4 < s->slots * 3)
        return;
    if (s->slots < s->slots_max)
        common_move(s, s->slots * 2, 0);
    else
        common_purge(s);
}

static int compare_values(const void *left, const void *right)
{
    const struct sketch_value *a = *(const struct sketch_value *const *)left;
    const struct sketch_value *b = *(const struct sketch_value *const *)right;
    if (a->rows != b->rows)
        return a->rows > b->rows ? -1 : 1;
    int order = memcmp(a->text, b->text, a->size < b->size ? a->size : b->size);
    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

size_t sketch_common_top(const struct sketch_common *s, const struct sketch_value **ret_values, size_t max)
{
    if (s->values == NULL)
        return 0;
    const struct sketch_value **all = mem_alloc(s->slots * sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < s->slots; i++)
        if (s->values[i].text != NULL && s->values[i].rows > s->taken)
            all[count++] = &s->values[i];
    qsort(all, count, sizeof *all, compare_values);
    count = count < max ? count : max;
    memcpy(ret_values, all, count * sizeof *all);
    free(all);
    return count;
}

/* ---- sample ---- */

static double random_unit(struct sketch_sample *s) /* xorshift64*, in (0, 1) */
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return ((double)(s->random * 2685821657736338717u >> 11) + 0.5) / 9007199254740992.0;
}

static void sample_skip(struct sketch_sample *s)
{
    s->weight *= exp(log(random_unit(s)) / (double)s->max);
    double skip = floor(log(random_unit(s)) / log1p(-s->weight));
    s->next = s->seen + 1 + (skip < 1e15 ? (int64_t)skip : (int64_t)1e15);
}

void sketch_sample_init(struct sketch_sample *s, size_t max, uint64_t seed)
{
    *s = (struct sketch_sample){ .max = max, .random = seed | 1, .weight = 1 };
}

void sketch_sample_finish(struct sketch_sample *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->texts[i]);
    free(s->texts);
    free(s->sizes);
    s->texts = NULL;
    s->sizes = NULL;
    s->count = 0;
}

/* Not inside a character. */
static size_t cut(const char *text, size_t size)
{
    if (size <= SKETCH_TEXT_MAX)
        return size;
    size = SKETCH_TEXT_MAX;
    while (size > SKETCH_TEXT_MAX - 4 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return size;
}

void sketch_sample_add(struct sketch_sample *s, const char *text, size_t size)
{
    s->seen++;
    size_t at = s->count;
    if (s->count == s->max) {
        if (s->seen != s->next)
            return;
        at = (size_t)(random_unit(s) * (double)s->max);
        free(s->texts[at]);
        sample_skip(s);
    } else {
        if ((s->count & (s->count - 1)) == 0) { /* doubles at each power of 2 */
            size_t room = s->count == 0 ? 1 : s->count * 2;
            s->texts = mem_resize(s->texts, room, sizeof *s->texts);
            s->sizes = mem_resize(s->sizes, room, sizeof *s->sizes);
        }
        if (++s->count == s->max)
            sample_skip(s);
    }
    size = cut(text, size);
    s->texts[at] = mem_text_n(text, size);
    s->sizes[at] = (uint32_t)size;
}
