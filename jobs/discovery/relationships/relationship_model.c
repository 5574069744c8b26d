/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_model.c - reads a catalog into what the search for references needs.
 *
 * Order: the prefix of the schema's tables is found, tables are named, then columns (whose glued key words need the
 * words of the tables), then keys, then the indexes.
 */
#include "jobs/discovery/relationships/relationship_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/key_marks.h"

/* Words that at least half of the tables begin with, one after the other: "wp", "act", "adempiere core". */
enum { SEEN_ROWS_MIN = 3, PREFIX_WORDS_MAX = 3, PREFIX_TABLES_MIN = 3 };
static const double PREFIX_SHARE = 0.5, COLUMN_PREFIX_SHARE = 0.8, TYPES_TELL_SHARE = 0.95;

static bool starts_with(const struct words *w, const struct words *prefix)
{
    if (w->count <= prefix->count)
        return false;
    for (size_t i = 0; i < prefix->count; i++)
        if (strcmp(w->items[i], prefix->items[i]) != 0)
            return false;
    return true;
}

/* The most common next word after `prefix`, by majority vote and a second count. */
static size_t vote(const struct catalog *c, const struct words *prefix, char ret_word[static WORDS_SIZE])
{
    size_t votes = 0, share = 0;
    struct words w;
    ret_word[0] = '\0';
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < c->table_count; i++) {
            words_read(c->tables[i].name, &w);
            if (!starts_with(&w, prefix))
                continue;
            const char *next = w.items[prefix->count];
            bool same = w.count > prefix->count + 1 && strcmp(next, ret_word) == 0;
            if (pass == 1)
                share += same;
            else if (votes == 0)
                votes = text_copy(ret_word, WORDS_SIZE, w.count > prefix->count + 1 ? next : "");
            else
                votes = same ? votes + 1 : votes - 1;
        }
    return ret_word[0] != '\0' ? share : 0;
}

static void schema_prefix(const struct catalog *c, struct words *ret_prefix)
{
    char word[WORDS_SIZE];
    size_t used = 0;
    ret_prefix->count = 0;
    while (ret_prefix->count < PREFIX_WORDS_MAX) {
        size_t share = vote(c, ret_prefix, word), size = strlen(word) + 1;
        if (share < PREFIX_TABLES_MIN || (double)share < PREFIX_SHARE * (double)c->table_count ||
            used + size > WORDS_SIZE)
            return;
        memcpy(ret_prefix->text + used, word, size);
        ret_prefix->items[ret_prefix->count++] = ret_prefix->text + used;
        used += size;
    }
}

static enum family family_of(const struct catalog_column *column)
{
    switch (column->type.name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_NUMBER:
        return FAMILY_NUMBER;
    case TYPE_DECIMAL:
        return column->type.scale == 0 ? FAMILY_NUMBER : FAMILY_NONE;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_TEXT:
    case TYPE_STRING:
        return FAMILY_TEXT;
    case TYPE_BINARY:
        return column->type.length <= 64 ? FAMILY_NATIVE : FAMILY_NONE; /* hashes and packed ids; see read_columns() */
    case TYPE_UUID:
        return FAMILY_UUID;
    case TYPE_OTHER:
        return column->native_type != NULL ? FAMILY_NATIVE : FAMILY_ANY;
    case TYPE_DYNAMIC:
        return FAMILY_ANY;
    default:
        return FAMILY_NONE;
    }
}

bool related_types_fit(const struct related_column *from, const struct related_column *to)
{
    if (from->family == FAMILY_NONE || to->family == FAMILY_NONE)
        return false;
    if (from->family == FAMILY_ANY || to->family == FAMILY_ANY)
        return true;
    /* Numbers kept as text meet numbers often enough, in dumps of spreadsheets first of all. */
    bool mixed = (from->family == FAMILY_NUMBER && to->family == FAMILY_TEXT) ||
                 (from->family == FAMILY_TEXT && (to->family == FAMILY_NUMBER || to->family == FAMILY_UUID));
    if (from->family != to->family)
        return mixed;
    return from->family != FAMILY_NATIVE || text_equal(from->column->native_type, to->column->native_type);
}

