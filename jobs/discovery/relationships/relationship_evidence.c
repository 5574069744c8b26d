/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_evidence.c - a sentence of what the names say, then what speaks beside them: the kind of key, types,
 * rivals, rows. Only what was really looked at is told.
 */
#include "jobs/discovery/relationships/relationship_evidence.h"

#include "base/buffer.h"
#include "jobs/discovery/relationships/relationship_rows.h"

enum { EVIDENCE_MAX = 4096, NAME_SHOWN_MAX = 120 };
static const double RIVAL_MIN = 0.05;

static const char *key_words(const struct related_candidate *c)
{
    if (c->key == NULL)
        return related_has(c, FEATURE_COMPOSITE_PRIMARY) ? "the primary key" : "a key";
    switch (c->key->kind) {
    case KEY_PRIMARY:
        return "the primary key";
    case KEY_UNIQUE:
        return "a unique column";
    case KEY_PART:
        return "part of the primary key";
    case KEY_LABEL:
        return "the naming column";
    default:
        return "what looks like the key";
    }
}

static void say_columns(struct buffer *b, const struct catalog_table *t, const unsigned *columns, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        buffer_format(b, "%s\"%.*s\"",
                      i == 0           ? ""
                      : i + 1 == count ? " and "
                                       : ", ",
                      NAME_SHOWN_MAX, t->columns[columns[i]].name);
}

static void say_several(struct buffer *b, const struct catalog_table *from, const struct catalog_table *to,
                        const struct related_candidate *c)
{
    say_columns(b, from, c->from, c->count);
    buffer_format(b, " together have the names of %s of \"%.*s\"", key_words(c), NAME_SHOWN_MAX, to->name);
    if (related_has(c, FEATURE_COMPOSITE_EACH))
        buffer_text(b, ", though each of them has a table of its own to refer to");
}

/* The strongest thing that the name says; the others follow from it. */
static void say_name(struct buffer *b, const struct catalog_table *from, const struct catalog_table *to,
                     const struct related_candidate *c)
{
    const char *column = from->columns[c->from[0]].name, *key = to->columns[c->to[0]].name;
    int n = NAME_SHOWN_MAX;
    if (related_has(c, FEATURE_SAME) || related_has(c, FEATURE_SAME_PLAIN))
        buffer_format(b, "\"%.*s\" has the name of %s of \"%.*s\"", n, column, key_words(c), n, to->name);
    else if (related_has(c, FEATURE_ROLE_SAME))
        buffer_format(b, "\"%.*s\" ends in \"%.*s\", %s of \"%.*s\", with a role before it", n, column, n, key,
                      key_words(c), n, to->name);
    else if (related_has(c, FEATURE_TABLE))
        buffer_format(b, "\"%.*s\" names the table \"%.*s\", whose \"%.*s\" is %s", n, column, n, to->name, n, key,
                      key_words(c));
    else if (related_has(c, FEATURE_ROLE_TABLE))
        buffer_format(b, "\"%.*s\" names the table \"%.*s\" with a role before it; \"%.*s\" is %s there", n, column, n,
                      to->name, n, key, key_words(c));
    else if (related_has(c, FEATURE_SELF))
        buffer_format(b, "\"%.*s\" speaks of hierarchy, so it points back to %s of its own table", n, column,
                      key_words(c));
    else if (related_has(c, FEATURE_PERSON))
        buffer_format(b, "\"%.*s\" names somebody who acts, and \"%.*s\" is a table of people", n, column, n, to->name);
    else if (related_has(c, FEATURE_LINK))
        buffer_format(b, "\"%.*s\" speaks of hierarchy, and its table ties rows of \"%.*s\" together", n, column, n,
                      to->name);
    else if (related_has(c, FEATURE_DOER))
        buffer_format(b, "\"%.*s\" names somebody who acts, and so does the table \"%.*s\"", n, column, n, to->name);
    else if (c->match.nameless)
        buffer_format(b, "the name \"%.*s\" says nothing of \"%.*s\"; %s", n, column, n, to->name,
                      related_has(c, FEATURE_NAMELESS_OWNER) ? "the name of its table holds that one's"
                      : c->seen != NULL && c->seen->alone    ? "its values do"
                                                             : "it is one of those that are referred to most");
    else if (c->match.table != TO_TABLE_NOT)
        buffer_format(b, "\"%.*s\" names a part of the table \"%.*s\", whose \"%.*s\" is %s", n, column, n, to->name, n,
                      key, key_words(c));
    else
        buffer_format(b, "\"%.*s\" has a word of \"%.*s\", %s of \"%.*s\"", n, column, n, key, key_words(c), n,
                      to->name);
    if (related_has(c, FEATURE_ABBREVIATED))
        buffer_text(b, ", taking a short form for the whole word");
    if (related_has(c, FEATURE_REST_IS_FROM))
        buffer_text(b, "; the rest of that name is the column's own table");
}

