/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_drop.c - DROP and RENAME of whole tables and other objects.
 *
 * Dropping what is not there is what scripts begin with, so nothing is said about it.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { DEPTH_MAX = 16 };

static void forget_in(struct ddl_table *t, const struct ddl_table *gone, bool cascade)
{
    for (size_t k = t->reference_count; k-- > 0;) {
        if (t->references[k].target != gone)
            continue;
        t->references[k].target = NULL;
        if (!cascade)
            continue;
        memmove(&t->references[k], &t->references[k + 1], (t->reference_count - k - 1) * sizeof *t->references);
        t->reference_count--;
    }
}

/* CASCADE: foreign keys that lead to it go with it. Without, keys stay and mean the next table of that name. */
static void forget_table(struct ddl *p, struct ddl_table *gone, bool cascade)
{
    ddl_table_drop(p, gone);
    for (struct ddl_referrer *r = gone->referrers; r != NULL && ddl_work(p, 1 + r->table->reference_count);
         r = r->next) {
        struct ddl_table *t = r->table;
        if (t->dropped)
            continue;
        forget_in(t, gone, cascade);
    }
}

/* The table, its partitions, and by CASCADE what inherits from it. */
static void forget_family(struct ddl *p, struct ddl_table *gone, bool cascade, size_t depth)
{
    forget_table(p, gone, cascade);
    for (struct ddl_referrer *r = gone->heirs; r != NULL && depth < DEPTH_MAX && ddl_work(p, 1); r = r->next)
        if (!r->table->dropped && (cascade || r->table->partition_of == gone))
            forget_family(p, r->table, cascade, depth + 1);
}

static void drop_table(struct ddl *p, const struct ddl_path *path, bool cascade)
{
    struct ddl_table *t = ddl_table_look(p, path);
    if (t != NULL)
        forget_family(p, t, cascade && p->dialect != DDL_MYSQL, 0);
}

static void drop_index(struct ddl *p, const struct ddl_path *path)
{
    struct ddl_path on;
    if (ddl_accept(p, WORD_ON) && ddl_path(p, &on)) {
        struct ddl_table *t = ddl_table_find(p, &on);
        if (t != NULL)
            (void)ddl_constraint_drop(p, t, path->name.text);
        return;
    }
    for (size_t i = 0; i < p->table_count && ddl_work(p, 1); i++) {
        struct ddl_table *t = p->tables[i];
        for (size_t k = 0; !t->dropped && k < t->table.index_count && ddl_work(p, 1); k++) {
            const char *name = t->table.indexes[k].name;
            if (name != NULL && ddl_same_text(name, path->name.text)) {
                (void)ddl_constraint_drop(p, t, name);
                return;
            }
        }
    }
}

static void drop_schema(struct ddl *p, const struct ddl_name *name)
{
    size_t count;
    struct ddl_table **tables = ddl_schema_empty(p, name->text, &count);
    for (size_t i = 0; i < count && ddl_work(p, 1); i++)
        if (!tables[i]->dropped && ddl_same_text(tables[i]->table.schema, name->text))
            forget_table(p, tables[i], true);
}

static void drop_one(struct ddl *p, enum ddl_word what, const struct ddl_path *path, bool cascade)
{
    switch (what) {
    case WORD_TABLE:
        drop_table(p, path, cascade);
        break;
    case WORD_VIEW:
        ddl_object_drop(p, DDL_VIEW, path);
        break;
    case WORD_SEQUENCE:
        ddl_object_drop(p, DDL_SEQUENCE, path);
        break;
    case WORD_TYPE:
    case WORD_DOMAIN:
        ddl_object_drop(p, DDL_TYPE, path);
        break;
    case WORD_INDEX:
        drop_index(p, path);
        break;
    case WORD_SCHEMA:
    case WORD_DATABASE:
        drop_schema(p, &path->name);
        break;
    default:
        break;
    }
}

/* CASCADE stands behind the names; SQL Server has none. */
static bool cascades(struct ddl *p)
{
    if (p->dialect == DDL_SQLSERVER)
        return false;
    struct ddl_lex lex = p->lex;
    struct ddl_token token = p->token;
    if (p->has_ahead)
        token = p->ahead;
    for (size_t i = 0; i < 1000 && token.kind > TOKEN_STOP; i++) {
        if (token.word == WORD_CASCADE)
            return true;
        if (token.line_first && token.word == WORD_DROP) /* the next one */
            return false;
        ddl_lex_next(&lex, &token);
    }
    return false;
}

void ddl_drop(struct ddl *p)
{
    while (p->token.word == WORD_TEMPORARY || p->token.word == WORD_MATERIALIZED || p->token.word == WORD_FOREIGN ||
           p->token.word == WORD_PUBLIC)
        ddl_advance(p);
    enum ddl_word what = p->token.word;
    struct ddl_path path;
    ddl_advance(p);
    (void)ddl_accept(p, WORD_CONCURRENTLY);
    (void)ddl_accept_two(p, WORD_IF, WORD_EXISTS);
    bool cascade = what == WORD_TABLE && cascades(p);
    while (ddl_path(p, &path)) {
        drop_one(p, what, &path, cascade);
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    ddl_skip_tail(p);
}

static void rename_one(struct ddl *p)
{
    struct ddl_path from, to;
    if (!ddl_path(p, &from) || !ddl_accept(p, WORD_TO) || !ddl_path(p, &to))
        return;
    struct ddl_table *t = ddl_table_find(p, &from);
    if (t != NULL)
        ddl_table_rename(p, t, &to.schema, &to.name);
    else
        ddl_warn(p, from.at, "%.80s is renamed here, but is no table of this text", from.name.text);
}

/* MySQL: RENAME TABLE a TO b, c TO d; Oracle: RENAME a TO b */
void ddl_rename(struct ddl *p)
{
    if (ddl_peek(p)->word != WORD_TO)
        (void)ddl_accept(p, WORD_TABLE);
    do {
        rename_one(p);
    } while (ddl_accept_kind(p, TOKEN_COMMA));
}
