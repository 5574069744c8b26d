/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_match.c - lays the words of a column's name beside those of a table's and of its key's.
 *
 * "billing_address_id" beside addresses: address matches, billing is its role, id the key word. Of all ways to lay
 * them, the one that leaves the fewest words over is taken.
 */
#include "jobs/discovery/relationships/relationship_match.h"

#include <string.h>

#include "base/text.h"

enum { RUN_MAX = 4 };

struct layout {
    unsigned first, count;       /* words of the column */
    unsigned to_first, to_count; /* words of the table */
    enum likeness likeness;
    int worth;
};

/* More words, closer likeness, the end of the name, nothing of the table left over. */
static void weigh(struct layout *l, const struct phrase *c, const struct phrase *t)
{
    unsigned after = c->count - l->first - l->count, rest = t->count - l->to_count;
    l->worth = 10 * (int)l->to_count + 4 * (int)l->likeness - 8 * (int)after - 3 * (int)l->first - 2 * (int)rest +
               (rest == 0 ? 4 : 0);
}

static struct layout run_from(const struct vocabulary *v, const struct phrase *c, unsigned i, const struct phrase *t,
                              unsigned j)
{
    struct layout l = { .first = i, .to_first = j, .likeness = LIKE_SAME };
    while (i + l.count < c->count && j + l.to_count < t->count) {
        enum likeness like = word_like(v, c->words[i + l.count], t->words[j + l.to_count]);
        if (like == LIKE_NOT)
            break;
        l.likeness = like < l.likeness ? like : l.likeness;
        l.count++;
        l.to_count++;
    }
    weigh(&l, c, t);
    return l;
}

/* "proc def" beside "procdef": one word here, several there. */
static bool glued_from(const struct vocabulary *v, const struct phrase *c, unsigned i, const struct phrase *t,
                       unsigned j, struct layout *ret_layout)
{
    char left[WORDS_SIZE], right[WORDS_SIZE];
    for (unsigned a = 1; a <= RUN_MAX && i + a <= c->count; a++)
        for (unsigned b = 1; b <= RUN_MAX && j + b <= t->count; b++) {
            if ((a == 1) == (b == 1) || !phrase_join(v, c, i, a, left) || !phrase_join(v, t, j, b, right) ||
                strcmp(left, right) != 0)
                continue;
            *ret_layout =
                (struct layout){ .first = i, .count = a, .to_first = j, .to_count = b, .likeness = LIKE_SAME };
            weigh(ret_layout, c, t);
            return true;
        }
    return false;
}

static bool lay(const struct vocabulary *v, const struct phrase *c, const struct phrase *t, struct layout *ret_layout)
{
    struct layout best = { .worth = -1000 }, glued;
    for (unsigned i = 0; i < c->count; i++)
        for (unsigned j = 0; j < t->count; j++) {
            struct layout l = run_from(v, c, i, t, j);
            if (l.count > 0 && l.worth > best.worth)
                best = l;
            if (v->words[c->words[i]].text[0] == v->words[t->words[j]].text[0] && glued_from(v, c, i, t, j, &glued) &&
                glued.worth > best.worth)
                best = glued;
        }
    char initials[WORDS_SIZE];
    for (unsigned i = 0; best.worth < 0 && phrase_initials(v, t, initials) && i < c->count; i++)
        if (strcmp(v->words[c->words[i]].text, initials) == 0) {
            best = (struct layout){ .first = i, .count = 1, .to_count = t->count, .likeness = LIKE_ABBREVIATED };
            weigh(&best, c, t);
        }
    *ret_layout = best;
    return best.count > 0;
}

static enum key_relation key_relation(const struct related_model *m, const struct phrase *c,
                                      const struct related_column *to, const struct related_key *key,
                                      unsigned *ret_role)
{
    const struct phrase *k = &to->name;
    size_t c_size = c->joined_size, k_size = k->joined_size;
    *ret_role = 0;
    if (c_size == 0 || k_size == 0)
        return TO_KEY_NOT;
    if (strcmp(c->joined, k->joined) == 0)
        return key->plain && k->count == 0 ? TO_KEY_PLAIN : TO_KEY_SAME;
    if (k->count == 0)
        return TO_KEY_NOT;
    if (c_size > k_size && k_size > 3 && strcmp(c->joined + (c_size - k_size), k->joined) == 0) {
        *ret_role = c->count > k->count ? c->count - k->count : 1;
        return TO_KEY_ROLE;
    }
    /* maker -> maker_id: the same words, or short forms of them, with another key word or none. */
    const struct phrase *stem = to->tail.count > 0 ? &to->tail : k;
    if (c->count < stem->count)
        return TO_KEY_NOT;
    for (unsigned i = 0; i < stem->count; i++)
        if (word_like(&m->words, c->words[c->count - stem->count + i], stem->words[i]) == LIKE_NOT)
            return TO_KEY_NOT;
    *ret_role = c->count - stem->count;
    return TO_KEY_STEM;
}

