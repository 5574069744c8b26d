/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_features.c - turns a candidate into the yes-or-no features of relationship_weights.h, and their sum.
 */
#include <string.h>

#include "base/text.h"
#include "jobs/discovery/relationships/relationship_candidates.h"

enum { TAILS_MAX = 32, RIVALS_MAX = 64, SHARED_MIN = 3, HUB_MIN = 5 };

const double feature_weights[FEATURE_COUNT] = {
#define X(name, prior, weight, text) weight,
    RELATIONSHIP_FEATURES(X)
#undef X
};

const char *const feature_names[FEATURE_COUNT] = {
#define X(name, prior, weight, text) #name,
    RELATIONSHIP_FEATURES(X)
#undef X
};

/* "sport_type_name" is sport_type.name: the table's name, then the key's, which says something by itself. */
static bool names_key_of_table(const struct related_model *m, const struct phrase *column,
                               const struct related_table *to, const struct phrase *key)
{
    char text[WORDS_SIZE];
    size_t size = strlen(column->joined), tail = strlen(key->joined);
    if ((key->count == 0 && key->key == KEY_WORD_ID) || to->name.count == 0 || size <= tail ||
        strcmp(column->joined + (size - tail), key->joined) != 0 ||
        !phrase_join(&m->words, &to->name, 0, to->name.count, text))
        return false;
    size_t table = strlen(text);
    return size >= tail + table && memcmp(column->joined + (size - tail - table), text, table) == 0;
}

/* The words written together are the whole name of a table. */
bool related_is_table(const struct related_model *m, unsigned named, const char *text)
{
    char name[WORDS_SIZE];
    size_t count;
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; i < count && i < RIVALS_MAX; i++) {
        const struct phrase *p = &m->tables[pairs[i].to].name;
        if (phrase_join(&m->words, p, 0, p->count, name) && strcmp(name, text) == 0)
            return true;
    }
    return false;
}

/* Words [first, end) are the whole name of a table with a key. */
static bool is_keyed(const struct related_model *m, const struct phrase *p, unsigned first, unsigned end)
{
    char text[WORDS_SIZE];
    size_t count;
    if (!phrase_join(&m->words, p, first, end - first, text))
        return false;
    unsigned named = vocabulary_find(&m->names, text);
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; named != 0 && i < count && i < RIVALS_MAX; i++)
        if (m->tables[pairs[i].to].name.count == end - first && m->tables[pairs[i].to].keys_count > 0)
            return true;
    return false;
}

/* Its name is that of another table with a key, and more. */
static bool extends_keyed(const struct related_model *m, const struct related_table *t)
{
    for (unsigned size = 1; size < t->name.count; size++)
        for (unsigned first = 0; first + size <= t->name.count; first++)
            if (is_keyed(m, &t->name, first, first + size))
                return true;
    return false;
}

/* "parent_id", "reports_to": no other word but short ones. */
static bool hierarchy_only(const struct related_model *m, const struct phrase *p)
{
    for (unsigned i = 0; i < p->count; i++)
        if (m->words.words[p->words[i]].size > 2 && (m->words.words[p->words[i]].flags & WORD_SELF) == 0)
            return false;
    return true;
}

/* "num_of_staff", "max_connections": how many there are, not who. */
static bool counted(const struct related_model *m, const struct phrase *p)
{
    for (unsigned i = 0; i + 1 < p->count; i++)
        if ((m->words.words[p->words[i]].flags & WORD_COUNT) != 0)
            return true;
    return false;
}