/* What a column's name says, read once however many columns bear it. */
struct column_name {
    struct phrase name, tail; /* tail: without the first word; read when a table asks for it */
    size_t first;             /* number of its first word and 1; 0: it has one word only */
    unsigned named;
    bool tail_read, kind; /* kind: it ends in type, kind, class, table or model */
};

/* Beside the model while the columns are read. */
struct column_names {
    struct key_marks marks;     /* numbers the names */
    struct numbering firsts;    /* first words */
    struct column_name **items; /* under a name's number */
    size_t count, capacity;
};

static struct column_name *column_name_of(struct related_model *m, struct column_names *names, size_t number,
                                          const char *text)
{
    if (number < names->count)
        return names->items[number];
    names->items = mem_grow(names->items, &names->capacity, number + 1, sizeof(struct column_name *));
    struct column_name *name = names->items[names->count++] = arena_alloc(m->arena, sizeof *name);
    struct words w;
    phrase_read(&m->words, text, 0, true, &name->name);
    name->named = vocabulary_word(&m->names, name->name.joined);
    name->kind = related_kind_end(name->name.joined);
    words_read(text, &w);
    if (w.count > 1)
        name->first = numbering_add(&names->firsts, arena_text(m->arena, w.items[0])) + 1;
    return name;
}

/* "rev" of rev_id, rev_page, rev_actor: the first word of nearly all columns, as the number of column_name.first. */
static size_t column_prefix(struct related_model *m, struct column_names *names, const struct catalog_table *t)
{
    size_t votes = 0, share = 0, word = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < t->column_count; i++) {
            size_t number = key_marks_number(&names->marks, i);
            size_t first = column_name_of(m, names, number, t->columns[i].name)->first;
            if (pass == 1) {
                share += first == word;
            } else if (votes == 0) {
                word = first;
                votes = 1;
            } else {
                votes = first == word ? votes + 1 : votes - 1;
            }
        }
    return share >= 3 && (double)share >= COLUMN_PREFIX_SHARE * (double)t->column_count ? word : 0;
}

/* A table that declares no key: each value of the column was seen once, in rows enough to tell. */
static bool seen_unique(const struct catalog_table *t, const struct sketch *seen)
{
    return t->primary_key.columns.count == 0 && t->unique_count == 0 && seen != NULL && !seen->doubled &&
           seen->nulls == 0 && seen->rows >= SEEN_ROWS_MIN;
}

static void read_columns(struct related_model *m, struct column_names *names, unsigned table, const struct sketch *seen)
{
    struct related_table *r = &m->tables[table];
    const struct catalog_table *t = r->table;
    key_marks_read(&names->marks, t);
    size_t prefix = column_prefix(m, names, t);
    r->columns = arena_array(m->arena, t->column_count + 1, sizeof *r->columns);
    for (size_t i = 0; i < t->column_count; i++) {
        struct related_column *column = &r->columns[i];
        const char *text = t->columns[i].name;
        struct column_name *name = column_name_of(m, names, key_marks_number(&names->marks, i), text);
        unsigned marks = key_marks_of(&names->marks, i);
        column->column = &t->columns[i];
        column->family = family_of(column->column);
        column->primary = (marks & KEY_MARK_PRIMARY_ALONE) != 0;
        column->in_primary = (marks & KEY_MARK_PRIMARY) != 0;
        column->unique = (marks & (KEY_MARK_PRIMARY_ALONE | KEY_MARK_UNIQUE_ALONE | KEY_MARK_INDEX_ALONE)) != 0 ||
                         seen_unique(t, seen != NULL ? &seen[i] : NULL);
        column->doubled = seen != NULL && seen[i].doubled;
        column->declared = (marks & KEY_MARK_FOREIGN) != 0;
        column->name = column->tail = name->name;
        if (column->column->type.name == TYPE_BINARY && column->name.key == KEY_WORD_NONE && !column->in_primary)
            column->family = FAMILY_NONE; /* a document */
        if (prefix != 0 && name->first == prefix) {
            if (!name->tail_read)
                phrase_read(&m->words, text, 1, true, &name->tail);
            name->tail_read = true;
            column->tail = name->tail;
        }
        column->named = name->named;
        r->kinded = r->kinded || name->kind;
        related_index_add(&m->columns_named, m->arena, column->named, table);
    }
}

