/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/discovery/relationships.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/observed.h"
#include "jobs/discovery/words.h"

/* Looked into only when it costs little. */
enum { CHILD_ROWS_MAX = 200000, PARENT_ROWS_MAX = 1000000 };

/* How sure a name alone makes us, and with every value found in the parent. Below ACCEPT nothing is said. */
static const double ACCEPT = 0.5, ORPHANS_SHARE_MAX = 0.05;
static const struct {
    double named, checked;
    const char *words;
} rules[] = {
    { 0.70, 0.95, "the name is that of table and key" }, { 0.50, 0.85, "the name ends in that of table and key" },
    { 0.55, 0.80, "the name is that of the key" },       { 0.30, 0.70, "the name is parent and the own key" },
    { 0.20, 0.75, "the name is that of the table" },
};
enum rule { RULE_TABLE_KEY, RULE_ROLE_TABLE_KEY, RULE_KEY, RULE_PARENT, RULE_TABLE };

/* A column that others may point to, under one of its names. */
struct target {
    const char *name; /* words written together */
    struct catalog_table *t;
    const struct catalog_column *key;
};

struct finder {
    const struct watch *watch;
    struct connect *source;
    struct catalog *c;
    struct target *tables, *keys; /* sorted by name */
    size_t table_count, key_count;
};

struct guess {
    const struct target *target;
    enum rule rule;
    bool ambiguous;
};

static int compare_targets(const void *left, const void *right)
{
    const struct target *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->t > b->t) - (a->t < b->t);
}

static bool in_list(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

/* Words that end the name of a key; alone they name no table. */
static bool is_key_word(const char *word)
{
    static const char *const words[] = {
        "id", "key", "no", "nr", "number", "code", "uuid", "guid", "pk", "name", NULL
    };
    return in_list(word, words);
}

/* The one column that names a row: the primary key, else the only single unique one. NULL: none. */
static const struct catalog_column *single_key(const struct catalog_table *t)
{
    const struct catalog_names *names = &t->primary_key.columns;
    for (size_t i = 0; names->count == 0 && i < t->unique_count; i++)
        if (t->uniques[i].columns.count == 1)
            names = &t->uniques[i].columns;
    return names->count == 1 ? catalog_column_find(t, names->items[0]) : NULL;
}

/* "m" of m_loan, m_client, ...: a word that at least half of the tables begin with says nothing. "" when there is
 * none. Counted by majority vote: one candidate, then its share. */
static void common_prefix(const struct catalog *c, char ret_prefix[static WORDS_SIZE])
{
    struct words words;
    size_t votes = 0, share = 0;
    ret_prefix[0] = '\0';
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < c->table_count; i++) {
            words_read(c->tables[i].name, &words);
            const char *first = words.count > 1 ? words.items[0] : "";
            bool same = strcmp(first, ret_prefix) == 0;
            if (pass == 1)
                share += same;
            else if (votes == 0 && text_copy(ret_prefix, WORDS_SIZE, first))
                votes = 1;
            else
                votes = same ? votes + 1 : votes - 1;
        }
    }
    if (share < 3 || share * 2 < c->table_count)
        ret_prefix[0] = '\0';
}

static void target_add(struct finder *f, struct target *list, size_t *count, const struct words *w, size_t first,
                       struct catalog_table *t, const struct catalog_column *key)
{
    char name[WORDS_SIZE];
    if (w->count > first && words_join(w, first, w->count - first, name))
        list[(*count)++] = (struct target){ arena_text(f->c->arena, name), t, key };
}

static void targets_make(struct finder *f)
{
    char prefix[WORDS_SIZE];
    common_prefix(f->c, prefix);
    f->tables = arena_array(f->c->arena, 2 * f->c->table_count + 1, sizeof *f->tables);
    f->keys = arena_array(f->c->arena, f->c->table_count + 1, sizeof *f->keys);
    for (size_t i = 0; i < f->c->table_count; i++) {
        struct catalog_table *t = &f->c->tables[i];
        const struct catalog_column *key = single_key(t);
        struct words words;
        if (key == NULL)
            continue;
        words_read(t->name, &words);
        words_singular(&words);
        target_add(f, f->tables, &f->table_count, &words, 0, t, key);
        if (prefix[0] != '\0' && words.count > 1 && strcmp(words.items[0], prefix) == 0)
            target_add(f, f->tables, &f->table_count, &words, 1, t, key);
        words_read(key->name, &words);
        if (words.count > 1 || (words.count == 1 && !is_key_word(words.items[0])))
            target_add(f, f->keys, &f->key_count, &words, 0, t, key);
    }
    qsort(f->tables, f->table_count, sizeof *f->tables, compare_targets);
    qsort(f->keys, f->key_count, sizeof *f->keys, compare_targets);
}

