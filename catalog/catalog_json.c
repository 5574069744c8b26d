/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_json.c - the model as JSON text, written front to back: a catalog of thousands of tables is mostly written,
 * seldom walked as a tree. Fields that say nothing (no default, no comment, no precision) are left out, so that the
 * same catalog gives the same bytes and a reader sees what matters. The way back is catalog_read.c; the form is
 * docs/reference/catalog.md.
 */
#include <assert.h>

#include "catalog/catalog.h"
#include "catalog/observed.h"
#include "catalog/profile.h"
#include "catalog/write_json.h"

enum { TREE_MAX = 1 << 30 };

static void write_type(struct buffer *b, const struct type *type)
{
    write_json_text(b, "type", type_text(type->name));
    if (type->length > 0)
        write_json_integer(b, "length", type->length);
    bool fraction = type->name == TYPE_TIME || type->name == TYPE_TIMESTAMP;
    if (fraction ? type->precision >= 0 : type->precision > 0)
        write_json_integer(b, "precision", type->precision);
    if (type->scale != 0)
        write_json_integer(b, "scale", type->scale);
    write_json_true(b, "timezone", type->timezone);
    write_json_true(b, "unsigned", type->is_unsigned);
    write_json_text(b, "element", type->element);
}

static void write_column(struct buffer *b, const struct catalog_column *column)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "name", column->name);
    write_type(b, &column->type);
    write_json_text(b, "native_type", column->native_type);
    write_json_boolean(b, "nullable", column->nullable);
    write_json_text(b, "default", column->default_text);
    write_json_text(b, "generated", column->generated);
    write_json_true(b, "generated_stored", column->generated_stored);
    write_json_true(b, "identity", column->identity);
    write_json_true(b, "identity_always", column->identity_always);
    write_json_text(b, "on_update", column->on_update);
    write_json_text(b, "collation", column->collation);
    write_json_text(b, "comment", column->comment);
    write_json_text(b, "path", column->path);
    if (column->observed != NULL)
        observed_write(column->observed, b);
    if (column->profile != NULL)
        profile_write(column->profile, b);
    write_json_text(b, "target_type", column->target_type);
    write_json_text(b, "source_column", column->source_column);
    write_json_close(b, '}');
}

static void write_columns(struct buffer *b, const struct catalog_column *columns, size_t count)
{
    write_json_open(b, "columns", '[');
    for (size_t i = 0; i < count; i++)
        write_column(b, &columns[i]);
    write_json_close(b, ']');
}

static void write_key(struct buffer *b, const struct catalog_key *key)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "name", key->name);
    write_json_names(b, "columns", &key->columns);
    write_json_true(b, "deferrable", key->deferrable);
    write_json_close(b, '}');
}

static void write_foreign_key(struct buffer *b, const struct catalog_foreign_key *fk)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "name", fk->name);
    write_json_names(b, "columns", &fk->columns);
    write_json_text(b, "ref_schema", fk->ref_schema);
    write_json_text(b, "ref_table", fk->ref_table);
    write_json_names(b, "ref_columns", &fk->ref_columns);
    write_json_text(b, "on_delete", fk->on_delete);
    write_json_text(b, "on_update", fk->on_update);
    write_json_text(b, "match", fk->match);
    write_json_true(b, "deferrable", fk->deferrable);
    write_json_true(b, "initially_deferred", fk->initially_deferred);
    if (fk->orphans >= 0)
        write_json_integer(b, "orphans", fk->orphans);
    write_json_true(b, "not_valid", fk->not_valid);
    write_json_close(b, '}');
}

static void write_index(struct buffer *b, const struct catalog_index *index)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "name", index->name);
    write_json_names(b, "columns", &index->columns);
    write_json_names_if_any(b, "orders", &index->orders);
    write_json_names_if_any(b, "include", &index->include);
    write_json_boolean(b, "unique", index->unique);
    write_json_text(b, "method", index->method);
    write_json_text(b, "where", index->where);
    write_json_text(b, "expression", index->expression);
    write_json_close(b, '}');
}

