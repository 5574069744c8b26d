/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_heirs.c - PostgreSQL: a change of a table's columns is one of the tables that inherit them, and of partitions.
 *
 * Its words are read again for each of them, in silence: a column that is there already is merged, keys stay where they
 * were said. ALTER TABLE ONLY, and constraints, are not passed on.
 */
#include "catalog/parse/ddl/ddl_statement.h"

enum { DEPTH_MAX = 16 };

void ddl_heir_add(struct ddl *p, struct ddl_table *t, struct ddl_table *heir)
{
    if (t == NULL || (t->heirs != NULL && t->heirs->table == heir) || !ddl_room(p))
        return;
    struct ddl_referrer *one = arena_alloc(p->scratch, sizeof *one);
    *one = (struct ddl_referrer){ .next = t->heirs, .table = heir };
    t->heirs = one;
}

/* The action at p->token: does it change columns? */
bool ddl_heirs_follow(struct ddl *p, const struct ddl_table *t)
{
    if (t->heirs == NULL || p->dialect != DDL_POSTGRESQL)
        return false;
    enum ddl_word word = p->token.word;
    if (word != WORD_ADD && word != WORD_DROP && word != WORD_ALTER && word != WORD_RENAME)
        return false;
    switch (ddl_peek(p)->word) {
    case WORD_CONSTRAINT:
    case WORD_PRIMARY:
    case WORD_FOREIGN:
    case WORD_UNIQUE:
    case WORD_CHECK:
    case WORD_EXCLUDE:
    case WORD_TO:
        return false;
    default:
        return true;
    }
}

/* What is said of keys in the column's own words stays with the table that the text names. */
static void read_again(struct ddl *p, struct ddl_table *t, const struct ddl_reading *from,
                       void (*action)(struct ddl *, struct ddl_table *))
{
    size_t references = t->reference_count, uniques = t->table.unique_count;
    bool added = from->token.word == WORD_ADD;
    struct catalog_key key = t->table.primary_key;
    ddl_reading_resume(p, from);
    action(p, t);
    if (!added)
        return;
    t->reference_count = references;
    t->table.unique_count = uniques;
    t->table.primary_key = key;
}

static void follow(struct ddl *p, const struct ddl_table *t, const struct ddl_reading *from, size_t size, size_t depth,
                   void (*action)(struct ddl *, struct ddl_table *))
{
    for (const struct ddl_referrer *r = t->heirs; r != NULL && depth < DEPTH_MAX && ddl_work(p, 16 + size);
         r = r->next) {
        if (r->table->dropped || r->table == t)
            continue;
        read_again(p, r->table, from, action);
        follow(p, r->table, from, size, depth + 1, action);
    }
}

/* The action that began at `from` was read for `t`. */
void ddl_heirs_change(struct ddl *p, const struct ddl_table *t, const struct ddl_reading *from,
                      void (*action)(struct ddl *, struct ddl_table *))
{
    struct ddl_reading behind = ddl_reading_here(p);
    size_t diagnostics = p->diagnostics, count = p->c->diagnostic_count;
    bool conditional = p->conditional;
    p->conditional = true;
    follow(p, t, from, (size_t)(behind.token.text - from->token.text), 0, action);
    p->conditional = conditional;
    if (p->failed != ERROR_OK)
        return;
    p->diagnostics = diagnostics;
    p->c->diagnostic_count = count;
    ddl_reading_resume(p, &behind);
}
