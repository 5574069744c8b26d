/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_name.c - from a name to its words, from the words to a class.
 *
 * A name is read left to right: the longest phrase of the vocabulary that begins at a word is one step. A class sets
 * the answer, what takes back clears it, so the last word that means something decides, as in the languages read here.
 */
#include "jobs/discovery/pii/pii_name.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/discovery/values/pii_fold.h"
#include "jobs/discovery/values/pii_map.h"
#include "jobs/discovery/pii/pii_vocabulary.h"
#include "jobs/discovery/words.h"

enum { PARTS_MAX = 24, PHRASE_MAX = 4, TOKEN_MAX = 64, PART_MIN = 3, CLASS_MASK = 0xFF };

struct pii_vocabulary {
    struct pii_map map;
};

struct parts {
    char text[256];
    const char *items[PARTS_MAX];
    size_t sizes[PARTS_MAX], count, used;
};

struct pii_vocabulary *pii_vocabulary_create(void)
{
    struct pii_vocabulary *v = mem_zero(1, sizeof *v);
    pii_map_init(&v->map);
    for (const struct pii_vocabulary_row *row = pii_vocabulary_rows; row->words != NULL; row++)
        pii_map_add_line(&v->map, row->words, ' ', row->bits);
    return v;
}

struct pii_vocabulary *pii_vocabulary_destroy(struct pii_vocabulary *v)
{
    if (v != NULL)
        pii_map_finish(&v->map);
    free(v);
    return NULL;
}

/* As it stands, without digits behind it, without the ending of a plural. */
static uint32_t look(const struct pii_vocabulary *v, const char *word, size_t size)
{
    uint32_t bits = pii_map_find(&v->map, word, size);
    size_t shorter = size;
    while (bits == 0 && shorter > 2 && word[shorter - 1] >= '0' && word[shorter - 1] <= '9')
        shorter--;
    if (bits == 0 && shorter < size)
        bits = pii_map_find(&v->map, word, shorter);
    if (bits == 0 && shorter > 4 && word[shorter - 1] == 's')
        bits = pii_map_find(&v->map, word, shorter - 1);
    if (bits == 0 && shorter > 5 && memcmp(word + shorter - 2, "es", 2) == 0)
        bits = pii_map_find(&v->map, word, shorter - 2);
    return bits;
}

static void part_add(struct parts *p, const char *word, size_t size)
{
    if (p->count == PARTS_MAX || p->used + size + 1 > sizeof p->text)
        return;
    memcpy(p->text + p->used, word, size);
    p->text[p->used + size] = '\0';
    p->items[p->count] = p->text + p->used;
    p->sizes[p->count++] = size;
    p->used += size + 1;
}

/* Short words about people that are how others end, too: "percentage", "densidade" are no ages. */
static bool is_ending(const struct pii_vocabulary *v, const char *word, size_t size)
{
    uint32_t sensitive = pii_map_find(&v->map, word, size) >> WORD_SENSITIVE_SHIFT & 0xF;
    return sensitive == PII_SENSITIVE_AGE || (sensitive != 0 && size <= 4);
}

/* A word nobody knows, as few known ones as can be: "strassenname" is strasse, name. Letters that German and Dutch put
 * between (s, n, en) may be left out. */
static bool split(const struct pii_vocabulary *v, struct parts *p, const char *word, size_t size)
{
    int8_t best[TOKEN_MAX + 1], from[TOKEN_MAX + 1], until[TOKEN_MAX + 1];
    if (size > TOKEN_MAX || size < 2 * PART_MIN)
        return false;
    memset(best, 100, sizeof best);
    best[0] = 0;
    for (size_t at = 0; at + PART_MIN <= size; at++) {
        if (best[at] > 3)
            continue;
        for (size_t end = at + PART_MIN; end <= size; end++) {
            if (pii_map_find(&v->map, word + at, end - at) == 0)
                continue;
            for (size_t joint = 0; joint <= 2 && end + joint <= size; joint++) {
                bool fits = joint == 0 || (end + joint < size && (joint == 1 ? word[end] == 's' || word[end] == 'n'
                                                                             : memcmp(word + end, "en", 2) == 0));
                int8_t cost = (int8_t)(best[at] + 1);
                if (fits && cost < best[end + joint]) {
                    best[end + joint] = cost;
                    from[end + joint] = (int8_t)at;
                    until[end + joint] = (int8_t)end;
                }
            }
        }
    }
    if (best[size] > 4)
        return false;
    size_t starts[5], ends[5], count = 0;
    bool person = false;
    for (size_t at = size; at > 0; at = (size_t)from[at]) {
        starts[count] = (size_t)from[at];
        ends[count++] = (size_t)until[at];
        person = person || (pii_map_find(&v->map, word + from[at], (size_t)(until[at] - from[at])) & WORD_PERSON) != 0;
    }
    if (!person && is_ending(v, word + starts[0], ends[0] - starts[0]))
        return false;
    while (count-- > 0)
        part_add(p, word + starts[count], ends[count] - starts[count]);
    return true;
}

