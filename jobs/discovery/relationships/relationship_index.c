/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_index.c - who bears a name: keys and columns by whole name, tables by runs of words, words by what they
 * abbreviate. Everything is looked up by hash or by binary search, so that ten thousand tables are no square.
 */
#include <string.h>

#include "base/text.h"
#include "jobs/discovery/relationships/relationship_model.h"

enum { RUN_WORDS_MAX = 4, INITIALS_MAX = 3 };

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

/* The letters come in the word in this order, the first one first. */
static bool letters_of(const char *letters, size_t size, const char *word)
{
    size_t matched = 0;
    for (size_t i = 0; word[i] != '\0' && matched < size; i++) {
        if (word[i] == letters[matched])
            matched++;
        else if (i == 0)
            return false;
    }
    return matched == size;
}

static bool shortens_table(const struct related_model *m, const struct related_table *r, const char *word, size_t size)
{
    char initials[WORDS_SIZE];
    const char *first = m->words.words[r->name.words[0]].text;
    const char *last = m->words.words[r->name.words[r->name.count - 1]].text;
    return letters_of(word, size, first) || letters_of(word, size, last) ||
           (phrase_initials(&m->words, &r->name, initials) && strlen(initials) == size &&
            strncmp(word, initials, size) == 0);
}

/* "aid" of aircraft, "flno" of flights, "g_name" of genres: a letter or two of the table, and a word for a key. */
static bool is_initials(const struct related_model *m, const struct related_table *r, const struct phrase *key)
{
    static const char *const tails[] = { "id", "no", "code", "num" };
    if (key->count != 1 || r->name.count == 0)
        return false;
    const struct word *word = &m->words.words[key->words[0]];
    if (key->key != KEY_WORD_NONE)
        return word->size <= INITIALS_MAX && shortens_table(m, r, word->text, word->size);
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t tail = strlen(tails[i]);
        if (word->size > tail && word->size <= tail + INITIALS_MAX && text_ends(word->text, tails[i]) &&
            shortens_table(m, r, word->text, word->size - tail))
            return true;
    }
    return false;
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
    ret_key->initials = c->unique && is_initials(m, r, &c->name);
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

/* In a sketch a column that bears the table's name may be referred to as well, though another one is its key. */
static bool label_of(const struct related_model *m, const struct related_table *r, size_t column,
                     struct related_key *ret_key)
{
    const struct related_column *c = &r->columns[column];
    if (c->unique || c->doubled || c->family == FAMILY_NONE || c->name.plural || c->name.count == 0 ||
        !names_table(m, r, &c->name))
        return false;
    *ret_key = (struct related_key){ .column = (unsigned)column, .kind = KEY_LABEL, .names_table = true };
    return true;
}

static void add_key(struct related_model *m, unsigned table, const struct related_key *key, size_t *capacity)
{
    struct related_table *r = &m->tables[table];
    if (m->key_count == *capacity) {
        struct related_key *old = m->keys;
        *capacity = *capacity > 0 ? 2 * *capacity : 256;
        m->keys = arena_array(m->arena, *capacity, sizeof *m->keys);
        if (m->key_count > 0)
            memcpy(m->keys, old, m->key_count * sizeof *old);
    }
    m->keys[m->key_count] = *key;
    m->keys[m->key_count].table = table;
    related_index_add(&m->keys_named, m->arena, r->columns[key->column].named, (unsigned)m->key_count++);
    r->keys_count++;
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
    for (size_t i = 0; i < r->table->column_count && r->keys_count < MODEL_KEYS_OF_TABLE_MAX && !r->copy; i++)
        if (key_of(m, r, i, single, run, &key))
            add_key(m, table, &key, capacity);
    for (size_t i = 0; i < r->table->column_count && m->sketch && single && !r->copy; i++)
        if (r->keys_count < MODEL_KEYS_OF_TABLE_MAX && label_of(m, r, i, &key))
            add_key(m, table, &key, capacity);
}

/* Who ends in some words: asked for once, whoever asks again. */
struct enders {
    struct ender {
        bool known;
        unsigned count, table; /* how many tables (two is enough to know), and one of them */
    } * items;
    size_t count;
};

static bool ends_in_text(const struct related_model *m, unsigned table, const char *text)
{
    const struct phrase *name = &m->tables[table].name;
    char tail[WORDS_SIZE];
    for (unsigned k = 0; k < name->count; k++)
        if (phrase_join(&m->words, name, k, name->count - k, tail) && strcmp(tail, text) == 0)
            return true;
    return false;
}