/* First of the targets with this name; *ret_several: there is another one. */
static const struct target *target_find(const struct target *list, size_t count, const char *name, bool *ret_several)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(list[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || strcmp(list[low].name, name) != 0)
        return NULL;
    *ret_several = low + 1 < count && strcmp(list[low + 1].name, name) == 0;
    return &list[low];
}

enum family { FAMILY_OTHER, FAMILY_NUMBER, FAMILY_TEXT, FAMILY_UUID, FAMILY_ANY };

static enum family family_of(const struct catalog_column *column)
{
    switch (column->type.name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return FAMILY_NUMBER;
    case TYPE_DECIMAL:
        return column->type.scale == 0 ? FAMILY_NUMBER : FAMILY_OTHER;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_TEXT:
        return FAMILY_TEXT;
    case TYPE_UUID:
        return FAMILY_UUID;
    case TYPE_DYNAMIC:
        return FAMILY_ANY;
    default:
        return FAMILY_OTHER;
    }
}

static bool types_fit(const struct catalog_column *a, const struct catalog_column *b)
{
    enum family left = family_of(a), right = family_of(b);
    return left != FAMILY_OTHER && right != FAMILY_OTHER &&
           (left == right || left == FAMILY_ANY || right == FAMILY_ANY);
}

/* Keeps the better guess; two that are equally good and differ are none. */
static void guess_take(struct guess *best, const struct target *target, bool several, enum rule rule,
                       const struct catalog_table *t, const struct catalog_column *column)
{
    bool itself = target != NULL && target->t == t && target->key == column;
    if (target == NULL || itself || !types_fit(column, target->key))
        return;
    bool first = best->target == NULL || rule < best->rule;
    if (first)
        *best = (struct guess){ .target = target, .rule = rule, .ambiguous = several };
    else if (rule == best->rule && (best->target->t != target->t || best->target->key != target->key))
        best->ambiguous = true;
}

/* "billing_artist_id": table "artist" whose key ends in "id", with the words before as its role. */
static void guess_by_table(const struct finder *f, const struct words *w, struct guess *best,
                           const struct catalog_table *t, const struct catalog_column *column)
{
    char name[WORDS_SIZE];
    const char *last = w->items[w->count - 1];
    for (size_t start = 0; start + 1 < w->count && is_key_word(last); start++) {
        bool several = false;
        if (!words_join(w, start, w->count - 1 - start, name))
            continue;
        const struct target *target = target_find(f->tables, f->table_count, name, &several);
        if (target == NULL)
            continue;
        struct words key;
        words_read(target->key->name, &key);
        if (key.count > 0 && strcmp(key.items[key.count - 1], last) == 0) {
            guess_take(best, target, several, start == 0 ? RULE_TABLE_KEY : RULE_ROLE_TABLE_KEY, t, column);
            return; /* the longest name of a table wins over its tail */
        }
    }
}

static struct guess guess(const struct finder *f, struct catalog_table *t, const struct catalog_column *column)
{
    struct guess best = { 0 };
    struct words w;
    char name[WORDS_SIZE];
    bool several = false;
    words_read(column->name, &w);
    if (w.count == 0)
        return best;
    guess_by_table(f, &w, &best, t, column);
    if (w.count > 1 && words_join(&w, 0, w.count, name)) {
        const struct target *target = target_find(f->keys, f->key_count, name, &several);
        guess_take(&best, target, several, RULE_KEY, t, column);
    }
    const struct catalog_column *own = single_key(t);
    if (own != NULL && strcmp(w.items[0], "parent") == 0 && w.count == 2 && is_key_word(w.items[1])) {
        struct target *itself = arena_alloc(f->c->arena, sizeof *itself);
        *itself = (struct target){ .name = "", .t = t, .key = own };
        guess_take(&best, itself, false, RULE_PARENT, t, column);
    }
    words_singular(&w);
    if (words_join(&w, 0, w.count, name)) {
        const struct target *target = target_find(f->tables, f->table_count, name, &several);
        if (target != NULL && family_of(target->key) != FAMILY_TEXT)
            guess_take(&best, target, several, RULE_TABLE, t, column);
    }
    return best;
}

static bool declared(const struct catalog_table *t, const char *column)
{
    for (size_t i = 0; i < t->foreign_key_count; i++)
        for (size_t k = 0; k < t->foreign_keys[i].columns.count; k++)
            if (strcmp(t->foreign_keys[i].columns.items[k], column) == 0)
                return true;
    return false;
}

