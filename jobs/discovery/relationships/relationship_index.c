/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_index.c - who bears a name: keys and columns by whole name, tables by runs of words, words by what they
 * abbreviate. Everything is looked up by hash or by binary search, so that ten thousand tables are no square.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/discovery/relationships/relationship_model.h"

/* LIKE_SCAN_MAX bounds what a hostile list of words can cost: so many words of one first (or last) letter are tried. */
enum { RUN_WORDS_MAX = 4, LIKE_SCAN_MAX = 4000, LIKE_MAX = 8, SPARSE = 4 };

void related_index_add(struct related_index *index, struct arena *arena, unsigned from, unsigned to)
{
    if (index->count == index->capacity) {
        struct related_pair *old = index->pairs;
        index->capacity = index->capacity > 0 ? 2 * index->capacity : 64;
        index->pairs = arena_array(arena, index->capacity, sizeof *index->pairs);
        if (index->count > 0)
            memcpy(index->pairs, old, index->count * sizeof *old);
    }
    index->pairs[index->count++] = (struct related_pair){ from, to };
}

static int compare_pairs(const void *left, const void *right)
{
    const struct related_pair *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* Numbers are dense: places are counted, not compared. Stable; `by_to` first, then by `from`, orders by both. */
static void count_sort(const struct related_pair *pairs, size_t count, size_t *places, size_t end, bool by_to,
                       struct related_pair *ret_pairs)
{
    memset(places, 0, (end + 1) * sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[(by_to ? pairs[i].to : pairs[i].from) + 1]++;
    for (size_t i = 0; i < end; i++)
        places[i + 1] += places[i];
    for (size_t i = 0; i < count; i++)
        ret_pairs[places[by_to ? pairs[i].to : pairs[i].from]++] = pairs[i];
}

static bool ordered(const struct related_pair *pairs, size_t count, bool by_to)
{
    for (size_t i = 1; i < count; i++)
        if (by_to ? pairs[i].to < pairs[i - 1].to : compare_pairs(&pairs[i - 1], &pairs[i]) > 0)
            return false;
    return true;
}

static void sort_pairs(struct related_pair *pairs, size_t count)
{
    size_t from = 0, to = 0;
    for (size_t i = 0; i < count; i++) {
        from = pairs[i].from >= from ? (size_t)pairs[i].from + 1 : from;
        to = pairs[i].to >= to ? (size_t)pairs[i].to + 1 : to;
    }
    if (from + to > SPARSE * count) {
        qsort(pairs, count, sizeof *pairs, compare_pairs);
        return;
    }
    struct related_pair *other = mem_alloc(count * sizeof *other);
    size_t *places = mem_alloc(((from > to ? from : to) + 1) * sizeof *places);
    if (!ordered(pairs, count, true)) { /* most lists are made table after table */
        count_sort(pairs, count, places, to, true, other);
        memcpy(pairs, other, count * sizeof *pairs);
    }
    count_sort(pairs, count, places, from, false, other);
    memcpy(pairs, other, count * sizeof *pairs);
    free(places);
    free(other);
}

void related_index_sort(struct related_index *index)
{
    if (!ordered(index->pairs, index->count, false))
        sort_pairs(index->pairs, index->count);
    size_t kept = 0;
    for (size_t i = 0; i < index->count; i++)
        if (kept == 0 || compare_pairs(&index->pairs[kept - 1], &index->pairs[i]) != 0)
            index->pairs[kept++] = index->pairs[i];
    index->count = kept;
}

/* The first pair whose `from` is not below. */
static size_t lower_bound(const struct related_index *index, size_t low, unsigned from)
{
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->pairs[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct related_pair *related_index_find(const struct related_index *index, unsigned from, size_t *ret_count)
{
    size_t first = lower_bound(index, 0, from);
    size_t end = from < UINT_MAX ? lower_bound(index, first, from + 1) : index->count;
    *ret_count = end - first; /* not counted one by one: a name may be borne by every table there is */
    return *ret_count > 0 ? index->pairs + first : NULL;
}

/* Every run of words, and the initials of all. */
static void add_runs(struct related_model *m, unsigned table)
{
    const struct phrase *name = &m->tables[table].name;
    char text[WORDS_SIZE];
    for (size_t first = 0; first < name->count; first++) {
        related_index_add(&m->tables_word, m->arena, name->words[first], table);
        for (size_t count = 1; count <= RUN_WORDS_MAX && first + count <= name->count; count++)
            if (phrase_join(&m->words, name, first, count, text))
                related_index_add(&m->tables_run, m->arena, vocabulary_word(&m->names, text), table);
    }
    if (phrase_initials(&m->words, name, text))
        related_index_add(&m->tables_run, m->arena, vocabulary_word(&m->names, text), table);
}

/* The key is named after its table: "artist_id" of artists, "dept_no" of departments; or plainly "id". */
static bool names_table(const struct related_model *m, const struct related_table *r, const struct phrase *key)
{
    char text[WORDS_SIZE], name[WORDS_SIZE];
    size_t tables;
    if (key->count == 0)
        return key->key != KEY_WORD_NONE;
    if (r->name.count == 0)
        return false;
    if (!phrase_join(&m->words, key, 0, key->count, text))
        return false;
    for (unsigned i = 0; i < r->name.count; i++)
        if (phrase_join(&m->words, &r->name, i, r->name.count - i, name) && strcmp(text, name) == 0)
            return true;
    unsigned last = key->words[key->count - 1], first = r->name.words[0], end = r->name.words[r->name.count - 1];
    if (last == first || last == end)
        return true;
    if (related_index_find(&m->tables_word, last, &tables) != NULL && tables > 0)
        return false; /* it is a word of another table: no abbreviation of this one */
    return word_like(&m->words, last, end) != LIKE_NOT || word_like(&m->words, last, first) != LIKE_NOT;
}

/* How many ids an undeclared table begins with. */
static size_t run_of_ids(const struct related_table *r)
{
    size_t run = 0;
    while (run < r->table->column_count && r->columns[run].name.key == KEY_WORD_ID)
        run++;
    return run;
}

/* Is the column a key that something may refer to? Where a table declares none that stands alone, what is named after
 * it may be one; where it declares none at all, so may each of the ids it begins with. */
static bool key_of(const struct related_model *m, const struct related_table *r, size_t column, bool single, size_t run,
                   struct related_key *ret_key)
{
    const struct related_column *c = &r->columns[column];
    const struct phrase *name = c->tail.count > 0 || c->tail.key != KEY_WORD_NONE ? &c->tail : &c->name;
    bool declares = r->table->primary_key.columns.count > 0 || r->table->unique_count > 0;
    *ret_key = (struct related_key){ .column = (unsigned)column, .plain = name->count == 0 };
    ret_key->names_table = names_table(m, r, &c->name) || names_table(m, r, name);
    ret_key->run_last = run > 0 && column + 1 == run;
    if (c->unique)
        ret_key->kind = c->primary ? KEY_PRIMARY : KEY_UNIQUE;
    else
        ret_key->kind = declares ? KEY_PART : KEY_UNDECLARED;
    if (c->family == FAMILY_NONE)
        return false;
    if (ret_key->kind >= KEY_PART && c->doubled)
        return false;
    if (ret_key->kind == KEY_UNDECLARED)
        return ret_key->names_table || column < run || column == 0;
    return c->unique || (!single && ret_key->names_table);
}

static void add_keys(struct related_model *m, unsigned table, size_t *capacity)
{
    struct related_table *r = &m->tables[table];
    struct related_key key;
    bool single = false;
    for (size_t i = 0; i < r->table->column_count; i++)
        single = single || r->columns[i].unique;
    size_t run = run_of_ids(r);
    r->keys_first = (unsigned)m->key_count;
    for (size_t i = 0; i < r->table->column_count && r->keys_count < MODEL_KEYS_OF_TABLE_MAX && !r->copy; i++) {
        if (!key_of(m, r, i, single, run, &key))
            continue;
        if (m->key_count == *capacity) {
            struct related_key *old = m->keys;
            *capacity = *capacity > 0 ? 2 * *capacity : 256;
            m->keys = arena_array(m->arena, *capacity, sizeof *m->keys);
            if (m->key_count > 0)
                memcpy(m->keys, old, m->key_count * sizeof *old);
        }
        key.table = table;
        m->keys[m->key_count] = key;
        related_index_add(&m->keys_named, m->arena, r->columns[i].named, (unsigned)m->key_count++);
        r->keys_count++;
    }
}

/* Its words are the name of another table, or the end of one. */
static bool key_refers(const struct related_model *m, const struct related_key *key)
{
    const struct phrase *name = &m->tables[key->table].columns[key->column].name;
    char text[WORDS_SIZE], tail[WORDS_SIZE];
    size_t count;
    if (key->names_table || name->key == KEY_WORD_NONE || !phrase_join(&m->words, name, 0, name->count, text))
        return false;
    unsigned named = vocabulary_find(&m->names, text);
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; named != 0 && i < count; i++) {
        const struct phrase *other = &m->tables[pairs[i].to].name;
        for (unsigned first = 0; pairs[i].to != key->table && first < other->count; first++)
            if (phrase_join(&m->words, other, first, other->count - first, tail) && strcmp(tail, text) == 0)
                return true;
    }
    return false;
}

static bool as_good(const struct related_key *a, const struct related_key *b)
{
    bool declared = b->kind == KEY_PRIMARY || b->kind == KEY_UNIQUE;
    if (declared)
        return a->kind == KEY_PRIMARY || a->kind == KEY_UNIQUE;
    return a->kind < b->kind || (a->kind == b->kind && a->run_last >= b->run_last);
}

static void count_users(struct related_model *m, struct related_key *key)
{
    const struct related_table *r = &m->tables[key->table];
    const struct related_column *column = &r->columns[key->column];
    char text[WORDS_SIZE];
    size_t count;
    const struct related_pair *pairs = related_index_find(&m->keys_named, column->named, &count);
    for (size_t i = 0; i < count; i++)
        key->alike += m->keys[pairs[i].to].table != key->table && as_good(&m->keys[pairs[i].to], key);
    if (!key->plain) {
        related_index_find(&m->columns_named, column->named, &count);
        key->users = (unsigned)count - 1;
    }
    if (r->name.count > 0 && phrase_join(&m->words, &r->name, 0, r->name.count, text) &&
        strlen(text) + 3 <= sizeof text) {
        memcpy(text + strlen(text), "id", 3);
        unsigned named = vocabulary_find(&m->names, text);
        if (named != 0 && named != column->named) {
            related_index_find(&m->columns_named, named, &count);
            key->users += (unsigned)count;
        }
    }
}

/* For each word of a column: the words of tables that it may stand for. */
static void add_likes(struct related_model *m)
{
    struct arena *arena = m->arena;
    struct related_index first = { 0 }, last = { 0 };
    size_t all = m->words.count;
    for (size_t i = 0; i < m->tables_word.count; i++) {
        unsigned word = m->tables_word.pairs[i].from;
        const struct word *w = &m->words.words[word];
        if (i > 0 && m->tables_word.pairs[i - 1].from == word)
            continue;
        related_index_add(&first, arena, (unsigned char)w->text[0], word);
        related_index_add(&last, arena, (unsigned char)w->text[w->size - 1], word);
    }
    related_index_sort(&first);
    related_index_sort(&last);
    for (unsigned word = 1; word < all; word++) {
        const struct word *w = &m->words.words[word];
        size_t count, found = 0;
        const struct related_pair *pairs = related_index_find(&first, (unsigned char)w->text[0], &count);
        for (size_t i = 0; i < count && i < LIKE_SCAN_MAX && found < LIKE_MAX; i++)
            if (word_like(&m->words, word, pairs[i].to) == LIKE_ABBREVIATED) {
                related_index_add(&m->words_like, arena, word, pairs[i].to);
                found++;
            }
        pairs = related_index_find(&last, (unsigned char)w->text[w->size - 1], &count);
        for (size_t i = 0; i < count && i < LIKE_SCAN_MAX && found < LIKE_MAX; i++)
            if (word_like(&m->words, word, pairs[i].to) == LIKE_GLUED) {
                related_index_add(&m->words_like, arena, word, pairs[i].to);
                found++;
            }
    }
    related_index_sort(&m->words_like);
}

enum { GROUP_MIN = 3, USERS_FIRST = 1000000, TAILS_SCAN_MAX = 64 };

static void mark_groups(struct related_model *m)
{
    struct related_index first = { 0 };
    size_t count;
    for (unsigned i = 0; i < m->catalog->table_count; i++)
        if (m->tables[i].name.count > 1)
            related_index_add(&first, m->arena, m->tables[i].name.words[0], i);
    related_index_sort(&first);
    for (size_t i = 0; i < m->catalog->table_count; i++)
        if (m->tables[i].name.count > 1) {
            related_index_find(&first, m->tables[i].name.words[0], &count);
            m->tables[i].grouped = count >= GROUP_MIN;
        }
}

/* How many tables end in these words (they all are among those that have them somewhere). */
static size_t ends_in(const struct related_model *m, unsigned named, const char *text)
{
    char tail[WORDS_SIZE];
    size_t count, ends = 0;
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    if (count > TAILS_SCAN_MAX)
        return count;
    for (size_t i = 0; i < count; i++) {
        const struct phrase *name = &m->tables[pairs[i].to].name;
        bool found = false;
        for (unsigned k = 0; k < name->count && !found; k++)
            found = phrase_join(&m->words, name, k, name->count - k, tail) && strcmp(tail, text) == 0;
        ends += found;
    }
    return ends;
}

static void mark_tails(struct related_model *m)
{
    char text[WORDS_SIZE];
    for (size_t i = 0; i < m->catalog->table_count; i++) {
        struct related_table *r = &m->tables[i];
        for (unsigned k = 0; k < r->name.count && !r->copy; k++) {
            if (!phrase_join(&m->words, &r->name, k, r->name.count - k, text))
                continue;
            unsigned named = vocabulary_find(&m->names, text);
            if (named != 0 && ends_in(m, named, text) == 1)
                r->tails_alone |= 1u << k;
        }
    }
}

/* Users before employees, members and persons: they are who acts in a program; then who is referred to more. */
static void find_people(struct related_model *m)
{
    unsigned best = 0;
    m->people = -1;
    for (size_t i = 0; i < m->key_count; i++) {
        const struct related_table *t = &m->tables[m->keys[i].table];
        if (!related_is_people(m, t))
            continue;
        bool user = text_ends(m->words.words[t->name.words[t->name.count - 1]].text, "user");
        unsigned worth = 1 + m->keys[i].users + (user ? USERS_FIRST : 0);
        if (worth > best) {
            m->people = (int)m->keys[i].table;
            best = worth;
        }
    }
}

void related_model_index(struct related_model *m)
{
    size_t capacity = 0, tables = m->catalog->table_count;
    m->keyless = true;
    for (size_t i = 0; i < tables; i++)
        m->keyless =
            m->keyless && m->tables[i].table->primary_key.columns.count == 0 && m->tables[i].table->unique_count == 0;
    for (unsigned i = 0; i < tables; i++)
        if (!m->tables[i].copy)
            add_runs(m, i);
    related_index_sort(&m->tables_run);
    related_index_sort(&m->tables_word);
    for (unsigned i = 0; i < tables; i++)
        add_keys(m, i, &capacity);
    related_index_sort(&m->columns_named);
    related_index_sort(&m->keys_named);
    for (size_t i = 0; i < m->key_count; i++) {
        m->keys[i].refers = key_refers(m, &m->keys[i]);
        count_users(m, &m->keys[i]);
    }
    add_likes(m);
    mark_groups(m);
    mark_tails(m);
    find_people(m);
}
