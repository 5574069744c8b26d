/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_habits.c - what holds for the schema as a whole: which keys are referred to most, who its people are,
 * and whether its references bear a word for a key. Read once the indexes stand; each walks keys or columns once.
 */
#include <string.h>

#include "base/text.h"
#include "jobs/discovery/relationships/relationship_model.h"

enum { USERS_FIRST = 1000000, HABIT_WORDS_MAX = 4 };

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

static bool refers_itself(const struct related_key *key)
{
    return key->refers || key->kind > KEY_UNIQUE;
}

/* The keys with the most users, first ones first; at most MODEL_HUBS_MAX. */
static void insert_hub(const struct related_model *m, unsigned *hubs, unsigned *count, unsigned key)
{
    unsigned at = *count;
    while (at > 0 && m->keys[hubs[at - 1]].users < m->keys[key].users)
        at--;
    if (at == MODEL_HUBS_MAX)
        return;
    unsigned kept = *count < MODEL_HUBS_MAX ? *count : MODEL_HUBS_MAX - 1;
    memmove(hubs + at + 1, hubs + at, (kept - at) * sizeof *hubs);
    hubs[at] = key;
    *count = kept + 1;
}

static void find_hubs(struct related_model *m)
{
    for (unsigned i = 0; i < m->key_count; i++) {
        const struct related_table *t = &m->tables[m->keys[i].table];
        if (refers_itself(&m->keys[i]) || (!m->keys[i].plain && !m->keys[i].names_table))
            continue;
        insert_hub(m, m->hubs, &m->hub_count, i);
        if (t->name.count > 0 && t->name.count <= 2 &&
            (m->words.words[t->name.words[t->name.count - 1]].flags & WORD_AGENT) != 0)
            insert_hub(m, m->doers, &m->doer_count, i);
    }
}

/* How do columns name tables: with a key word behind, or bare? Columns that have the whole name of a table and the
 * family of its key are counted. */
static void find_habit(struct related_model *m)
{
    char text[WORDS_SIZE];
    size_t count, bare = 0, worded = 0;
    for (size_t i = 0; i < m->catalog->table_count; i++)
        for (size_t k = 0; k < m->tables[i].table->column_count; k++) {
            const struct related_column *c = &m->tables[i].columns[k];
            if (c->name.count == 0 || c->name.count > HABIT_WORDS_MAX || c->name.plural || c->primary ||
                c->family == FAMILY_NONE || !phrase_join(&m->words, &c->name, 0, c->name.count, text))
                continue;
            unsigned named = vocabulary_find(&m->names, text);
            const struct related_pair *pairs = related_index_find(&m->tables_run, named, &count);
            const struct related_table *to = named != 0 && count > 0 ? &m->tables[pairs[0].to] : NULL;
            if (to == NULL || to->keys_count == 0 ||
                m->tables[m->keys[to->keys_first].table].columns[m->keys[to->keys_first].column].family != c->family)
                continue;
            bare += c->name.key == KEY_WORD_NONE;
            worded += c->name.key != KEY_WORD_NONE;
        }
    m->bare = bare > worded;
}

void related_habits(struct related_model *m)
{
    find_people(m);
    find_hubs(m);
    find_habit(m);
}
