/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patterns.c - see patterns.h.
 *
 * A pattern is read into tokens of one byte each (a character as it is, any text, any one character), folded by the
 * dialect's rule; matching steps back to the last "any text" only, so it takes at most the product of both lengths.
 */
#include "catalog/patterns.h"

#include <string.h>

#include "base/text.h"

enum { ANY_TEXT = 1, ANY_ONE = 2 }; /* bytes that no name holds */
enum fold { FOLD_NOT, FOLD_LOWER, FOLD_UPPER, FOLD_BOTH };

struct part {
    char tokens[PATTERN_SIZE_MAX];
    size_t size;
};

static enum fold fold_of(const char *dialect)
{
    if (text_equal(dialect, "postgresql"))
        return FOLD_LOWER;
    if (text_equal(dialect, "oracle"))
        return FOLD_UPPER;
    return text_equal(dialect, "sqlite") || text_equal(dialect, "sqlserver") ? FOLD_BOTH : FOLD_NOT;
}

static char folded(char c, enum fold fold)
{
    if (fold == FOLD_UPPER)
        return (char)(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
    return (char)(fold != FOLD_NOT && c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Up to a dot outside quotes or the end; the place behind it, NULL for an open quote. */
static const char *read_part(const char *at, enum fold fold, struct part *ret)
{
    bool quoted = false;
    ret->size = 0;
    for (; *at != '\0' && (quoted || *at != '.'); at++) {
        if (*at == '"' && (!quoted || at[1] != '"')) {
            quoted = !quoted;
            continue;
        }
        at += quoted && *at == '"';
        char token = *at == '*' && !quoted   ? ANY_TEXT
                     : *at == '?' && !quoted ? ANY_ONE
                                             : folded(*at, quoted && fold != FOLD_BOTH ? FOLD_NOT : fold);
        if (ret->size < sizeof ret->tokens)
            ret->tokens[ret->size++] = token;
    }
    return quoted ? NULL : at;
}

static size_t character_size(const char *at)
{
    size_t size = 1;
    while (((unsigned char)at[size] & 0xC0) == 0x80)
        size++;
    return size;
}

static bool matches(const struct part *p, const char *name, enum fold fold)
{
    size_t at = 0, star = SIZE_MAX;
    const char *from = name; /* where the last "any text" ends for now */
    fold = fold == FOLD_BOTH ? FOLD_BOTH : FOLD_NOT;
    while (*name != '\0') {
        if (at < p->size && p->tokens[at] == ANY_TEXT) {
            star = at++;
            from = name;
        } else if (at < p->size && p->tokens[at] == ANY_ONE) {
            at++;
            name += character_size(name);
        } else if (at < p->size && p->tokens[at] == folded(*name, fold)) {
            at++;
            name++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            from += character_size(from);
            name = from;
        } else {
            return false;
        }
    }
    while (at < p->size && p->tokens[at] == ANY_TEXT)
        at++;
    return at == p->size;
}

static bool pattern_matches(const char *pattern, enum fold fold, const char *schema, const char *name)
{
    struct part first, second;
    const char *dot = read_part(pattern, fold, &first);
    if (dot == NULL)
        return false;
    if (*dot == '\0')
        return matches(&first, name, fold);
    return read_part(dot + 1, fold, &second) != NULL && matches(&first, schema, fold) && matches(&second, name, fold);
}

static bool any_matches(const struct catalog_names *patterns, enum fold fold, const char *schema, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (pattern_matches(patterns->items[i], fold, schema, name))
            return true;
    return false;
}

bool patterns_take(const struct catalog_patterns *p, const char *dialect, const char *schema, const char *name)
{
    enum fold fold = fold_of(dialect);
    return (p->include.count == 0 || any_matches(&p->include, fold, schema, name)) &&
           !any_matches(&p->exclude, fold, schema, name);
}

static enum error_class check_one(const char *pattern, struct error *e)
{
    struct part part;
    const char *at = pattern;
    if (strlen(pattern) >= PATTERN_SIZE_MAX)
        return error_code(e, ERROR_INVALID, "bad_pattern", "a pattern is longer than %d bytes", PATTERN_SIZE_MAX - 1);
    for (int parts = 1;; parts++) {
        at = read_part(at, FOLD_NOT, &part);
        if (at == NULL)
            return error_code(e, ERROR_INVALID, "bad_pattern", "the pattern %.100s opens a quote and does not close it",
                              pattern);
        if (part.size == 0 || parts > 2)
            return error_code(
                e, ERROR_INVALID, "bad_pattern",
                "the pattern \"%.100s\" is neither TABLE nor SCHEMA.TABLE: * is any text, and a dot within "
                "a name stands in double quotes",
                pattern);
        if (*at == '\0')
            return ERROR_OK;
        at++;
    }
}

enum error_class patterns_check(const struct catalog_patterns *p, struct error *e)
{
    const struct catalog_names *lists[] = { &p->include, &p->exclude };
    for (size_t i = 0; i < 2; i++) {
        if (lists[i]->count > PATTERNS_MAX)
            return error_code(e, ERROR_INVALID, "bad_pattern", "more than %d patterns", (int)PATTERNS_MAX);
        for (size_t k = 0; k < lists[i]->count; k++)
            if (check_one(lists[i]->items[k], e) != ERROR_OK)
                return e->class;
    }
    return ERROR_OK;
}

void patterns_split(struct arena *arena, const char *text, struct catalog_names *ret_names)
{
    size_t commas = 0;
    for (const char *at = text; *at != '\0'; at++)
        commas += *at == ',';
    ret_names->items = arena_array(arena, commas + 1, sizeof *ret_names->items);
    ret_names->count = 0;
    bool quoted = false;
    const char *begin = text;
    for (const char *at = text;; at++) {
        quoted = *at == '"' ? !quoted : quoted;
        if (*at != '\0' && (quoted || *at != ','))
            continue;
        ret_names->items[ret_names->count++] = arena_text_n(arena, begin, (size_t)(at - begin));
        begin = at + 1;
        if (*at == '\0')
            return;
    }
}

/* A relationship needs both of its ends. */
static void apply_relationships(const struct catalog_patterns *p, struct catalog *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->relationship_count; i++) {
        const struct catalog_relationship *r = &c->relationships[i];
        if (patterns_take(p, c->dialect, r->from_schema, r->from_table) &&
            patterns_take(p, c->dialect, r->to_schema, r->to_table))
            c->relationships[kept++] = *r;
    }
    c->relationship_count = kept;
}

void patterns_apply(const struct catalog_patterns *p, struct catalog *c)
{
    size_t tables = 0, views = 0, sequences = 0;
    if (p->include.count == 0 && p->exclude.count == 0)
        return;
    for (size_t i = 0; i < c->table_count; i++)
        if (patterns_take(p, c->dialect, c->tables[i].schema, c->tables[i].name))
            c->tables[tables++] = c->tables[i];
    for (size_t i = 0; i < c->view_count; i++)
        if (patterns_take(p, c->dialect, c->views[i].schema, c->views[i].name))
            c->views[views++] = c->views[i];
    for (size_t i = 0; i < c->sequence_count; i++) {
        const struct catalog_sequence *s = &c->sequences[i];
        if (s->owner_table == NULL || patterns_take(p, c->dialect, s->owner_schema, s->owner_table))
            c->sequences[sequences++] = *s;
    }
    c->table_count = tables;
    c->view_count = views;
    c->sequence_count = sequences;
    apply_relationships(p, c);
}
