/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_sketch.c - see the header. */
#include "tests/support/ddl_sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX = 64 << 20, SKETCH_MAX = 1 << 20 };

static void put_names(struct buffer *b, const struct catalog_names *names, const struct catalog_names *orders)
{
    buffer_char(b, '(');
    for (size_t i = 0; i < names->count; i++) {
        buffer_format(b, "%s%s", i > 0 ? "," : "", names->items[i]);
        if (orders != NULL && i < orders->count && strcmp(orders->items[i], "desc") == 0)
            buffer_text(b, " desc");
    }
    buffer_char(b, ')');
}

static void put_column(struct buffer *b, const struct catalog_column *c)
{
    buffer_format(b, "%s:%s", c->name, c->native_type != NULL ? c->native_type : "");
    if (!c->nullable)
        buffer_char(b, '!');
    if (c->identity)
        buffer_char(b, '#');
    if (c->generated != NULL)
        buffer_format(b, "<%s>", c->generated);
    if (c->default_text != NULL)
        buffer_format(b, "=%s", c->default_text);
    if (c->on_update != NULL)
        buffer_format(b, "^%s", c->on_update);
    if (c->collation != NULL)
        buffer_format(b, "~%s", c->collation);
    if (c->comment != NULL)
        buffer_format(b, "{%s}", c->comment);
}

static void put_foreign_key(struct buffer *b, const struct catalog_foreign_key *fk)
{
    buffer_text(b, " fk");
    put_names(b, &fk->columns, NULL);
    buffer_format(b, "->%s", fk->ref_table);
    put_names(b, &fk->ref_columns, NULL);
    if (strcmp(fk->on_delete, "NO ACTION") != 0)
        buffer_format(b, "/%s", fk->on_delete);
    if (strcmp(fk->on_update, "NO ACTION") != 0)
        buffer_format(b, "\\%s", fk->on_update);
    if (fk->deferrable)
        buffer_text(b, fk->initially_deferred ? " deferred" : " deferrable");
    if (fk->not_valid)
        buffer_text(b, " not valid");
}

static void put_index(struct buffer *b, const struct catalog_index *index)
{
    buffer_format(b, " %s %s", index->unique ? "ux" : "ix", index->name != NULL ? index->name : "");
    put_names(b, &index->columns, &index->orders);
    if (index->method != NULL)
        buffer_format(b, " using %s", index->method);
    if (index->include.count > 0) {
        buffer_text(b, " include");
        put_names(b, &index->include, NULL);
    }
    if (index->where != NULL)
        buffer_format(b, " where(%s)", index->where);
    if (index->expression != NULL)
        buffer_format(b, " expr(%s)", index->expression);
}

static void put_table(struct buffer *b, const struct catalog_table *t)
{
    if (t->kind != NULL)
        buffer_format(b, "%s ", t->kind);
    buffer_format(b, "%s%s%s(", t->schema, t->schema[0] != '\0' ? "." : "", t->name);
    for (size_t i = 0; i < t->column_count; i++) {
        if (i > 0)
            buffer_char(b, ' ');
        put_column(b, &t->columns[i]);
    }
    buffer_char(b, ')');
    if (t->primary_key.columns.count > 0) {
        buffer_text(b, " pk");
        put_names(b, &t->primary_key.columns, NULL);
    }
    for (size_t i = 0; i < t->foreign_key_count; i++)
        put_foreign_key(b, &t->foreign_keys[i]);
    for (size_t i = 0; i < t->unique_count; i++) {
        buffer_text(b, " uq");
        put_names(b, &t->uniques[i].columns, NULL);
    }
    for (size_t i = 0; i < t->index_count; i++)
        put_index(b, &t->indexes[i]);
    for (size_t i = 0; i < t->check_count; i++)
        buffer_format(b, " ck(%s)", t->checks[i].expression);
    if (t->partition != NULL && t->partition->method != NULL)
        buffer_format(b, " by %s(%s)", t->partition->method, t->partition->key != NULL ? t->partition->key : "");
    if (t->partition != NULL && t->partition->of_table != NULL)
        buffer_format(b, " of %s %s", t->partition->of_table, t->partition->bounds);
    if (t->comment != NULL)
        buffer_format(b, " // %s", t->comment);
    buffer_char(b, '\n');
}

static void put_others(struct buffer *b, const struct catalog *c)
{
    for (size_t i = 0; i < c->view_count; i++) {
        buffer_format(b, "%sview %s(", c->views[i].materialized ? "materialized " : "", c->views[i].name);
        for (size_t k = 0; k < c->views[i].column_count; k++) {
            if (k > 0)
                buffer_char(b, ' ');
            put_column(b, &c->views[i].columns[k]);
        }
        buffer_format(b, ") %s\n", c->views[i].definition);
    }
    for (size_t i = 0; i < c->sequence_count; i++)
        buffer_format(b, "sequence %s%s%s%s%s\n", c->sequences[i].name,
                      c->sequences[i].owner_table != NULL ? " of " : "",
                      c->sequences[i].owner_table != NULL ? c->sequences[i].owner_table : "",
                      c->sequences[i].owner_table != NULL ? "." : "",
                      c->sequences[i].owner_table != NULL ? c->sequences[i].owner_column : "");
    for (size_t i = 0; i < c->type_count; i++) {
        buffer_format(b, "%s %s", c->types[i].kind, c->types[i].name);
        if (c->types[i].base != NULL)
            buffer_format(b, " = %s", c->types[i].base);
        put_names(b, &c->types[i].members, NULL);
        buffer_char(b, '\n');
    }
}

void ddl_sketch(const struct catalog *c, bool diagnostics, struct buffer *ret_text)
{
    buffer_init(ret_text, SKETCH_MAX);
    for (size_t i = 0; i < c->table_count; i++)
        put_table(ret_text, &c->tables[i]);
    put_others(ret_text, c);
    for (size_t i = 0; diagnostics && i < c->diagnostic_count; i++)
        buffer_format(ret_text, "%d:%d %s\n", c->diagnostics[i].line, c->diagnostics[i].column,
                      c->diagnostics[i].message);
}

static void compare(enum ddl_dialect dialect, const char *text, const char *wanted, bool diagnostics)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    struct buffer b;
    if (ddl_parse(arena, text, strlen(text), "test", dialect, NULL, &c, &e) != ERROR_OK)
        fail_msg("%s\n%s", text, e.message);
    ddl_sketch(c, diagnostics, &b);
    if (strcmp(buffer_view(&b), wanted) != 0)
        fail_msg("\n%s\nis read as\n%sbut should be\n%s", text, buffer_view(&b), wanted);
    buffer_finish(&b);
    arena_destroy(arena);
}

void ddl_sketch_is(enum ddl_dialect dialect, const char *text, const char *wanted)
{
    compare(dialect, text, wanted, false);
}

void ddl_sketch_says(enum ddl_dialect dialect, const char *text, const char *wanted)
{
    compare(dialect, text, wanted, true);
}