/* The short forms of "name" and "code" in names of columns: "cust_nm", "postal_cd". */
static size_t written_out(char *word, size_t size)
{
    if (size != 2 || (memcmp(word, "nm", 2) != 0 && memcmp(word, "cd", 2) != 0))
        return size;
    memcpy(word, *word == 'n' ? "name" : "code", 5);
    return 4;
}

static void parts_read(const struct pii_vocabulary *v, const char *name, struct parts *p)
{
    struct words words;
    memset(p, 0, sizeof *p);
    words_read(name, &words);
    for (size_t i = 0; i < words.count; i++) {
        char folded[TOKEN_MAX * 2];
        size_t size = pii_fold(words.items[i], strlen(words.items[i]), folded, sizeof folded);
        size = written_out(folded, size);
        size_t letters = size;
        while (letters > 1 && folded[letters - 1] >= '0' && folded[letters - 1] <= '9')
            letters--;
        if (look(v, folded, size) != 0 || !split(v, p, folded, letters))
            part_add(p, folded, size);
    }
}

/* The longest phrase that begins at part i. */
static uint32_t phrase(const struct pii_vocabulary *v, const struct parts *p, size_t i, size_t *ret_count)
{
    uint32_t found = 0;
    char joined[TOKEN_MAX];
    size_t used = 0;
    *ret_count = 1;
    for (size_t n = 0; n < PHRASE_MAX && i + n < p->count && used + p->sizes[i + n] < sizeof joined; n++) {
        memcpy(joined + used, p->items[i + n], p->sizes[i + n]);
        used += p->sizes[i + n];
        uint32_t bits = look(v, joined, used);
        if (bits != 0) {
            found = bits;
            *ret_count = n + 1;
        }
    }
    return found;
}

struct reading {
    bool person, credit, thing, thing_before, asks, known, card;
};

static void take_class(struct pii_name *n, const struct reading *r, uint32_t bits)
{
    n->class = (enum pii_class)(bits & CLASS_MASK);
    n->strength = (double)(bits >> 8 & 0xFF) / 100 * (r->thing ? 0.93 : 1);
    n->expiry = (bits & WORD_EXPIRY) != 0;
    n->other = n->generic = false;
}

static void take_generic(struct pii_name *n, struct reading *r)
{
    if (n->class == PII_USERNAME || n->class == PII_CITY_ZIP || n->class == PII_ADDRESS)
        return; /* "login name", "city name", "street name" */
    if (r->person && !r->thing) {
        n->class = PII_NAME;
        n->strength = 0.85;
    } else if (n->class != PII_NAME) {
        n->class = PII_NONE;
        n->generic = !r->thing && !r->credit;
        n->other = r->thing;
    }
}

static void take(struct pii_name *n, struct reading *r, uint32_t bits, bool first)
{
    r->known = r->known || bits != 0;
    r->asks = r->asks || (first && (bits & WORD_ASKS) != 0);
    if ((bits & CLASS_MASK) != 0) {
        take_class(n, r, bits);
        r->card = n->class == PII_CREDIT_CARD;
        return;
    }
    if ((bits >> WORD_SENSITIVE_SHIFT & 0xF) != 0) {
        n->sensitive = (enum pii_sensitive)(bits >> WORD_SENSITIVE_SHIFT & 0xF);
        n->class = PII_NONE;
        n->other = true;
    }
    if ((bits & WORD_EXPIRY) != 0 && r->card) {
        n->expiry = true;
        return;
    }
    if ((bits & WORD_DATE) != 0 && n->class != PII_NONE && n->class != PII_DOB && !n->expiry) {
        n->class = PII_NONE; /* "password date" */
        n->other = true;
    } else if ((bits & WORD_GENERIC) != 0) {
        take_generic(n, r);
    } else if ((bits & WORD_TAKES_BACK) != 0 || ((bits & WORD_THING) != 0 && (bits & WORD_NEUTRAL) == 0)) {
        n->other = n->other || n->class != PII_NONE || n->generic || (bits & WORD_NEUTRAL) == 0;
        n->class = PII_NONE;
        n->generic = false;
    }
    r->thing = (r->thing && (bits & WORD_PERSON) == 0) || ((bits & WORD_THING) != 0 && (bits & WORD_NEUTRAL) == 0);
    r->person = (r->person || (bits & WORD_PERSON) != 0) && !r->thing;
    r->credit = r->credit || (bits & WORD_CREDIT) != 0;
}