static void read_all_columns(struct related_model *m, struct sketch *const *seen)
{
    struct column_names names = { .count = 0 };
    key_marks_init(&names.marks);
    numbering_init(&names.firsts);
    for (size_t i = 0; i < m->catalog->table_count; i++)
        read_columns(m, &names, (unsigned)i, seen != NULL ? seen[i] : NULL);
    key_marks_finish(&names.marks);
    numbering_finish(&names.firsts);
    free(names.items);
}

/* The commonest type has not nearly all columns: then types are worth comparing. */
static bool types_tell(const struct catalog *c)
{
    size_t counts[TYPE_OBJECT + 1] = { 0 }, all = 0, most = 0;
    for (size_t i = 0; i < c->table_count; i++)
        for (size_t k = 0; k < c->tables[i].column_count; k++, all++)
            counts[c->tables[i].columns[k].type.name]++;
    for (size_t i = 0; i <= TYPE_OBJECT; i++)
        most = counts[i] > most ? counts[i] : most;
    return (double)most < TYPES_TELL_SHARE * (double)all;
}

static bool in_key(const struct catalog_table *t, const char *column)
{
    return t->primary_key.columns.count == 1 && strcmp(t->primary_key.columns.items[0], column) == 0;
}

/* Nothing is required, unique or limited, and no key has two columns: then what is not declared may still hold. */
static bool is_sketch(const struct catalog *c)
{
    size_t keys = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        keys += t->primary_key.columns.count;
        if (t->unique_count > 0 || t->primary_key.columns.count > 1)
            return false;
        for (size_t k = 0; k < t->column_count; k++)
            if (t->columns[k].type.length > 0 || (!t->columns[k].nullable && !in_key(t, t->columns[k].name)))
                return false;
    }
    return keys > 0;
}

bool related_model_fits(const struct catalog *c)
{
    size_t columns = 0;
    for (size_t i = 0; i < c->table_count; i++)
        columns += c->tables[i].column_count;
    return columns <= MODEL_COLUMNS_MAX;
}

bool related_model_make(struct catalog *c, struct arena *arena, struct sketch *const *seen,
                        struct related_model *ret_model)
{
    struct related_model *m = ret_model;
    struct words prefix;
    if (!related_model_fits(c))
        return false;
    *m = (struct related_model){ .catalog = c, .arena = arena };
    m->types_tell = types_tell(c);
    m->sketch = is_sketch(c);
    m->sizes_mind = c->dialect != NULL && strcmp(c->dialect, "postgresql") != 0 && strcmp(c->dialect, "sqlite") != 0;
    vocabulary_init(&m->words, arena);
    vocabulary_init(&m->names, arena);
    schema_prefix(c, &prefix);
    m->tables = arena_array(arena, c->table_count + 1, sizeof *m->tables);
    m->briefs = arena_array(arena, c->table_count + 1, sizeof *m->briefs);
    for (size_t i = 0; i < c->table_count; i++) {
        struct related_table *r = &m->tables[i];
        struct words w;
        r->table = &c->tables[i];
        words_read(r->table->name, &w);
        r->prefix = starts_with(&w, &prefix) ? (unsigned)prefix.count : 0;
        phrase_read(&m->words, r->table->name, r->prefix, false, &r->name);
        m->briefs[i] = (struct related_brief){ r->name.words[0], r->name.count };
        for (size_t k = 0; k < r->name.count; k++)
            r->record = r->record || (m->words.words[r->name.words[k]].flags & WORD_RECORD) != 0;
    }
    m->words.tables_end = m->words.count;
    read_all_columns(m, seen);
    related_twins_mark(m);
    related_model_index(m);
    return true;
}
