/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inclusion.c - see inclusion.h.
 *
 *     SELECT sum(n), count(*), sum(n of those not found), sum(1 of those not found)
 *     FROM (the values of `from`, each once, with how many rows have it, and whether it was found)
 *
 * A key's table of up to rows_max rows is joined as a whole, which every server does well without an index. A larger
 * one is asked value by value through its index (LIMIT 1 keeps a planner from reading it instead), and without an index
 * nothing is asked. Of a larger `from` a sample is taken. NULL and empty texts are no values here, as in text files.
 */
#include "catalog/connect/inclusion.h"

#include <string.h>

#include "base/text.h"

enum kind { KIND_WHOLE, KIND_NUMBER, KIND_TEXT, KIND_OTHER };

static enum kind kind_of(const struct catalog_column *column)
{
    switch (column->type.name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return KIND_WHOLE;
    case TYPE_DECIMAL:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_NUMBER:
        return KIND_NUMBER;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_CHAR:
        return KIND_TEXT;
    default:
        return KIND_OTHER;
    }
}

/* Can the server compare them as they are? *ret_index: also along an index. */
static bool compares(const struct inclusion_dialect *d, const struct catalog_column *a, const struct catalog_column *b,
                     bool *ret_index)
{
    enum kind kind = kind_of(a), other = kind_of(b);
    bool same = a->type.name == b->type.name && text_equal(a->native_type, b->native_type);
    *ret_index = same || (kind == other && (kind == KIND_WHOLE || kind == KIND_TEXT));
    if (kind == KIND_TEXT && other == KIND_TEXT)
        return !d->collations || text_equal(a->collation, b->collation);
    return same || (kind <= KIND_NUMBER && other <= KIND_NUMBER);
}

static bool begins_with(const struct catalog_names *index, const struct catalog_names *columns)
{
    if (index->count < columns->count)
        return false;
    for (size_t i = 0; i < columns->count; i++) { /* any order of the first ones */
        bool found = false;
        for (size_t k = 0; k < columns->count; k++)
            found = found || strcmp(index->items[k], columns->items[i]) == 0;
        if (!found)
            return false;
    }
    return true;
}

static bool has_index(const struct catalog_table *t, const struct catalog_names *columns)
{
    bool found = begins_with(&t->primary_key.columns, columns);
    for (size_t i = 0; !found && i < t->unique_count; i++)
        found = begins_with(&t->uniques[i].columns, columns);
    for (size_t i = 0; !found && i < t->index_count; i++)
        found = t->indexes[i].where == NULL && t->indexes[i].expression == NULL &&
                (t->indexes[i].method == NULL || text_equal(t->indexes[i].method, "btree")) &&
                begins_with(&t->indexes[i].columns, columns);
    return found;
}

static void name(struct sqltext *s, const char *letter, size_t number)
{
    sqltext_raw(s, letter);
    sqltext_integer(s, (int64_t)number);
}

/* alias.column AS letterN, ... */
static void select_list(struct sqltext *s, const struct inclusion_dialect *d, const struct rows_pair *pair,
                        bool from_side)
{
    const struct catalog_names *names = from_side ? pair->columns : pair->to_columns;
    for (size_t i = 0; i < names->count; i++) {
        bool index, plain = compares(d, catalog_column_find(pair->from, pair->columns->items[i]),
                                     catalog_column_find(pair->to, pair->to_columns->items[i]), &index);
        sqltext_raw(s, i > 0 ? ", " : "");
        sqltext_raw(s, plain ? "" : d->text_before);
        sqltext_raw(s, from_side ? "t." : "p.");
        sqltext_ident(s, names->items[i]);
        sqltext_raw(s, plain ? "" : d->text_after);
        sqltext_raw(s, " AS ");
        name(s, from_side ? "k" : "j", i);
    }
}