static bool is_word(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

static bool is_part_of_name(const struct parts *p)
{
    static const char *const parts[] = { "first", "last", "middle", "given", "family", NULL };
    return p->count >= 1 && is_word(p->items[p->count - 1], parts);
}

/* "subjid", "USUBJID": somebody's number, in a word that nobody knows. */
static bool is_id(const struct parts *p)
{
    size_t size = p->count == 1 ? p->sizes[0] : 0;
    return size >= 5 && memcmp(p->items[0] + size - 2, "id", 2) == 0;
}

/* "num_tel", "number_carte": of one thing a number is none that counts. */
static bool is_number_of(const struct parts *p)
{
    static const char *const numbers[] = { "num", "nr", "nbr", "number", NULL };
    size_t last = p->count - 1, size = p->sizes[last];
    return p->count >= 2 && is_word(p->items[0], numbers) && size > 0 && p->items[last][size - 1] != 's';
}

/* "col7", "Field_3", "V12", "Unnamed: 4": a number in the place of a name. */
static bool is_number_alone(const struct parts *p)
{
    static const char *const words[] = { "col",     "column",  "field", "attr",    "attribute", "var",     "variable",
                                         "feature", "unnamed", "value", "data",    "param",     "prop",    "property",
                                         "c",       "f",       "v",     "x",       "spalte",    "feld",    "colonne",
                                         "champ",   "columna", "campo", "colonna", "kolom",     "kolumna", NULL };
    char first[16] = "";
    size_t letters = 0;
    if (p->count == 0 || p->count > 2)
        return false;
    while (letters < sizeof first - 1 && p->items[0][letters] >= 'a' && p->items[0][letters] <= 'z')
        first[letters] = p->items[0][letters], letters++;
    const char *digits = p->count == 2 ? p->items[1] : p->items[0] + letters;
    return (p->count == 1 || p->items[0][letters] == '\0') && *digits != '\0' &&
           digits[strspn(digits, "0123456789")] == '\0' && is_word(first, words);
}

void pii_name_read(const struct pii_vocabulary *v, const char *name, struct pii_name *ret_name)
{
    struct parts p;
    struct reading r = { 0 };
    *ret_name = (struct pii_name){ 0 };
    parts_read(v, name, &p);
    if (is_number_alone(&p)) {
        ret_name->unread = true;
        return;
    }
    for (size_t i = 0, count; i < p.count; i += count) {
        uint32_t bits = phrase(v, &p, i, &count);
        take(ret_name, &r, bits, i == 0);
    }
    ret_name->part = p.count == 1 && is_part_of_name(&p);
    if (!r.known && is_id(&p))
        r.known = ret_name->other = true;
    if (r.person && p.count >= 2 && ret_name->class == PII_NONE && !ret_name->other && is_part_of_name(&p)) {
        ret_name->class = PII_NAME; /* "emp_last" */
        ret_name->strength = 0.8;
    }
    if (r.asks && ret_name->class != PII_NONE && !is_number_of(&p)) {
        ret_name->class = PII_NONE;
        ret_name->other = true;
    }
    if (ret_name->class == PII_NONE)
        ret_name->strength = 0;
    ret_name->person = r.person;
    ret_name->credit = r.credit;
    ret_name->unread = !r.known;
}

/* Words behind the name of a table that leave it what it is. */
static bool says_nothing(const char *word)
{
    static const char *const words[] = { "tbl",     "dim",    "fact",    "list",   "master", "detail",
                                         "details", "record", "records", "import", "export", "staging",
                                         "stg",     "sample", "demo",    "v",      "backup", "bak",
                                         "copy",    "tmp",    "stamm",   "csv" };
    if (word[0] >= '0' && word[0] <= '9')
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

void pii_name_read_table(const struct pii_vocabulary *v, const char *name, struct pii_name *ret_name)
{
    struct parts p;
    *ret_name = (struct pii_name){ .unread = true };
    parts_read(v, name, &p);
    for (size_t i = 0; i < p.count; i++) {
        uint32_t bits = look(v, p.items[i], p.sizes[i]);
        if (bits == 0 && i > 0 && !says_nothing(p.items[i]))
            ret_name->person = ret_name->credit = false; /* "user_sessions" are no users */
        if ((bits & (WORD_PERSON | WORD_THING | WORD_CREDIT)) == 0 && (bits & CLASS_MASK) == 0)
            continue;
        ret_name->person = (bits & WORD_PERSON) != 0;
        ret_name->credit = (bits & WORD_CREDIT) != 0;
        ret_name->other = (bits & WORD_THING) != 0;
        ret_name->unread = false;
    }
}