static void write_keys(struct buffer *b, const struct catalog_table *t)
{
    write_json_names(b, "primary_key", &t->primary_key.columns);
    write_json_text(b, "primary_key_name", t->primary_key.name);
    write_json_true(b, "primary_key_deferrable", t->primary_key.deferrable);
    write_json_open(b, "foreign_keys", '[');
    for (size_t i = 0; i < t->foreign_key_count; i++)
        write_foreign_key(b, &t->foreign_keys[i]);
    write_json_close(b, ']');
    write_json_open(b, "uniques", '[');
    for (size_t i = 0; i < t->unique_count; i++)
        write_key(b, &t->uniques[i]);
    write_json_close(b, ']');
    write_json_open(b, "indexes", '[');
    for (size_t i = 0; i < t->index_count; i++)
        write_index(b, &t->indexes[i]);
    write_json_close(b, ']');
    write_json_open(b, "checks", '[');
    for (size_t i = 0; i < t->check_count; i++) {
        write_json_open(b, NULL, '{');
        write_json_text(b, "name", t->checks[i].name);
        write_json_text(b, "expression", t->checks[i].expression);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
}

static void write_extras(struct buffer *b, const struct catalog_extra *extras, size_t count)
{
    if (count == 0)
        return;
    write_json_open(b, "extras", '[');
    for (size_t i = 0; i < count; i++) {
        write_json_open(b, NULL, '{');
        write_json_text(b, "what", extras[i].what);
        write_json_text(b, "text", extras[i].text);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
}

static void write_quality(struct buffer *b, const struct catalog_table *t)
{
    if (t->quality < 0)
        return;
    write_json_open(b, "quality", '{');
    write_json_real(b, "score", t->quality);
    write_json_open(b, "findings", '[');
    for (size_t i = 0; i < t->finding_count; i++) {
        const struct catalog_finding *f = &t->findings[i];
        write_json_open(b, NULL, '{');
        write_json_text(b, "check", f->check);
        write_json_text(b, "severity", f->severity);
        write_json_text(b, "column", f->column);
        write_json_text(b, "message", f->message);
        if (f->rows >= 0)
            write_json_integer(b, "rows", f->rows);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
    write_json_close(b, '}');
}

static void write_partition(struct buffer *b, const struct catalog_partition *p)
{
    write_json_open(b, "partition", '{');
    write_json_text(b, "method", p->method);
    write_json_text(b, "key", p->key);
    write_json_text(b, "of_schema", p->of_schema);
    write_json_text(b, "of_table", p->of_table);
    write_json_text(b, "bounds", p->bounds);
    write_json_close(b, '}');
}

static void write_table(struct buffer *b, const struct catalog_table *t)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "schema", t->schema);
    write_json_text(b, "name", t->name);
    write_json_text(b, "kind", t->kind);
    write_json_text(b, "comment", t->comment);
    if (t->rows >= 0) {
        write_json_integer(b, "rows", t->rows);
        write_json_boolean(b, "rows_exact", t->rows_exact);
    }
    if (t->sampled > 0)
        write_json_integer(b, "sampled", t->sampled);
    if (t->size_bytes >= 0)
        write_json_integer(b, "size_bytes", t->size_bytes);
    write_columns(b, t->columns, t->column_count);
    write_keys(b, t);
    if (t->partition != NULL)
        write_partition(b, t->partition);
    write_json_names_if_any(b, "inherits", &t->inherits);
    write_json_true(b, "junction", t->junction);
    write_json_text(b, "parent", t->parent);
    write_extras(b, t->extras, t->extra_count);
    write_quality(b, t);
    write_json_text(b, "document", t->document);
    if (t->source_table != NULL) {
        write_json_open(b, "source", '{');
        write_json_text(b, "schema", t->source_schema);
        write_json_text(b, "table", t->source_table);
        write_json_close(b, '}');
    }
    write_json_close(b, '}');
}

static void write_view(struct buffer *b, const struct catalog_view *v)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "schema", v->schema);
    write_json_text(b, "name", v->name);
    write_json_text(b, "comment", v->comment);
    write_json_true(b, "materialized", v->materialized);
    write_columns(b, v->columns, v->column_count);
    write_json_text(b, "definition", v->definition);
    write_json_close(b, '}');
}