static void match_table(const struct related_model *m, const struct phrase *c, const struct related_table *to,
                        struct name_match *match)
{
    struct layout l;
    if (!lay(&m->words, c, &to->name, &l))
        return;
    unsigned after = c->count - l.first - l.count;
    bool worded = c->key != KEY_WORD_NONE && l.to_first + l.to_count + 1 == to->name.count &&
                  m->words.words[to->name.words[to->name.count - 1]].key == c->key;
    l.to_count += worded && after == 0; /* status_code, status_codes: the word for a key belongs to it */
    match->likeness = l.likeness;
    match->word = c->words[l.first + l.count - 1];
    match->role = l.first + after;
    match->rest = to->name.count - l.to_count;
    match->rest_first = l.to_first;
    match->rest_last = l.to_first + l.to_count;
    if (after > 0)
        match->table = TO_TABLE_LEAD;
    else if (match->rest == 0)
        match->table = TO_TABLE_WHOLE;
    else if (match->rest_last == to->name.count)
        match->table = TO_TABLE_TAIL;
    else
        match->table = match->rest_first == 0 ? TO_TABLE_HEAD : TO_TABLE_INSIDE;
}

unsigned related_flags(const struct related_model *m, const struct phrase *p)
{
    unsigned flags = 0;
    for (unsigned i = 0; i < p->count; i++)
        flags |= m->words.words[p->words[i]].flags;
    return flags;
}

bool related_within(const struct phrase *a, const struct phrase *b)
{
    if (a->count == 0 || a->count >= b->count)
        return false;
    for (unsigned i = 0; i < a->count; i++) {
        bool has = false;
        for (unsigned k = 0; k < b->count; k++)
            has = has || b->words[k] == a->words[i];
        if (!has)
            return false;
    }
    return true;
}

unsigned related_last_flags(const struct related_model *m, const struct phrase *p)
{
    return p->count > 0 ? m->words.words[p->words[p->count - 1]].flags : 0;
}

bool related_is_people(const struct related_model *m, const struct related_table *t)
{
    return (related_last_flags(m, &t->name) & WORD_PERSON) != 0 && t->name.count <= 2;
}

static int worth(const struct name_match *match)
{
    static const int key_worth[] = { 0, 12, 2, 9, 5 }, table_worth[] = { 0, 10, 6, 5, 3, 1 };
    return key_worth[match->key] + table_worth[match->table] + (int)match->likeness - (int)match->role -
           (int)match->rest + (match->self ? 6 : 0) + (match->link ? 5 : 0) + (match->person ? 4 : 0) +
           (match->doer ? 2 : 0);
}

static struct name_match match_phrase(const struct related_model *m, const struct related_table *from,
                                      const struct phrase *c, const struct related_key *key)
{
    const struct related_table *to = &m->tables[key->table];
    struct name_match match = { .likeness = LIKE_SAME, .rest_last = to->name.count, .named = c };
    unsigned role = 0;
    match.key = key_relation(m, c, &to->columns[key->column], key, &role);
    match_table(m, c, to, &match);
    bool far = match.table == TO_TABLE_LEAD || (match.rest > 0 && match.likeness != LIKE_SAME);
    if (match.key == TO_KEY_SAME && far) { /* the whole name of the key says more than a far likeness of its table */
        match.table = TO_TABLE_NOT;
        match.likeness = LIKE_SAME;
        match.rest = match.word = 0;
        match.rest_first = 0;
        match.rest_last = to->name.count;
    }
    if (match.table == TO_TABLE_NOT)
        match.role = role;
    else if (match.key == TO_KEY_SAME || match.key == TO_KEY_ROLE)
        match.role = role < match.role ? role : match.role;
    match.self = from == to && (related_flags(m, c) & WORD_SELF) != 0;
    if (match.self && match.key == TO_KEY_NOT && match.table == TO_TABLE_NOT) {
        size_t tables; /* previous_doctor_id is about doctors, wherever it stands */
        related_index_find(&m->tables_word, c->words[c->count - 1], &tables);
        match.self = tables == 0;
    }
    bool agent = match.table == TO_TABLE_NOT && (related_last_flags(m, c) & WORD_AGENT) != 0;
    match.person = agent && related_is_people(m, to);
    match.doer = agent && m->people < 0 && (related_last_flags(m, &to->name) & WORD_AGENT) != 0 && to->name.count <= 2;
    match.link = from != to && match.table == TO_TABLE_NOT && (related_flags(m, c) & (WORD_SELF | WORD_SIDE)) != 0 &&
                 (related_last_flags(m, &from->name) & WORD_LINK) != 0 && related_within(&to->name, &from->name);
    return match;
}

bool related_match(const struct related_model *m, const struct related_table *from, const struct related_column *column,
                   const struct related_key *key, struct name_match *ret_match)
{
    *ret_match = match_phrase(m, from, &column->name, key);
    if (strcmp(column->tail.joined, column->name.joined) != 0) {
        struct name_match tail = match_phrase(m, from, &column->tail, key);
        if (worth(&tail) > worth(ret_match))
            *ret_match = tail;
    }
    return ret_match->key != TO_KEY_NOT || ret_match->table != TO_TABLE_NOT || ret_match->self || ret_match->person ||
           ret_match->link || ret_match->doer;
}