static void name_features(const struct related_model *m, struct related_candidate *c)
{
    const struct name_match *match = &c->match;
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    const struct phrase *named = match->named;
    related_set(c, FEATURE_SAME, match->key == TO_KEY_SAME);
    related_set(c, FEATURE_SAME_PLAIN, match->key == TO_KEY_PLAIN);
    related_set(c, FEATURE_ROLE_SAME, match->key == TO_KEY_ROLE);
    related_set(c, FEATURE_KEY_STEM, match->key == TO_KEY_STEM);
    bool part = match->table == TO_TABLE_TAIL || match->table == TO_TABLE_HEAD || match->table == TO_TABLE_INSIDE;
    related_set(c, FEATURE_TABLE, match->table == TO_TABLE_WHOLE && match->role == 0);
    related_set(c, FEATURE_ROLE_TABLE, match->table == TO_TABLE_WHOLE && match->role > 0);
    related_set(c, FEATURE_TAIL, match->table == TO_TABLE_TAIL && match->role == 0);
    related_set(c, FEATURE_TAIL_ALONE,
                match->table == TO_TABLE_TAIL && match->rest_first < TAILS_MAX &&
                    (to->tails_alone >> match->rest_first & 1) != 0);
    related_set(c, FEATURE_HEAD, match->table == TO_TABLE_HEAD && match->role == 0);
    related_set(c, FEATURE_INSIDE, match->table == TO_TABLE_INSIDE && match->role == 0);
    related_set(c, FEATURE_ROLE_PART, part && match->role > 0);
    related_set(c, FEATURE_STRIPPED, strcmp(named->joined, from->columns[c->from[0]].name.joined) != 0);
    related_set(c, FEATURE_LEAD, match->table == TO_TABLE_LEAD);
    related_set(c, FEATURE_SELF, match->self);
    related_set(c, FEATURE_SELF_PURE, match->self && match->table == TO_TABLE_NOT && named->count <= 2);
    related_set(c, FEATURE_PERSON, match->person);
    related_set(c, FEATURE_PERSON_MAIN, match->person && m->people == (int)c->to_table);
    related_set(c, FEATURE_PERSON_BY,
                match->person && text_ends(m->words.words[named->words[named->count - 1]].text, "by"));
    bool table = match->table != TO_TABLE_NOT;
    bool same = match->key == TO_KEY_SAME;
    related_set(c, FEATURE_ABBREVIATED, table && match->likeness == LIKE_ABBREVIATED);
    related_set(c, FEATURE_GLUED, table && match->likeness == LIKE_GLUED);
    size_t tables = 0;
    if (table && match->likeness != LIKE_SAME)
        related_index_find(&m->tables_word, match->word, &tables);
    related_set(c, FEATURE_WORD_ELSEWHERE, tables > 0);
    bool shared = table && match->rest > 0;
    for (unsigned i = 0; shared && i < to->name.count; i++)
        if (i < match->rest_first || i >= match->rest_last)
            shared = related_has_word(&from->name, to->name.words[i]);
    related_set(c, FEATURE_REST_SHARED, shared);
    bool is_from = shared && match->rest == from->name.count &&
                   (match->rest_last == to->name.count || !is_keyed(m, &to->name, match->rest_first, match->rest_last));
    related_set(c, FEATURE_REST_IS_FROM, is_from);
    related_set(c, FEATURE_REST_RIVAL, is_from && is_keyed(m, named, 0, named->count));
    bool primary = same && c->key->kind == KEY_PRIMARY;
    related_set(c, FEATURE_REST_1, table && !primary && !is_from && match->rest == 1);
    related_set(c, FEATURE_REST_MORE, table && !primary && !is_from && match->rest > 1);
    related_set(c, FEATURE_REST_GROUP, table && match->rest > 0 && to->grouped && match->rest_last == to->name.count);
    related_set(c, FEATURE_PLURAL, table && named->plural);
    related_set(c, FEATURE_COUNTED, table && named->key == KEY_WORD_NONE && counted(m, named));
    related_set(c, FEATURE_SELF_SKETCH, match->self && m->sketch && !hierarchy_only(m, named));
    related_set(c, FEATURE_ROLE_1, match->role == 1);
    related_set(c, FEATURE_ROLE_MORE, match->role > 1);
}

