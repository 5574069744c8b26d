/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_likes.c - which words of tables a word may stand for: "dept" for department, "user" for appuser.
 *
 * Words of one first letter are candidates for an abbreviation, and a look at the letters they are made of spares
 * nearly all comparisons. Words that another one ends in are found by a hash of their ends. LIKE_SCAN_MAX bounds what
 * a hostile list of words can cost: so many words of one first (or last) letter are tried, LIKE_MAX of them kept.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "jobs/discovery/relationships/relationship_model.h"

enum { LIKE_SCAN_MAX = 4000, LIKE_MAX = 8, LETTERS = 256, GLUED_MIN = 4, GLUED_MORE = 2 };

/* What is compared of a word before the word itself. */
struct brief {
    uint64_t letters; /* a set, several letters a bit */
    unsigned size, word;
};

struct briefs {
    struct brief *items;
    size_t first[LETTERS + 1]; /* of a letter's words */
};

/* Ends of words of tables, four letters or more, at least two behind the word's begin. */
struct ends {
    struct end {
        uint64_t hash;
        unsigned word; /* of the table; 0: free */
    } * slots;
    size_t slot_count;
    uint64_t seed;
};

static uint64_t letters_of(const struct word *w)
{
    uint64_t letters = 0;
    for (unsigned i = 0; i < w->size; i++)
        letters |= UINT64_C(1) << ((unsigned char)w->text[i] & 63);
    return letters;
}

static void briefs_make(const struct vocabulary *v, const unsigned *words, size_t count, struct brief *items,
                        struct briefs *ret_briefs)
{
    size_t at[LETTERS + 1] = { 0 };
    for (size_t i = 0; i < count; i++)
        at[(unsigned char)v->words[words[i]].text[0] + 1]++;
    for (size_t i = 0; i < LETTERS; i++)
        at[i + 1] += at[i];
    ret_briefs->items = items;
    memcpy(ret_briefs->first, at, sizeof at);
    for (size_t i = 0; i < count; i++) {
        const struct word *w = &v->words[words[i]];
        items[at[(unsigned char)w->text[0]]++] =
            (struct brief){ .letters = letters_of(w), .size = w->size, .word = words[i] };
    }
}

/* From the last letter on, so that the ends of a word come one after the other. */
static uint64_t hash_on(uint64_t hash, char letter)
{
    return (hash ^ (unsigned char)letter) * 0x9E3779B97F4A7C15u;
}

static uint64_t hash_slot(uint64_t hash)
{
    return hash ^ hash >> 29;
}

static void ends_add(struct ends *e, const struct word *w, unsigned number)
{
    uint64_t hash = e->seed;
    for (unsigned size = 1; size + GLUED_MORE <= w->size; size++) {
        hash = hash_on(hash, w->text[w->size - size]);
        if (size < GLUED_MIN)
            continue;
        size_t slot = hash_slot(hash) & (e->slot_count - 1), same = 0;
        for (; e->slots[slot].word != 0 && same < LIKE_MAX; slot = (slot + 1) & (e->slot_count - 1))
            same += e->slots[slot].hash == hash;
        if (same < LIKE_MAX) /* nobody asks for more */
            e->slots[slot] = (struct end){ .hash = hash, .word = number };
    }
}

/* The first LIKE_SCAN_MAX words of each last letter. */
static void ends_make(const struct vocabulary *v, const unsigned *words, size_t count, struct ends *ret_ends)
{
    size_t tried[LETTERS] = { 0 }, all = 0;
    ret_ends->seed = random_u64();
    for (size_t i = 0; i < count; i++)
        all += v->words[words[i]].size;
    for (ret_ends->slot_count = 64; ret_ends->slot_count < 2 * all;)
        ret_ends->slot_count *= 2;
    ret_ends->slots = mem_zero(ret_ends->slot_count, sizeof *ret_ends->slots);
    for (size_t i = 0; i < count; i++) {
        const struct word *w = &v->words[words[i]];
        if (tried[(unsigned char)w->text[w->size - 1]]++ < LIKE_SCAN_MAX)
            ends_add(ret_ends, w, words[i]);
    }
}

static void add_abbreviated(struct related_model *m, const struct briefs *b, unsigned word)
{
    const struct word *w = &m->words.words[word];
    uint64_t letters = letters_of(w);
    size_t found = 0, first = b->first[(unsigned char)w->text[0]], end = b->first[(unsigned char)w->text[0] + 1];
    end = end - first > LIKE_SCAN_MAX ? first + LIKE_SCAN_MAX : end;
    for (size_t i = first; i < end && found < LIKE_MAX; i++) {
        const struct brief *t = &b->items[i]; /* the shorter one has no letter that the longer one lacks */
        if (t->size > w->size ? (letters & ~t->letters) != 0 : (t->letters & ~letters) != 0 || t->size == w->size)
            continue;
        if (word_like(&m->words, word, t->word) == LIKE_ABBREVIATED) {
            related_index_add(&m->words_like, m->arena, word, t->word);
            found++;
        }
    }
}

static void add_glued(struct related_model *m, const struct ends *e, unsigned word)
{
    const struct word *w = &m->words.words[word];
    uint64_t hash = e->seed;
    size_t found = 0;
    for (unsigned size = 1; size <= w->size; size++)
        hash = hash_on(hash, w->text[w->size - size]);
    size_t slot = hash_slot(hash) & (e->slot_count - 1);
    for (; w->size >= GLUED_MIN && found < LIKE_MAX && e->slots[slot].word != 0;
         slot = (slot + 1) & (e->slot_count - 1))
        if (e->slots[slot].hash == hash && word_like(&m->words, word, e->slots[slot].word) == LIKE_GLUED) {
            related_index_add(&m->words_like, m->arena, word, e->slots[slot].word);
            found++;
        }
}

void related_likes_add(struct related_model *m, const unsigned *words, size_t count)
{
    size_t all = m->words.count;
    struct brief *items = mem_alloc((count + 1) * sizeof *items);
    struct briefs briefs;
    struct ends ends;
    briefs_make(&m->words, words, count, items, &briefs);
    ends_make(&m->words, words, count, &ends);
    for (unsigned word = 1; word < all; word++) {
        add_abbreviated(m, &briefs, word);
        add_glued(m, &ends, word);
    }
    free(items);
    free(ends.slots);
}