/* The values of `from`, each once: SELECT k0, ..., count(*) AS n ... */
static void write_values(struct sqltext *s, const struct inclusion_dialect *d, const struct rows_pair *pair, bool whole)
{
    sqltext_raw(s, "SELECT ");
    for (size_t i = 0; i < pair->columns->count; i++) {
        name(s, "s.k", i);
        sqltext_raw(s, ", ");
    }
    sqltext_raw(s, "count(*) AS n FROM (SELECT ");
    select_list(s, d, pair, true);
    sqltext_raw(s, " FROM ");
    sqltext_table(s, pair->from->schema, pair->from->name);
    sqltext_raw(s, " t");
    if (!whole) {
        if (d->sample != NULL)
            (void)d->sample(s, pair->from, pair->rows_max);
        sqltext_raw(s, " LIMIT ");
        sqltext_integer(s, pair->rows_max);
    }
    sqltext_raw(s, ") s WHERE ");
    for (size_t i = 0; i < pair->columns->count; i++) {
        name(s, i > 0 ? " AND s.k" : "s.k", i);
        sqltext_raw(s, " IS NOT NULL");
        if (kind_of(catalog_column_find(pair->from, pair->columns->items[i])) == KIND_TEXT) {
            name(s, " AND s.k", i);
            sqltext_raw(s, " <> ''");
        }
    }
    for (size_t i = 0; i < pair->columns->count; i++)
        name(s, i > 0 ? ", s.k" : " GROUP BY s.k", i);
}

static void write_probe(struct sqltext *s, const struct rows_pair *pair)
{
    sqltext_raw(s, "SELECT v.n AS n, (SELECT 1 FROM ");
    sqltext_table(s, pair->to->schema, pair->to->name);
    sqltext_raw(s, " p WHERE ");
    for (size_t i = 0; i < pair->columns->count; i++) {
        sqltext_raw(s, i > 0 ? " AND p." : "p.");
        sqltext_ident(s, pair->to_columns->items[i]);
        name(s, " = v.k", i);
    }
    sqltext_raw(s, " LIMIT 1) AS found FROM (");
}

static void write_join(struct sqltext *s, const struct inclusion_dialect *d, const struct rows_pair *pair)
{
    sqltext_raw(s, ") v LEFT JOIN (SELECT DISTINCT ");
    select_list(s, d, pair, false);
    sqltext_raw(s, " FROM ");
    sqltext_table(s, pair->to->schema, pair->to->name);
    sqltext_raw(s, " p) q ON ");
    for (size_t i = 0; i < pair->columns->count; i++) {
        name(s, i > 0 ? " AND q.j" : "q.j", i);
        name(s, " = v.k", i);
    }
}

bool inclusion_write(struct sqltext *s, const struct inclusion_dialect *d, const struct rows_pair *pair,
                     bool *ret_exact)
{
    bool whole = pair->from->rows >= 0 && pair->from->rows <= pair->rows_max;
    bool small = pair->to->rows >= 0 && pair->to->rows <= pair->rows_max, plain = true;
    for (size_t i = 0; i < pair->columns->count; i++) {
        const struct catalog_column *from = catalog_column_find(pair->from, pair->columns->items[i]),
                                    *to = catalog_column_find(pair->to, pair->to_columns->items[i]);
        if (from == NULL || to == NULL)
            return false;
        bool index = false;
        plain = compares(d, from, to, &index) && index && plain;
    }
    bool probe = plain && !small && has_index(pair->to, pair->to_columns);
    if (pair->columns->count == 0 || pair->rows_max <= 0 || (!small && !probe))
        return false;
    sqltext_clear(s);
    sqltext_raw(s, "SELECT sum(f.n), count(*), sum(CASE WHEN f.found IS NULL THEN f.n ELSE 0 END), "
                   "sum(CASE WHEN f.found IS NULL THEN 1 ELSE 0 END) FROM (");
    if (probe)
        write_probe(s, pair);
    else
        sqltext_raw(s, "SELECT v.n AS n, q.j0 AS found FROM (");
    write_values(s, d, pair, whole);
    if (probe)
        sqltext_raw(s, ") v");
    else
        write_join(s, d, pair);
    sqltext_raw(s, ") f");
    *ret_exact = whole;
    return true;
}