/* What the last word of the name says: a word for a key, for a value, or the name of the table and nothing else. */
static void word_features(const struct related_model *m, struct related_candidate *c)
{
    const struct name_match *match = &c->match;
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    const struct phrase *named = match->named;
    enum key_word key = to->columns[c->to[0]].name.key;
    related_set(c, FEATURE_KEY_WORD_SAME, named->key != KEY_WORD_NONE && named->key == key);
    related_set(c, FEATURE_KEY_WORD_NONE, named->key == KEY_WORD_NONE);
    related_set(c, FEATURE_KEY_WORD_OTHER,
                named->key != KEY_WORD_NONE && key != KEY_WORD_NONE && named->key != key && match->key == TO_KEY_NOT);
    related_set(c, FEATURE_KEY_WORD_ID, named->key == KEY_WORD_ID);
    bool keyed = c->key->kind == KEY_PRIMARY || c->key->kind == KEY_UNIQUE;
    bool name_key = named->key == KEY_WORD_NAME && key == KEY_WORD_NAME && keyed;
    bool value = named->key == KEY_WORD_NONE && (related_last_flags(m, named) & WORD_VALUE) != 0;
    related_set(c, FEATURE_NAME_KEY, name_key);
    bool number = from->columns[c->from[0]].family == FAMILY_NUMBER && to->columns[c->to[0]].family == FAMILY_NUMBER;
    bool whole = match->table == TO_TABLE_WHOLE || related_has(c, FEATURE_REST_IS_FROM);
    value = value && !(match->key == TO_KEY_SAME && c->key->kind == KEY_PRIMARY && whole);
    related_set(c, FEATURE_VALUE_WORD, value || (named->key == KEY_WORD_NAME && !name_key));
    related_set(c, FEATURE_NAMED_NUMBER,
                m->types_tell && number && whole && match->role == 0 && named->key == KEY_WORD_NONE);
    bool bare_number = m->types_tell && number && named->key == KEY_WORD_NONE;
    related_set(c, FEATURE_TEXT_BARE,
                m->types_tell && whole && match->key != TO_KEY_SAME && named->key == KEY_WORD_NONE &&
                    from->columns[c->from[0]].family == FAMILY_TEXT);
    related_set(c, FEATURE_NUMBER_ROLE, bare_number && match->table == TO_TABLE_WHOLE && match->role > 0);
    related_set(c, FEATURE_NUMBER_PART,
                bare_number && !whole && match->table >= TO_TABLE_TAIL && match->table <= TO_TABLE_INSIDE);
    related_set(c, FEATURE_NAMED_BARE, m->bare && whole && named->key == KEY_WORD_NONE);
    related_set(c, FEATURE_VALUE_TABLE, value && whole && number && m->types_tell);
    bool acts = match->person && !related_has(c, FEATURE_PERSON_BY) && named->key == KEY_WORD_NONE;
    related_set(c, FEATURE_PERSON_BARE, acts && !bare_number);
    related_set(c, FEATURE_PERSON_NUMBER, match->person && bare_number);
    related_set(c, FEATURE_SELF_NUMBER, match->self && match->table == TO_TABLE_NOT && bare_number);
    related_set(c, FEATURE_TABLE_KEY, names_key_of_table(m, named, to, &to->columns[c->to[0]].name));
    related_set(c, FEATURE_TABLE_KEY_LEAD, related_has(c, FEATURE_TABLE_KEY) && match->table == TO_TABLE_LEAD);
}

/* Some column of `from` has a word of the name of `to`. */
static bool met(const struct related_model *m, const struct related_table *from, const struct related_table *to)
{
    for (size_t i = 0; i < from->table->column_count; i++)
        for (unsigned w = 0; w < from->columns[i].name.count; w++)
            for (unsigned k = 0; k < to->name.count; k++)
                if (word_like(&m->words, from->columns[i].name.words[w], to->name.words[k]) != LIKE_NOT)
                    return true;
    return false;
}

/* Where the name proposes no table: hierarchy of another one, somebody who acts, the structure alone. */
static void structure_features(const struct related_model *m, struct related_candidate *c)
{
    const struct name_match *match = &c->match;
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    related_set(c, FEATURE_LINK, match->link);
    related_set(c, FEATURE_LINKED,
                match->self && from == to && (related_last_flags(m, &from->name) & WORD_LINK) != 0 &&
                    extends_keyed(m, from));
    related_set(c, FEATURE_DOER, match->doer);
    related_set(c, FEATURE_DOER_ONLY, match->doer && m->doer_count == 1);
    related_set(c, FEATURE_NAMELESS, match->nameless);
    related_set(c, FEATURE_NAMELESS_OWNER, match->nameless && related_within(&to->name, &from->name));
    related_set(c, FEATURE_NAMELESS_UNMET, related_has(c, FEATURE_NAMELESS_OWNER) && !met(m, from, to));
    related_set(c, FEATURE_NAMELESS_ONLY, match->nameless && m->hub_count == 1 && m->sketch);
    bool worded = match->named->count > 0 && match->named->key == KEY_WORD_NONE; /* col7 says nothing at all */
    related_set(c, FEATURE_NAMELESS_STRICT, match->nameless && !m->sketch && worded);
    related_set(c, FEATURE_NAMELESS_HUB,
                match->nameless && m->hub_count > 0 && m->keys[m->hubs[0]].table == c->to_table);
}

