/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_key_features.c - what the key says that a candidate refers to, and the column as a key of its own table.
 */
#include <string.h>

#include "base/text.h"
#include "jobs/discovery/relationships/relationship_candidates.h"

enum { SHARED_MIN = 3, HUB_MIN = 5 };

static const char *const kind_ends[] = { "type", "kind", "class", "table", "model" };

bool related_kind_end(const char *joined)
{
    for (size_t i = 0; i < sizeof kind_ends / sizeof *kind_ends; i++)
        if (text_ends(joined, kind_ends[i]))
            return true;
    return false;
}

/* "subject_type" (or _kind, _class, _table) beside "subject_id". */
static bool polymorphic(const struct related_model *m, const struct related_table *from,
                        const struct related_column *column)
{
    char text[WORDS_SIZE];
    if (!from->kinded || !phrase_join(&m->words, &column->name, 0, column->name.count, text))
        return false;
    size_t size = strlen(text);
    for (size_t k = 0; k < sizeof kind_ends / sizeof *kind_ends; k++) {
        if (!text_copy(text + size, WORDS_SIZE - size, kind_ends[k]))
            continue;
        unsigned named = vocabulary_find(&m->names, text);
        if (named != 0 && related_index_has(&m->columns_named, named, (unsigned)(from - m->tables)))
            return !related_is_table(m, named, text); /* it refers to the table of kinds itself */
    }
    return false;
}

static bool same_words(const struct phrase *a, const struct phrase *b)
{
    return a->count > 0 && a->count == b->count && memcmp(a->words, b->words, a->count * sizeof *a->words) == 0;
}

/* The label has the column's type, and the table's key has not. */
static bool label_type(const struct related_model *m, const struct related_key *label, const struct related_column *c)
{
    const struct related_table *to = &m->tables[label->table];
    bool other = to->keys_count > 0;
    for (unsigned i = 0; i < to->keys_count; i++) {
        const struct related_key *key = &m->keys[to->keys_first + i];
        other = other && (key->kind == KEY_LABEL || to->columns[key->column].family != c->family);
    }
    return other && m->types_tell && to->columns[label->column].family == c->family;
}

void related_key_features(const struct related_model *m, struct related_candidate *c, const struct related_column *from)
{
    const struct related_key *key = c->key;
    const struct related_table *own = &m->tables[c->from_table];
    size_t shared;
    related_index_find(&m->columns_named, from->named, &shared);
    bool initials = key->initials && key->alike < SHARED_MIN;
    related_set(c, FEATURE_KEY_NAME_ALONE, !key->plain && key->alike == 0);
    related_set(c, FEATURE_KEY_NAMES_TABLE, !key->plain && key->names_table);
    /* obj_id in five tables or more is how this schema calls its keys, as others say id */
    bool habit = key->kind == KEY_PRIMARY && key->alike >= HUB_MIN && related_has(c, FEATURE_KEY_WORD_SAME);
    related_set(c, FEATURE_KEY_OTHER,
                !key->plain && !key->names_table && !initials && !habit && c->match.key == TO_KEY_NOT);
    related_set(c, FEATURE_KEY_REFERS, key->refers);
    related_set(c, FEATURE_COLUMN_SHARED, shared >= SHARED_MIN);
    related_set(c, FEATURE_SAME_ID_SHARED,
                shared >= SHARED_MIN && c->match.key == TO_KEY_SAME && c->match.named->key == KEY_WORD_ID &&
                    key->alike == 0);
    related_set(c, FEATURE_KEY_PRIMARY, key->kind == KEY_PRIMARY);
    related_set(c, FEATURE_KEY_UNIQUE, key->kind == KEY_UNIQUE);
    const struct related_table *to = &m->tables[key->table];
    bool beside = false, primary = false;
    for (unsigned i = 0; i < to->keys_count; i++) {
        const struct related_key *other = &m->keys[to->keys_first + i];
        primary = primary || (other->kind == KEY_PRIMARY && other->names_table);
        beside = beside || (m->keys[to->keys_first + i].kind == KEY_PRIMARY && m->keys[to->keys_first + i].plain);
    }
    bool second = key->kind != KEY_PRIMARY && key->kind != KEY_LABEL;
    related_set(c, FEATURE_KEY_BESIDE_ID, second && beside);
    related_set(c, FEATURE_KEY_BESIDE_OTHER, second && primary && !key->names_table);
    related_set(c, FEATURE_SAME_ALONE,
                c->match.key == TO_KEY_SAME && key->kind <= KEY_UNIQUE && key->alike == 0 &&
                    !related_has(c, FEATURE_KEY_BESIDE_ID));
    related_set(c, FEATURE_KEY_PART, key->kind == KEY_PART);
    related_set(c, FEATURE_KEY_UNDECLARED, key->kind == KEY_UNDECLARED);
    related_set(c, FEATURE_KEY_UNDECLARED_BARE,
                key->kind == KEY_UNDECLARED && !key->plain && to->columns[key->column].name.key == KEY_WORD_NONE);
    related_set(c, FEATURE_KEY_INITIALS, initials && c->match.key == TO_KEY_SAME);
    if (key->kind == KEY_LABEL) {
        related_set(c, FEATURE_KEY_LABEL, true);
        related_set(c, FEATURE_KEY_LABEL_TYPE, label_type(m, key, from));
    }
    related_set(c, FEATURE_KEY_RUN_LAST, key->kind == KEY_UNDECLARED && key->run_last);
    related_set(c, FEATURE_KEYLESS_ALONE,
                key->kind == KEY_UNDECLARED && m->keyless && key->run_last && key->alike == 0 && !key->plain);
    related_set(c, FEATURE_KEYLESS, key->kind == KEY_UNDECLARED && m->keyless);
    related_set(c, FEATURE_HUB, key->users >= HUB_MIN);
    related_set(c, FEATURE_FROM_PRIMARY, from->primary);
    related_set(c, FEATURE_FROM_IN_PRIMARY, from->in_primary && !from->primary);
    related_set(c, FEATURE_FROM_UNIQUE, from->unique && !from->primary);
    related_set(c, FEATURE_FROM_PRIMARY_SELF, from->primary && same_words(&from->name, &own->name));
    related_set(c, FEATURE_POLYMORPHIC, polymorphic(m, own, from));
    /* Both are keys: whose name is it? */
    enum likeness own_like = LIKE_NOT;
    if (own->name.count > 0 && from->name.count > 0)
        own_like = word_like(&m->words, from->name.words[from->name.count - 1], own->name.words[own->name.count - 1]);
    bool names_own = own_like != LIKE_NOT && (c->match.table != TO_TABLE_WHOLE || own_like >= c->match.likeness);
    related_set(c, FEATURE_FROM_PRIMARY_OTHER,
                from->primary && !names_own && (key->names_table || initials) &&
                    (c->match.key == TO_KEY_SAME || c->match.table == TO_TABLE_WHOLE) && from->name.count > 0);
    related_set(c, FEATURE_FROM_PRIMARY_OWN, from->primary && names_own && !related_within(&to->name, &own->name));
    related_set(c, FEATURE_BACKWARDS, from->unique && names_own && !key->names_table);
}