static void say_beside(struct buffer *b, const struct related_model *m, const struct related_candidate *c)
{
    if (c->key != NULL && related_has(c, FEATURE_HUB))
        buffer_format(b, "; %u columns of other tables are named for this key", c->key->users);
    if (related_has(c, FEATURE_FROM_PRIMARY))
        buffer_text(b, "; it is the primary key of its own table, so each row extends one there");
    if (related_has(c, FEATURE_TYPE_DIFFERS))
        buffer_text(b, "; the types differ, which speaks against it");
    else if (related_has(c, FEATURE_TYPE_LENGTH))
        buffer_text(b, "; the types agree, not their lengths");
    else if (m->types_tell)
        buffer_text(b, "; the types agree");
    if (related_has(c, FEATURE_POLYMORPHIC))
        buffer_text(b, "; a column beside it says which table is meant, which speaks against it");
    if (related_has(c, FEATURE_KEY_UNDECLARED))
        buffer_text(b, "; that table declares no key");
}

static void say_rivals(struct buffer *b, const struct related_model *m, const struct related_candidate *items,
                       size_t count, const struct related_candidate *best)
{
    const struct related_candidate *next = NULL;
    for (size_t i = 0; i < count; i++)
        if (&items[i] != best && items[i].to_table != best->to_table &&
            (next == NULL || items[i].probability > next->probability))
            next = &items[i];
    if (next != NULL && next->probability >= RIVAL_MIN)
        buffer_format(b, "; \"%.*s\" would fit as well, less likely (%.2f)", NAME_SHOWN_MAX,
                      m->tables[next->to_table].table->name, next->probability);
    else
        buffer_text(b, "; no other table fits as well");
}

static void say_rows(struct buffer *b, const struct rows_seen *seen)
{
    if (seen == NULL)
        return;
    if (seen->rows == 0)
        buffer_text(b, "; there are no values to look at");
    else if (seen->exact && seen->rows_missing == 0)
        buffer_format(b, "; all %lld values are found there (%lld different ones)", (long long)seen->rows,
                      (long long)seen->distinct);
    else if (seen->exact)
        buffer_format(b, "; %lld of %lld values are found there, %lld are not",
                      (long long)(seen->rows - seen->rows_missing), (long long)seen->rows,
                      (long long)seen->rows_missing);
    else
        buffer_format(b, "; of %lld different values in a sample %lld are found there", (long long)seen->distinct,
                      (long long)(seen->distinct - seen->distinct_missing));
}

const char *related_evidence(const struct related_model *m, const struct related_candidate *items, size_t count,
                             const struct related_candidate *best)
{
    const struct catalog_table *from = m->tables[best->from_table].table, *to = m->tables[best->to_table].table;
    struct buffer b;
    buffer_init(&b, EVIDENCE_MAX);
    if (best->key == NULL)
        say_several(&b, from, to, best);
    else
        say_name(&b, from, to, best);
    say_beside(&b, m, best);
    say_rivals(&b, m, items, count, best);
    say_rows(&b, best->seen);
    const char *text = catalog_clean_text(m->catalog->arena, buffer_view(&b));
    buffer_finish(&b);
    return text;
}