static void write_sequence(struct buffer *b, const struct catalog_sequence *s)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "schema", s->schema);
    write_json_text(b, "name", s->name);
    write_json_text(b, "native_type", s->native_type);
    write_json_text(b, "start", s->start);
    write_json_text(b, "increment", s->increment);
    write_json_text(b, "min", s->min);
    write_json_text(b, "max", s->max);
    write_json_true(b, "cycle", s->cycle);
    write_json_text(b, "owner_schema", s->owner_schema);
    write_json_text(b, "owner_table", s->owner_table);
    write_json_text(b, "owner_column", s->owner_column);
    write_json_close(b, '}');
}

static void write_named_type(struct buffer *b, const struct catalog_named_type *t)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "schema", t->schema);
    write_json_text(b, "name", t->name);
    write_json_text(b, "kind", t->kind);
    write_json_text(b, "comment", t->comment);
    write_json_names_if_any(b, "members", &t->members);
    write_json_text(b, "base", t->base);
    write_json_text(b, "check", t->check);
    write_json_text(b, "default", t->default_text);
    write_json_true(b, "not_null", t->not_null);
    write_json_close(b, '}');
}

static void write_relationship(struct buffer *b, const struct catalog_relationship *r)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "from_schema", r->from_schema);
    write_json_text(b, "from_table", r->from_table);
    write_json_names(b, "from_columns", &r->from_columns);
    write_json_text(b, "to_schema", r->to_schema);
    write_json_text(b, "to_table", r->to_table);
    write_json_names(b, "to_columns", &r->to_columns);
    write_json_text(b, "cardinality", r->cardinality);
    write_json_real(b, "confidence", r->confidence);
    write_json_text(b, "origin", r->origin);
    write_json_text(b, "evidence", r->evidence);
    write_json_close(b, '}');
}

static void write_cycle(struct buffer *b, const struct catalog_names *cycle)
{
    write_json_open(b, NULL, '{');
    write_json_names(b, "tables", cycle);
    write_json_close(b, '}');
}

static void write_diagnostic(struct buffer *b, const struct catalog_diagnostic *d)
{
    write_json_open(b, NULL, '{');
    write_json_text(b, "severity", d->severity);
    write_json_text(b, "message", d->message);
    write_json_text(b, "table", d->table);
    if (d->line > 0)
        write_json_integer(b, "line", d->line);
    if (d->column > 0)
        write_json_integer(b, "column", d->column);
    write_json_close(b, '}');
}

/* One list of the catalog; left out when it is optional and empty. */
#define WRITE_LIST(b, key, list, count, item, optional) \
    if (!(optional) || (count) > 0) {                   \
        write_json_open((b), (key), '[');               \
        for (size_t i = 0; i < (count); i++)            \
            item((b), &(list)[i]);                      \
        write_json_close((b), ']');                     \
    }

void catalog_write(const struct catalog *c, struct buffer *b)
{
    write_json_open(b, NULL, '{');
    write_json_integer(b, "format", 1);
    write_json_text(b, "dialect", c->dialect);
    write_json_text(b, "name", c->name);
    WRITE_LIST(b, "tables", c->tables, c->table_count, write_table, false)
    WRITE_LIST(b, "views", c->views, c->view_count, write_view, true)
    WRITE_LIST(b, "sequences", c->sequences, c->sequence_count, write_sequence, true)
    WRITE_LIST(b, "types", c->types, c->type_count, write_named_type, true)
    write_extras(b, c->extras, c->extra_count);
    WRITE_LIST(b, "relationships", c->relationships, c->relationship_count, write_relationship, false)
    WRITE_LIST(b, "cycles", c->cycles, c->cycle_count, write_cycle, true)
    WRITE_LIST(b, "diagnostics", c->diagnostics, c->diagnostic_count, write_diagnostic, false)
    write_json_close(b, '}');
}

json_t *catalog_to_json(const struct catalog *c)
{
    struct buffer b;
    buffer_init(&b, TREE_MAX);
    catalog_write(c, &b);
    json_t *tree = b.overflow ? NULL : json_loadb(b.data, b.size, 0, NULL);
    buffer_finish(&b);
    assert(tree != NULL); /* we wrote it, and an arena holds less than TREE_MAX */
    return tree;
}