static const struct ender *ender_of(const struct related_model *m, struct enders *e, unsigned named, const char *text)
{
    struct ender *ender = &e->items[named];
    size_t count;
    if (ender->known)
        return ender;
    ender->known = true;
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; i < count && ender->count < 2; i++)
        if (ends_in_text(m, pairs[i].to, text)) {
            ender->count++;
            ender->table = pairs[i].to;
        }
    return ender;
}

/* Its words are the name of another table, or the end of one. */
static bool key_refers(const struct related_model *m, struct enders *enders, const struct related_key *key)
{
    const struct phrase *name = &m->tables[key->table].columns[key->column].name;
    char text[WORDS_SIZE];
    if (key->names_table || name->key == KEY_WORD_NONE || !phrase_join(&m->words, name, 0, name->count, text))
        return false;
    unsigned named = vocabulary_find(&m->names, text);
    if (named == 0 || named >= enders->count)
        return false;
    const struct ender *ender = ender_of(m, enders, named, text);
    return ender->count > 1 || (ender->count == 1 && ender->table != key->table);
}

static bool as_good(const struct related_key *a, const struct related_key *b)
{
    bool declared = b->kind == KEY_PRIMARY || b->kind == KEY_UNIQUE;
    if (declared)
        return a->kind == KEY_PRIMARY || a->kind == KEY_UNIQUE;
    return a->kind < b->kind || (a->kind == b->kind && a->run_last >= b->run_last);
}

enum { SORTS = 2 * (KEY_LABEL + 1) }; /* of keys, as as_good() tells them apart */

static unsigned sort_of(const struct related_key *key)
{
    return 2 * (unsigned)key->kind + key->run_last;
}

/* For the keys of one name how many of other tables are as good: counted by sort, not each with each. */
static void count_alike(struct related_model *m, const struct related_pair *pairs, size_t count)
{
    unsigned counts[SORTS] = { 0 };
    for (size_t i = 0; i < count; i++)
        counts[sort_of(&m->keys[pairs[i].to])]++;
    for (size_t i = 0; i < count; i++) {
        struct related_key *key = &m->keys[pairs[i].to];
        const struct related_table *own = &m->tables[key->table];
        unsigned named = own->columns[key->column].named;
        for (unsigned sort = 0; sort < SORTS; sort++) {
            const struct related_key other = { .kind = (enum key_kind)(sort / 2), .run_last = sort % 2 != 0 };
            key->alike += as_good(&other, key) ? counts[sort] : 0;
        }
        for (unsigned k = 0; k < own->keys_count; k++) { /* its own table's do not count */
            const struct related_key *other = &m->keys[own->keys_first + k];
            key->alike -= own->columns[other->column].named == named && as_good(other, key);
        }
    }
}

static void count_users(struct related_model *m, struct related_key *key)
{
    const struct related_table *r = &m->tables[key->table];
    const struct related_column *column = &r->columns[key->column];
    char text[WORDS_SIZE];
    size_t count;
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

static void judge_keys(struct related_model *m)
{
    struct enders enders = { .items = arena_array(m->arena, m->names.count, sizeof *enders.items),
                             .count = m->names.count };
    for (size_t i = 0; i < m->key_count; i++) {
        m->keys[i].refers = key_refers(m, &enders, &m->keys[i]);
        count_users(m, &m->keys[i]);
    }
    for (size_t i = 0, end; i < m->keys_named.count; i = end) {
        for (end = i; end < m->keys_named.count && m->keys_named.pairs[end].from == m->keys_named.pairs[i].from; end++)
            ;
        count_alike(m, m->keys_named.pairs + i, end - i);
    }
}

/* For each word of a column: the words of tables that it may stand for. */
static void add_likes(struct related_model *m)
{
    unsigned *words = arena_array(m->arena, m->tables_word.count + 1, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < m->tables_word.count; i++)
        if (i == 0 || m->tables_word.pairs[i - 1].from != m->tables_word.pairs[i].from)
            words[count++] = m->tables_word.pairs[i].from;
    related_likes_add(m, words, count);
    related_index_sort(&m->words_like);
}

enum { GROUP_MIN = 3, TAILS_SCAN_MAX = 64 };

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
    judge_keys(m);
    add_likes(m);
    mark_groups(m);
    mark_tails(m);
    related_habits(m);
}
