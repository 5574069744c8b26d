/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vocabulary.c - an open hash table of words, and names read into numbers of words.
 *
 * Failure modes: a name of more than WORDS_MAX words or WORDS_SIZE bytes is read as no words at all; nothing matches
 * it.
 */
#include "jobs/discovery/relationships/vocabulary.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/random.h"
#include "base/text.h"

enum { SLOTS_FIRST = 1024, ABBREVIATION_MIN = 2, GLUED_MIN = 4 };

static uint64_t hash_text(const struct vocabulary *v, const char *text)
{
    return XXH3_64bits_withSeed(text, strlen(text), v->seed);
}

void vocabulary_init(struct vocabulary *v, struct arena *arena)
{
    *v = (struct vocabulary){
        .arena = arena, .count = 1, .capacity = SLOTS_FIRST / 2, .slot_count = SLOTS_FIRST, .seed = random_u64()
    };
    v->words = arena_array(arena, v->capacity, sizeof *v->words);
    v->slots = arena_array(arena, v->slot_count, sizeof *v->slots);
}

static size_t slot_of(const struct vocabulary *v, const char *text, uint64_t hash)
{
    size_t slot = hash & (v->slot_count - 1);
    while (v->slots[slot] != 0) {
        const struct word *word = &v->words[v->slots[slot]];
        if (word->hash == (unsigned)(hash >> 32) && strcmp(word->text, text) == 0)
            break;
        slot = (slot + 1) & (v->slot_count - 1);
    }
    return slot;
}

static void grow(struct vocabulary *v)
{
    struct word *old = v->words;
    v->capacity *= 2;
    v->words = arena_array(v->arena, v->capacity, sizeof *v->words);
    memcpy(v->words, old, v->count * sizeof *old);
    v->slot_count *= 2;
    v->slots = arena_array(v->arena, v->slot_count, sizeof *v->slots);
    for (size_t i = 1; i < v->count; i++)
        v->slots[slot_of(v, v->words[i].text, hash_text(v, v->words[i].text))] = (unsigned)i;
}

unsigned vocabulary_find(const struct vocabulary *v, const char *text)
{
    return v->slots[slot_of(v, text, hash_text(v, text))];
}

unsigned vocabulary_word(struct vocabulary *v, const char *text)
{
    if (v->count == v->capacity)
        grow(v);
    uint64_t hash = hash_text(v, text);
    size_t slot = slot_of(v, text, hash);
    if (v->slots[slot] == 0) {
        v->words[v->count] = (struct word){ .text = arena_text(v->arena, text),
                                            .size = (unsigned)strlen(text),
                                            .flags = word_flags(text),
                                            .hash = (unsigned)(hash >> 32),
                                            .key = word_key(text) };
        v->slots[slot] = (unsigned)v->count++;
    }
    return v->slots[slot];
}

/* "userid" when "user" is a word of some table: two words. */
static enum key_word unglue(const struct vocabulary *v, char *word)
{
    static const char *const tails[] = { "id", "code", "key", "no", "num" };
    size_t size = strlen(word);
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t tail = strlen(tails[i]);
        if (size < tail + 3 || !text_ends(word, tails[i]))
            continue;
        char rest[WORDS_SIZE];
        memcpy(rest, word, size - tail);
        rest[size - tail] = '\0';
        words_stem(rest);
        unsigned known = vocabulary_find(v, rest);
        if ((known == 0 || known >= v->tables_end) && (word_flags(rest) & WORD_PERSON) == 0)
            continue;
        word[size - tail] = '\0';
        return word_key(tails[i]);
    }
    return KEY_WORD_NONE;
}

/* Without the number of what comes several times: seat_id_1, team_id1. */
static size_t end_of_name(struct words *w, size_t skip)
{
    char *last = w->text + (w->items[w->count - 1] - w->text);
    size_t size = strlen(last), digits = size;
    while (digits > 0 && last[digits - 1] >= '0' && last[digits - 1] <= '9')
        digits--;
    if (w->count < skip + 2 || digits == size)
        return w->count;
    if (digits == 0)
        return w->count - (word_key(w->items[w->count - 2]) != KEY_WORD_NONE);
    char first = last[digits];
    last[digits] = '\0';
    if (word_key(last) == KEY_WORD_NONE)
        last[digits] = first;
    return w->count;
}

/* "team1_id": the word of some table, and which of several. */
static void drop_number(const struct vocabulary *v, char *word)
{
    size_t size = strlen(word), letters = size;
    char rest[WORDS_SIZE];
    while (letters > 0 && word[letters - 1] >= '0' && word[letters - 1] <= '9')
        letters--;
    if (letters == size || letters < 3)
        return;
    memcpy(rest, word, letters);
    rest[letters] = '\0';
    words_stem(rest);
    unsigned known = vocabulary_find(v, rest);
    if (known != 0 && known < v->tables_end)
        word[letters] = '\0';
}

/* "id_client", "fk_account", "cod_articulo": the word for a key comes first. How many words that is. */
static size_t leading_key(const struct words *w, size_t skip, enum key_word *ret_key)
{
    static const char *const heads[] = { "id", "fk", "cod", "codigo" };
    if (w->count < skip + 2 || (word_flags(w->items[w->count - 1]) & WORD_VALUE) != 0)
        return 0;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strcmp(w->items[skip], heads[i]) == 0) {
            *ret_key = word_key(heads[i]);
            return 1;
        }
    return 0;
}

