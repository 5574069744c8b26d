/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapping_sheet.c - "Source Table", "src_tbl", "From: Field", "Target Column Name", "Transformation Rule": each name is
 * taken apart into words; one says the side, one says the thing.
 */
#include "catalog/parse/mapping_sheet.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { WORDS_MAX = 8, WORD_SIZE = 24 };
enum side { SIDE_NONE, SIDE_SOURCE, SIDE_TARGET };
enum thing { THING_NONE, THING_SCHEMA, THING_TABLE, THING_COLUMN, THING_RULE, THING_TYPE, THING_COMMENT };

struct words {
    char items[WORDS_MAX][WORD_SIZE];
    size_t count;
};

/* Parts where letters end, and where a capital follows a small one. */
static void take_words(const char *name, struct words *w)
{
    size_t size = 0;
    *w = (struct words){ 0 };
    for (const char *at = name; *at != '\0' && w->count < WORDS_MAX; at++) {
        bool letter = isalpha((unsigned char)*at), capital = isupper((unsigned char)*at);
        bool ends = !letter || (capital && at > name && islower((unsigned char)at[-1]));
        if (ends && size > 0) {
            w->count++;
            size = 0;
        }
        if (letter && w->count < WORDS_MAX && size < WORD_SIZE - 1)
            w->items[w->count][size++] = (char)tolower((unsigned char)*at);
    }
    if (size > 0 && w->count < WORDS_MAX)
        w->count++;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static enum side side_of(const struct words *w)
{
    static const char *const source[] = { "source", "src", "from", "legacy", "origin", "input", "old", NULL };
    static const char *const target[] = { "target", "tgt", "trg", "to", "destination", "dest", "output", "new", NULL };
    for (size_t i = 0; i < w->count; i++) {
        if (is_one_of(w->items[i], source))
            return SIDE_SOURCE;
        if (is_one_of(w->items[i], target))
            return SIDE_TARGET;
    }
    return SIDE_NONE;
}

static enum thing thing_of(const struct words *w)
{
    static const struct {
        enum thing thing;
        const char *words[12];
    } things[] = {
        { THING_TYPE, { "type", "datatype", NULL } },
        { THING_RULE,
          { "rule", "rules", "transformation", "transformations", "transform", "logic", "expression", "derivation",
            "formula", "conversion", NULL } },
        { THING_COMMENT, { "comment", "comments", "note", "notes", "remark", "remarks", "description", NULL } },
        { THING_COLUMN, { "column", "columns", "field", "fields", "attribute", "col", "element", "attr", NULL } },
        { THING_TABLE, { "table", "tables", "entity", "object", "tbl", "tab", "dataset", "file", "relation", NULL } },
        { THING_SCHEMA, { "schema", "database", "db", "owner", "system", NULL } },
    };
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        for (size_t k = 0; k < w->count; k++)
            if (is_one_of(w->items[k], things[i].words))
                return things[i].thing;
    return THING_NONE;
}

static enum mapping_part part_of(enum side side, enum thing thing)
{
    bool source = side == SIDE_SOURCE;
    if (thing == THING_RULE)
        return MAPPING_RULE;
    if (thing == THING_COMMENT)
        return side == SIDE_NONE ? MAPPING_COMMENT : MAPPING_PARTS;
    if (thing == THING_TYPE)
        return source ? MAPPING_PARTS : MAPPING_TARGET_TYPE;
    if (side == SIDE_NONE)
        return MAPPING_PARTS;
    if (thing == THING_SCHEMA)
        return source ? MAPPING_SOURCE_SCHEMA : MAPPING_TARGET_SCHEMA;
    if (thing == THING_TABLE)
        return source ? MAPPING_SOURCE_TABLE : MAPPING_TARGET_TABLE;
    return source ? MAPPING_SOURCE_COLUMN : MAPPING_TARGET_COLUMN;
}

/* A side alone ("Source", "Target") is a column only where the header also speaks of rules or of tables: else it may be
 * the edges of a graph. */
bool mapping_sheet_find(const struct catalog_table *t, struct mapping_sheet *ret_sheet)
{
    struct mapping_sheet m = { .line = 1 };
    for (size_t i = 0; i < MAPPING_PARTS; i++)
        m.places[i] = SIZE_MAX;
    for (int bare = 0; bare < 2; bare++) {
        bool says_more = m.places[MAPPING_RULE] != SIZE_MAX || m.places[MAPPING_SOURCE_TABLE] != SIZE_MAX ||
                         m.places[MAPPING_TARGET_TABLE] != SIZE_MAX;
        for (size_t i = 0; i < t->column_count && (bare == 0 || says_more); i++) {
            struct words words;
            take_words(t->columns[i].name, &words);
            enum thing thing = thing_of(&words);
            if ((thing == THING_NONE) != (bare == 1) || (bare == 1 && words.count != 1))
                continue;
            enum mapping_part part = part_of(side_of(&words), thing);
            if (part < MAPPING_PARTS && m.places[part] == SIZE_MAX)
                m.places[part] = i;
        }
    }
    *ret_sheet = m;
    return m.places[MAPPING_SOURCE_COLUMN] != SIZE_MAX && m.places[MAPPING_TARGET_COLUMN] != SIZE_MAX;
}

static struct rows_value value_of(const struct mapping_sheet *m, const struct rows_value *values,
                                  enum mapping_part part)
{
    if (m->places[part] == SIZE_MAX)
        return (struct rows_value){ 0 };
    struct rows_value v = values[m->places[part]];
    while (v.size > 0 && (unsigned char)v.text[v.size - 1] <= ' ')
        v.size--;
    while (v.size > 0 && (unsigned char)*v.text <= ' ')
        v.text++, v.size--;
    return v;
}

static void set_text(json_t *object, const char *key, const char *text, size_t size)
{
    if (size > 0)
        (void)json_object_set_new(object, key, json_stringn(text, size)); /* what is no UTF-8 is left out */
}

static void carry(struct mapping_sheet *m, const struct rows_value *values, enum mapping_part part)
{
    struct rows_value v = value_of(m, values, part);
    if (v.size > 0 && v.size < CATALOG_NAME_MAX)
        (void)snprintf(m->carried[part], CATALOG_NAME_MAX, "%.*s", (int)v.size, v.text);
}

/* "orders.id" in the column's cell names the table as well, when no cell does. */
static void set_side(struct mapping_sheet *m, json_t *object, const struct rows_value *values, bool source)
{
    enum mapping_part schema = source ? MAPPING_SOURCE_SCHEMA : MAPPING_TARGET_SCHEMA;
    enum mapping_part table = source ? MAPPING_SOURCE_TABLE : MAPPING_TARGET_TABLE;
    const char *key = source ? "source_table" : "target_table";
    struct rows_value column = value_of(m, values, source ? MAPPING_SOURCE_COLUMN : MAPPING_TARGET_COLUMN);
    const char *dot = column.size > 0 ? memrchr(column.text, '.', column.size) : NULL;
    if (m->places[table] == SIZE_MAX && dot != NULL && dot > column.text && dot + 1 < column.text + column.size) {
        set_text(object, key, column.text, (size_t)(dot - column.text));
        column.size -= (size_t)(dot + 1 - column.text);
        column.text = dot + 1;
    } else if (*m->carried[table] != '\0') {
        char name[2 * CATALOG_NAME_MAX + 2];
        int size = snprintf(name, sizeof name, "%s%s%s", m->carried[schema], *m->carried[schema] != '\0' ? "." : "",
                            m->carried[table]);
        set_text(object, key, name, (size_t)size);
    }
    set_text(object, source ? "source_column" : "target_column", column.text, column.size);
}

json_t *mapping_sheet_row(struct mapping_sheet *m, const struct rows_value *values)
{
    m->line++;
    for (enum mapping_part part = MAPPING_SOURCE_SCHEMA; part <= MAPPING_TARGET_TABLE; part++)
        if (part != MAPPING_SOURCE_COLUMN)
            carry(m, values, part);
    struct rows_value rule = value_of(m, values, MAPPING_RULE);
    bool maps = value_of(m, values, MAPPING_SOURCE_COLUMN).size > 0 || rule.size > 0;
    if (!maps || value_of(m, values, MAPPING_TARGET_COLUMN).size == 0)
        maps = value_of(m, values, MAPPING_SOURCE_COLUMN).size > 0; /* a column that goes nowhere is worth knowing */
    if (!maps)
        return NULL;
    json_t *object = json_object();
    set_side(m, object, values, true);
    set_side(m, object, values, false);
    set_text(object, "rule", rule.text, rule.size);
    struct rows_value type = value_of(m, values, MAPPING_TARGET_TYPE), comment = value_of(m, values, MAPPING_COMMENT);
    set_text(object, "target_type", type.text, type.size);
    set_text(object, "comment", comment.text, comment.size);
    (void)json_object_set_new(object, "line", json_integer(m->line));
    return object;
}
