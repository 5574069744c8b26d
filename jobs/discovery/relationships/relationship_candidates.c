/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_candidates.c - keys whose name, or whose table's name, has something to do with a column's.
 *
 * Found by looking up whole names, runs of words and single words, never by trying all pairs. Lists that are too long
 * to tell anything (the word "type" in hundreds of tables) are cut to the tables of the shortest names and those of the
 * column's own group.
 */
#include "jobs/discovery/relationships/relationship_candidates.h"

#include <string.h>

enum { TABLES_OF_RUN_MAX = 24, TABLES_SCAN_MAX = 512, KEYS_OF_NAME_MAX = 32, RUN_WORDS_MAX = 4, NAMELESS_BELOW = 1 };

void related_list_add(struct related_list *list, struct arena *arena, const struct related_candidate *candidate)
{
    if (list->count == list->capacity) {
        struct related_candidate *old = list->items;
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 64;
        list->items = arena_array(arena, list->capacity, sizeof *list->items);
        if (list->count > 0)
            memcpy(list->items, old, list->count * sizeof *old);
    }
    list->items[list->count++] = *candidate;
}

struct search {
    const struct related_model *m;
    unsigned table, column;
    struct related_list *list;
    size_t first;  /* of this column's candidates */
    bool nameless; /* the names need have nothing to do with each other */
};

static void try_key(struct search *s, const struct related_key *key)
{
    const struct related_table *from = &s->m->tables[s->table];
    const struct related_column *column = &from->columns[s->column];
    const struct related_table *to = &s->m->tables[key->table];
    if (s->list->count - s->first >= CANDIDATES_OF_COLUMN_MAX)
        return;
    if (key->table == s->table && key->column == s->column)
        return;
    if (!related_types_fit(column, &to->columns[key->column]))
        return;
    for (size_t i = s->first; i < s->list->count; i++)
        if (s->list->items[i].key == key)
            return;
    struct related_candidate c = { .from_table = s->table, .to_table = key->table, .count = 1, .key = key };
    c.from[0] = s->column;
    c.to[0] = key->column;
    bool named = related_match(s->m, from, column, key, &c.match);
    c.match.nameless = !named;
    if (key->kind == KEY_LABEL && c.match.key != TO_KEY_SAME)
        return;
    if (!named && column->family != to->columns[key->column].family)
        return;
    if (named || s->nameless)
        related_list_add(s->list, s->m->arena, &c);
}

static void try_table(struct search *s, unsigned table)
{
    const struct related_table *to = &s->m->tables[table];
    for (unsigned i = 0; i < to->keys_count; i++)
        try_key(s, &s->m->keys[to->keys_first + i]);
}

static bool same_group(const struct related_brief *a, const struct related_brief *b)
{
    return a->count > 0 && b->count > 0 && a->first == b->first;
}

static void try_tables(struct search *s, const struct related_pair *pairs, size_t count)
{
    const struct related_brief *briefs = s->m->briefs, *from = &briefs[s->table];
    size_t tried = 0;
    if (count <= TABLES_OF_RUN_MAX) {
        for (size_t i = 0; i < count; i++)
            try_table(s, pairs[i].to);
        return;
    }
    /* Too many: tables of one word, then of two, and those of the same group. */
    for (unsigned words = 1; words <= 2; words++)
        for (size_t i = 0; i < count && i < TABLES_SCAN_MAX && tried < TABLES_OF_RUN_MAX; i++) {
            const struct related_brief *to = &briefs[pairs[i].to];
            if (to->count == words || (words == 2 && same_group(from, to))) {
                try_table(s, pairs[i].to);
                tried++;
            }
        }
}

static void try_name(struct search *s, const char *joined)
{
    size_t count;
    unsigned named = vocabulary_find(&s->m->names, joined);
    if (named == 0)
        return;
    const struct related_pair *pairs = related_index_find(&s->m->keys_named, named, &count);
    for (size_t i = 0; i < count && i < KEYS_OF_NAME_MAX; i++)
        try_key(s, &s->m->keys[pairs[i].to]);
}

/* The column's whole name, and every tail of it that begins at a word: home_city_id, city_id. */
static void try_names(struct search *s, const struct phrase *name)
{
    if (name->count == 0)
        return; /* a plain id is everybody's */
    if (name->starts[0] > 0)
        try_name(s, name->joined); /* the word for a key comes first: id_client */
    for (unsigned i = 0; i < name->count; i++)
        try_name(s, name->joined + name->starts[i]);
}

static void try_runs(struct search *s, const struct phrase *name)
{
    char text[WORDS_SIZE];
    size_t count;
    for (unsigned size = RUN_WORDS_MAX; size > 0; size--)
        for (unsigned first = 0; first + size <= name->count; first++) {
            if (!phrase_join(&s->m->words, name, first, size, text))
                continue;
            unsigned named = vocabulary_find(&s->m->names, text);
            const struct related_pair *pairs = related_index_find(&s->m->tables_run, named, &count);
            if (named != 0)
                try_tables(s, pairs, count);
        }
    for (unsigned i = 0; i < name->count; i++) {
        const struct related_pair *likes = related_index_find(&s->m->words_like, name->words[i], &count);
        for (size_t k = 0; k < count; k++) {
            size_t tables;
            const struct related_pair *pairs = related_index_find(&s->m->tables_word, likes[k].to, &tables);
            try_tables(s, pairs, tables);
        }
    }
}