static bool family_matters(const struct related_model *m, const struct related_column *a)
{
    return m->types_tell && a->family != FAMILY_ANY;
}

static void type_features(const struct related_model *m, struct related_candidate *c, const struct related_column *from,
                          const struct related_column *to)
{
    if (!family_matters(m, from) || !family_matters(m, to))
        return;
    const struct type *a = &from->column->type, *b = &to->column->type;
    bool same = a->name == b->name && a->length == b->length && a->precision == b->precision &&
                a->is_unsigned == b->is_unsigned;
    bool number = from->family == FAMILY_NUMBER && to->family == FAMILY_NUMBER;
    related_set(c, FEATURE_TYPE_LENGTH, from->family == to->family && !same && !number);
    related_set(c, FEATURE_TYPE_SIZE, number && !same && m->sizes_mind);
    related_set(c, FEATURE_TYPE_SIZE_LOOSE, number && !same && !m->sizes_mind);
    related_set(c, FEATURE_TYPE_DIFFERS, from->family != to->family);
    related_set(c, FEATURE_TYPE_STRICT, from->family != to->family && !m->sketch);
}

/* Of the tables that end in these words, one begins like the column's own, and it is not this one. */
static bool rival_in_group(const struct related_model *m, const struct related_candidate *c)
{
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    char text[WORDS_SIZE], tail[WORDS_SIZE];
    size_t count;
    unsigned first = c->match.rest_first;
    if (c->key == NULL || c->match.table != TO_TABLE_TAIL || from->name.count < 2 ||
        from->name.words[0] == to->name.words[0] ||
        !phrase_join(&m->words, &to->name, first, to->name.count - first, text))
        return false;
    unsigned named = vocabulary_find(&m->names, text);
    const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; named != 0 && i < count && i < RIVALS_MAX; i++) {
        const struct phrase *name = &m->tables[pairs[i].to].name;
        if (pairs[i].to == c->from_table)
            continue;
        for (unsigned k = 1; name->words[0] == from->name.words[0] && k < name->count; k++)
            if (phrase_join(&m->words, name, k, name->count - k, tail) && strcmp(tail, text) == 0)
                return true;
    }
    return false;
}

static void table_features(const struct related_model *m, struct related_candidate *c)
{
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    bool group = from->name.count > 1 && to->name.count > 1 && from != to && from->name.words[0] == to->name.words[0];
    related_set(c, FEATURE_GROUP_SAME, group);
    related_set(c, FEATURE_GROUP_OTHER, rival_in_group(m, c));
    related_set(c, FEATURE_FROM_RECORD, from->record);
    related_set(c, FEATURE_TO_RECORD, to->record && !from->record);
    related_set(c, FEATURE_TO_IN_FROM, related_within(&to->name, &from->name));
    related_set(c, FEATURE_FROM_IN_TO, !related_has(c, FEATURE_REST_IS_FROM) && related_within(&from->name, &to->name));
    related_set(c, FEATURE_ITSELF, from == to && !c->match.self);
}

void related_features(const struct related_model *m, struct related_candidate *c, bool covered)
{
    const struct related_column *from = &m->tables[c->from_table].columns[c->from[0]];
    memset(c->features, 0, sizeof c->features);
    related_set(c, FEATURE_BIAS, !c->match.nameless);
    if (c->key == NULL) {
        table_features(m, c);
        related_composite_features(m, c);
        return;
    }
    name_features(m, c);
    word_features(m, c);
    structure_features(m, c);
    table_features(m, c);
    related_key_features(m, c, from);
    type_features(m, c, from, &m->tables[c->to_table].columns[c->to[0]]);
    related_set(c, FEATURE_COVERED, covered);
}

double related_score(const struct related_candidate *c)
{
    double sum = 0;
    for (unsigned i = 0; i < sizeof c->features / sizeof *c->features; i++)
        for (uint64_t rest = c->features[i]; rest != 0; rest &= rest - 1)
            sum += feature_weights[64 * i + (unsigned)__builtin_ctzll(rest)];
    return sum;
}

bool related_covers(const struct related_candidate *c)
{
    return related_has(c, FEATURE_COMPOSITE_STEM) && !related_has(c, FEATURE_COMPOSITE_EACH);
}