/* A key of its own in this table: then each parent has at most one child. */
static bool is_unique(const struct catalog_table *t, const struct catalog_names *columns)
{
    if (t->primary_key.columns.count > 0 && catalog_names_equal(&t->primary_key.columns, columns))
        return true;
    for (size_t i = 0; i < t->unique_count; i++)
        if (catalog_names_equal(&t->uniques[i].columns, columns))
            return true;
    return false;
}

static int64_t values_of(const struct catalog_table *t, const struct catalog_column *column)
{
    return column->observed != NULL ? observed_values(column->observed) : t->rows;
}

static struct catalog_relationship *add(struct catalog *c, const struct catalog_table *t,
                                        const struct catalog_foreign_key *fk, const char *origin, double confidence,
                                        const char *evidence)
{
    struct catalog_relationship *r = catalog_relationship_add(c);
    *r = (struct catalog_relationship){ .from_schema = t->schema,
                                        .from_table = t->name,
                                        .from_columns = fk->columns,
                                        .to_schema = fk->ref_schema,
                                        .to_table = fk->ref_table,
                                        .to_columns = fk->ref_columns,
                                        .cardinality = is_unique(t, &fk->columns) ? "one_to_one" : "many_to_one",
                                        .confidence = confidence,
                                        .origin = origin,
                                        .evidence = evidence };
    return r;
}

/* Looks whether the values are there, and says what it found; false: they contradict the guess. */
static enum error_class weigh(struct finder *f, const struct catalog_table *t, const struct catalog_column *column,
                              const struct guess *g, const struct catalog_foreign_key *fk, double *ret_confidence,
                              const char **ret_evidence, struct error *e)
{
    int64_t values = values_of(t, column), orphans = 0;
    const char *samples, *words = rules[g->rule].words;
    *ret_confidence = rules[g->rule].named;
    if (values <= 0) {
        *ret_evidence = arena_format(f->c->arena, "%s; there are no values to look at", words);
        return ERROR_OK;
    }
    if (f->source == NULL || t->rows > CHILD_ROWS_MAX || g->target->t->rows > PARENT_ROWS_MAX) {
        *ret_evidence = arena_format(f->c->arena, "%s; the values were not looked at", words);
        return ERROR_OK;
    }
    enum error_class class = connect_orphans(f->source, f->c->arena, t, fk, &orphans, &samples, e);
    if (class != ERROR_OK)
        return class;
    double share = (double)orphans / (double)values;
    *ret_confidence = share > ORPHANS_SHARE_MAX ? 0 : rules[g->rule].checked * (1 - 4 * share);
    *ret_evidence = arena_format(f->c->arena, "%s; %lld of %lld values are in the parent", words,
                                 (long long)(values - orphans), (long long)values);
    return ERROR_OK;
}

static enum error_class consider(struct finder *f, struct catalog_table *t, const struct catalog_column *column,
                                 struct error *e)
{
    struct guess g = guess(f, t, column);
    bool own_key = column == single_key(t); /* it may point to the table this one extends, on the best ground only */
    if (g.target == NULL || g.ambiguous || (own_key && (g.rule != RULE_TABLE_KEY || g.target->t == t)))
        return ERROR_OK;
    struct catalog_foreign_key fk = { .ref_schema = g.target->t->schema, .ref_table = g.target->t->name };
    catalog_name_add(f->c, &fk.columns, column->name);
    catalog_name_add(f->c, &fk.ref_columns, g.target->key->name);
    double confidence = 0;
    const char *evidence = NULL;
    enum error_class class = weigh(f, t, column, &g, &fk, &confidence, &evidence, e);
    if (class == ERROR_OK && confidence >= ACCEPT)
        add(f->c, t, &fk, "found", confidence, evidence);
    return class;
}

static void add_declared(struct catalog *c, const struct catalog_table *t)
{
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &t->foreign_keys[i];
        const char *evidence = fk->name != NULL ? arena_format(c->arena, "declared as foreign key %s", fk->name)
                                                : "declared as foreign key";
        add(c, t, fk, "declared", 1, evidence);
    }
}

enum error_class relationships_find(const struct watch *w, struct connect *source, struct catalog *c, struct error *e)
{
    struct finder f = { .watch = w, .source = source, .c = c };
    targets_make(&f);
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        add_declared(c, t);
        for (size_t k = 0; k < t->column_count; k++) {
            const struct catalog_column *column = &t->columns[k];
            if (declared(t, column->name))
                continue;
            if (watch_cancelled(w))
                return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
            enum error_class class = consider(&f, t, column, e);
            if (class != ERROR_OK)
                return class;
        }
    }
    return ERROR_OK;
}