/* Tables of people, for "created_by" and "author_id". */
static void try_people(struct search *s, const struct phrase *name)
{
    static const char *const people[] = { "user", "employee", "person", "member", "staff" };
    size_t count;
    if ((related_last_flags(s->m, name) & WORD_AGENT) == 0)
        return;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        unsigned word = vocabulary_find(&s->m->words, people[i]);
        const struct related_pair *pairs = related_index_find(&s->m->tables_word, word, &count);
        if (word != 0)
            try_tables(s, pairs, count);
        pairs = related_index_find(&s->m->words_like, word, &count);
        for (size_t k = 0; word != 0 && k < count; k++) {
            size_t tables;
            const struct related_pair *like = related_index_find(&s->m->tables_word, pairs[k].to, &tables);
            try_tables(s, like, tables);
        }
    }
}

/* Tables named after those who do something, for "winner_id". */
static void try_doers(struct search *s, const struct phrase *name)
{
    if (s->m->people >= 0 || (related_last_flags(s->m, name) & WORD_AGENT) == 0)
        return;
    for (unsigned i = 0; i < s->m->doer_count; i++)
        try_key(s, &s->m->keys[s->m->doers[i]]);
}

/* Tables whose name the column's own table extends: artifact_reference, for parent_id. */
static void try_owners(struct search *s)
{
    const struct phrase *own = &s->m->tables[s->table].name;
    char text[WORDS_SIZE];
    size_t count;
    for (unsigned size = own->count; size > 0; size--)
        for (unsigned first = 0; first + size <= own->count; first++) {
            if (size == own->count || !phrase_join(&s->m->words, own, first, size, text))
                continue;
            unsigned named = vocabulary_find(&s->m->names, text);
            const struct related_pair *pairs = related_index_find(&s->m->tables_run, named, &count);
            for (size_t i = 0; named != 0 && i < count && i < TABLES_SCAN_MAX; i++) {
                const struct related_table *to = &s->m->tables[pairs[i].to];
                if (to->name.count == size && to->keys_count > 0)
                    try_key(s, &s->m->keys[to->keys_first]);
            }
        }
}

/* A column that must refer to something, and no name tells to what: the tables that are referred to most. */
static void try_nameless(struct search *s)
{
    const struct related_column *c = &s->m->tables[s->table].columns[s->column];
    bool number = c->family == FAMILY_NUMBER && (related_last_flags(s->m, &c->name) & WORD_VALUE) == 0;
    if (c->name.count == 0 || (c->primary && !(s->m->sketch && s->m->hub_count == 1)) ||
        (c->name.key != KEY_WORD_ID && !(number && c->name.key == KEY_WORD_NONE)))
        return;
    s->nameless = true;
    try_owners(s);
    for (unsigned i = 0; c->name.key == KEY_WORD_ID && i < s->m->hub_count; i++)
        try_key(s, &s->m->keys[s->m->hubs[i]]);
    s->nameless = false;
}

/* A plain "id" that is the primary key may be that of the table whose name this one extends. */
static void try_extended(struct search *s)
{
    const struct related_table *from = &s->m->tables[s->table];
    const struct related_column *column = &from->columns[s->column];
    char text[WORDS_SIZE];
    size_t count;
    if (!column->primary || column->name.count > 0)
        return;
    for (unsigned first = 0; first < from->name.count; first++)
        for (unsigned size = 1; first + size <= from->name.count && size < from->name.count; size++) {
            if (!phrase_join(&s->m->words, &from->name, first, size, text))
                continue;
            unsigned named = vocabulary_find(&s->m->names, text);
            const struct related_pair *pairs = related_index_find(&s->m->tables_run, named, &count);
            for (size_t i = 0; named != 0 && i < count && i < TABLES_SCAN_MAX; i++)
                if (s->m->tables[pairs[i].to].name.count == size)
                    try_table(s, pairs[i].to);
        }
}

/* Candidates that the name may mean. In a sketch the ids of a table that ties others together are declared as its key:
 * friend.student_id is no key for likes.student_id, nor is friend.friend_id about friend. */
static size_t count_meant(const struct search *s)
{
    size_t meant = 0;
    for (size_t i = s->first; i < s->list->count; i++) {
        const struct related_candidate *c = &s->list->items[i];
        meant += (c->to_table != s->table || c->match.self) && (c->key->names_table || c->key->alike == 0);
    }
    return meant;
}

void related_candidates(const struct related_model *m, unsigned table, unsigned column, struct related_list *list)
{
    struct search s = { .m = m, .table = table, .column = column, .list = list, .first = list->count };
    const struct related_column *c = &m->tables[table].columns[column];
    if (c->family == FAMILY_NONE || c->declared || m->tables[table].copy)
        return;
    bool tailed = strcmp(c->tail.joined, c->name.joined) != 0;
    try_names(&s, &c->name);
    if (tailed)
        try_names(&s, &c->tail);
    if (((related_flags(m, &c->name) | related_flags(m, &c->tail)) & WORD_SELF) != 0)
        try_table(&s, table);
    if ((related_flags(m, &c->name) & (WORD_SELF | WORD_SIDE)) != 0 &&
        (related_last_flags(m, &m->tables[table].name) & WORD_LINK) != 0)
        try_owners(&s);
    try_runs(&s, &c->name);
    if (tailed)
        try_runs(&s, &c->tail);
    try_people(&s, &c->name);
    try_doers(&s, &c->name);
    try_extended(&s);
    size_t named = m->sketch ? count_meant(&s) : list->count - s.first;
    if (named < NAMELESS_BELOW)
        try_nameless(&s);
}