/* "col7", "field_3", "c12": a place, no name. */
static bool is_place(const struct words *w)
{
    static const char *const heads[] = { "c", "f", "v", "col", "column", "field", "attr", "attribute", "var" };
    const char *last = w->count > 0 ? w->items[w->count - 1] : "", *head = w->count > 0 ? w->items[0] : "";
    size_t size = strcspn(head, "0123456789");
    const char *number = w->count == 1 ? last + size : last;
    if (w->count > 2 || *number == '\0' || number[strspn(number, "0123456789")] != '\0' ||
        (w->count == 2 && head[size] != '\0'))
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (size == strlen(heads[i]) && memcmp(head, heads[i], size) == 0)
            return true;
    return false;
}

void phrase_read(struct vocabulary *v, const char *name, size_t skip, bool keyed, struct phrase *ret_phrase)
{
    struct words w;
    char joined[WORDS_SIZE];
    *ret_phrase = (struct phrase){ .joined = "" };
    words_read(name, &w);
    if (w.count <= skip || (keyed && is_place(&w)) || !words_join(&w, skip, w.count - skip, joined))
        return;
    ret_phrase->joined = arena_text(v->arena, joined);
    ret_phrase->joined_size = (unsigned short)strlen(joined);
    size_t end = keyed ? end_of_name(&w, skip) : w.count;
    if (keyed && end > skip) {
        char *last = w.text + (w.items[end - 1] - w.text);
        ret_phrase->key = word_key(last);
        if (ret_phrase->key != KEY_WORD_NONE)
            end--;
        else
            ret_phrase->key = unglue(v, last);
    }
    size_t first = skip;
    if (keyed && ret_phrase->key == KEY_WORD_NONE)
        first += leading_key(&w, skip, &ret_phrase->key);
    if (ret_phrase->key != KEY_WORD_NONE && end > first)
        drop_number(v, w.text + (w.items[end - 1] - w.text));
    for (size_t i = skip, at = 0; i < end; i++) {
        size_t start = at;
        at += strlen(w.items[i]);
        if (i < first)
            continue;
        ret_phrase->starts[ret_phrase->count] = (unsigned char)start;
        char *word = w.text + (w.items[i] - w.text), last = word[strlen(word) - 1];
        words_stem(word);
        if (i + 1 == end && ret_phrase->key == KEY_WORD_NONE)
            ret_phrase->plural = last == 's' && word[strlen(word) - 1] != 's';
        ret_phrase->words[ret_phrase->count++] = vocabulary_word(v, word);
    }
}

bool phrase_join(const struct vocabulary *v, const struct phrase *p, size_t first, size_t count,
                 char ret_text[static WORDS_SIZE])
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = first; i < first + count; i++) {
        const struct word *word = &v->words[p->words[i]];
        if (used + word->size + 1 > WORDS_SIZE)
            return false;
        memcpy(ret_text + used, word->text, word->size + 1);
        used += word->size;
    }
    return used > 0;
}

bool phrase_initials(const struct vocabulary *v, const struct phrase *p, char ret_text[static WORDS_SIZE])
{
    for (unsigned i = 0; i < p->count; i++)
        ret_text[i] = v->words[p->words[i]].text[0];
    ret_text[p->count] = '\0';
    return p->count > 1;
}

static bool abbreviates(const char *abbreviation, size_t size, const char *word, size_t word_size)
{
    if (size < ABBREVIATION_MIN || word_size <= size || abbreviation[0] != word[0])
        return false;
    if (memcmp(word, abbreviation, size) == 0)
        return size >= 3 || word_size <= 8;
    size_t at = 0, matched = 0, last = 0;
    for (; at < word_size && matched < size; at++)
        if (word[at] == abbreviation[matched]) {
            matched++;
            last = at;
        }
    /* Letters left out in the middle: at least three are needed, and they must reach beyond the word's first half. */
    return matched == size && size >= 3 && 2 * (last + 1) > word_size;
}

bool word_abbreviates(const char *abbreviation, const char *word)
{
    return abbreviates(abbreviation, strlen(abbreviation), word, strlen(word));
}

enum likeness word_like(const struct vocabulary *v, unsigned a, unsigned b)
{
    if (a == b)
        return LIKE_SAME;
    const struct word *x = &v->words[a], *y = &v->words[b];
    if (x->size >= GLUED_MIN && y->size >= x->size + 2 && (x->flags & WORD_VALUE) == 0 &&
        memcmp(y->text + (y->size - x->size), x->text, x->size) == 0)
        return LIKE_GLUED;
    const struct word *shorter = x->size < y->size ? x : y, *longer = shorter == x ? y : x;
    /* "date" is no short form of "department", nor "part" one of "parent" */
    bool value = (shorter->flags & WORD_VALUE) != 0 || (longer->flags & WORD_SELF) != 0;
    return !value && abbreviates(shorter->text, shorter->size, longer->text, longer->size) ? LIKE_ABBREVIATED
                                                                                           : LIKE_NOT;
}
