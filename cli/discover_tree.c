/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover_tree.c - see discover_tree.h. One line a column: name, type, then what it is in words: PK, -> table.column,
 * NOT NULL, what kind of personal data. Names are foreign text and are cleaned before they reach a terminal.
 */
#include "cli/discover_tree.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/profile.h"
#include "cli/print.h"

enum { NAME_MAX_CELLS = 32, TYPE_MAX_CELLS = 24, MESSAGE_CELLS = 100, FINDINGS_SHOWN = 5 };

static void put_clean(struct buffer *b, const char *text, unsigned cells)
{
    mem_auto char *clean = print_cut(text, cells);
    (void)buffer_text(b, clean);
}

/* Padded to `cells`; text with wide letters may end elsewhere. */
static void put_padded(struct buffer *b, const char *text, unsigned cells)
{
    mem_auto char *clean = print_cut(text, cells);
    (void)buffer_text(b, clean);
    size_t letters = 0;
    for (const char *at = clean; *at != '\0'; at++)
        letters += ((unsigned char)*at & 0xC0) != 0x80;
    for (; letters < cells; letters++)
        (void)buffer_char(b, ' ');
}

/* " -> parent.id" for each relationship of that column; those that nobody declared with how sure they are. The list is
 * in the order of from_table, so *at only moves forward. */
static void put_references(const struct catalog *c, const struct catalog_table *t, const char *column, size_t first,
                           struct buffer *b)
{
    for (size_t i = first; i < c->relationship_count; i++) {
        const struct catalog_relationship *r = &c->relationships[i];
        if (strcmp(r->from_table, t->name) != 0 || strcmp(r->from_schema, t->schema) != 0)
            return;
        for (size_t k = 0; k < r->from_columns.count; k++) {
            if (strcmp(r->from_columns.items[k], column) != 0)
                continue;
            (void)buffer_text(b, "  -> ");
            put_clean(b, r->to_table, NAME_MAX_CELLS);
            (void)buffer_char(b, '.');
            put_clean(b, k < r->to_columns.count ? r->to_columns.items[k] : "?", NAME_MAX_CELLS);
            if (strcmp(r->origin, "declared") != 0)
                (void)buffer_format(b, " (%.0f %%)", 100 * r->confidence);
        }
    }
}

/* As the source spells it where it has types of its own. Data files have not: there it is what the values are, and how
 * days are written ("date %d.%m.%Y"); lists say of what ("object[]"). free(). */
static char *type_of(const char *dialect, const struct catalog_column *column)
{
    static const char *const typed[] = { "sqlite", "postgresql", "mysql", "oracle", "sqlserver", "mongodb" };
    const char *native = column->native_type, *type = type_text(column->type.name);
    if (native == NULL || native[0] == '\0')
        return mem_text(type);
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        if (strcmp(dialect, typed[i]) == 0)
            return mem_text(native);
    if (strchr(native, '%') != NULL)
        return mem_format("%s %s", type, native);
    return mem_text(column->type.name == TYPE_ARRAY ? native : type);
}

static void put_column(const struct catalog *c, const struct catalog_table *t, const struct catalog_column *column,
                       size_t first, bool last, struct buffer *b)
{
    mem_auto char *type = type_of(c->dialect, column);
    (void)buffer_text(b, last ? "   └─ " : "   ├─ ");
    put_padded(b, column->name, NAME_MAX_CELLS);
    (void)buffer_char(b, ' ');
    put_padded(b, type, TYPE_MAX_CELLS);
    if (catalog_names_have(&t->primary_key.columns, column->name))
        (void)buffer_text(b, "  PK");
    else if (!column->nullable)
        (void)buffer_text(b, "  NOT NULL");
    put_references(c, t, column->name, first, b);
    const struct catalog_profile *p = column->profile;
    if (p != NULL && p->pii_class != NULL && strcmp(p->pii_class, "none") != 0)
        (void)buffer_format(b, "  [%s]", p->pii_class);
    while (b->size > 0 && b->data[b->size - 1] == ' ')
        b->data[--b->size] = '\0';
    (void)buffer_char(b, '\n');
}

static void put_table(const struct catalog *c, const struct catalog_table *t, size_t first, struct buffer *b)
{
    if (t->schema[0] != '\0') {
        put_clean(b, t->schema, NAME_MAX_CELLS);
        (void)buffer_char(b, '.');
    }
    put_clean(b, t->name, 2 * NAME_MAX_CELLS);
    if (t->rows >= 0)
        (void)buffer_format(b, "  %s%lld rows", t->rows_exact ? "" : "about ", (long long)t->rows);
    if (t->kind != NULL)
        (void)buffer_format(b, "  %s", t->kind);
    if (t->junction)
        (void)buffer_text(b, "  junction");
    if (t->quality >= 0)
        (void)buffer_format(b, "  quality %.2f", t->quality);
    (void)buffer_char(b, '\n');
    for (size_t i = 0; i < t->column_count; i++)
        put_column(c, t, &t->columns[i], first, i + 1 == t->column_count, b);
    for (size_t i = 0; i < t->finding_count && i < FINDINGS_SHOWN; i++) {
        (void)buffer_text(b, "   ! ");
        if (t->findings[i].column != NULL) {
            put_clean(b, t->findings[i].column, NAME_MAX_CELLS);
            (void)buffer_text(b, ": ");
        }
        put_clean(b, t->findings[i].message, MESSAGE_CELLS);
        (void)buffer_char(b, '\n');
    }
    if (t->finding_count > FINDINGS_SHOWN)
        (void)buffer_format(b, "   ! and %zu more findings\n", t->finding_count - FINDINGS_SHOWN);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void discover_tree_write(const struct discovered *d, struct buffer *b)
{
    const struct catalog *c = d->catalog;
    size_t columns = 0, relation = 0;
    for (size_t i = 0; i < c->table_count; i++)
        columns += c->tables[i].column_count;
    put_clean(b, c->name, 2 * NAME_MAX_CELLS);
    (void)buffer_format(b, " (%s): %zu table%s, %zu column%s, %zu relationship%s, complexity %.1f of 10\n", c->dialect,
                        c->table_count, plural(c->table_count), columns, plural(columns), c->relationship_count,
                        plural(c->relationship_count), d->complexity.score);
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        while (relation < c->relationship_count && (strcmp(c->relationships[relation].from_schema, t->schema) < 0 ||
                                                    (strcmp(c->relationships[relation].from_schema, t->schema) == 0 &&
                                                     strcmp(c->relationships[relation].from_table, t->name) < 0)))
            relation++;
        put_table(c, t, relation, b);
    }
    for (size_t i = 0; i < c->diagnostic_count; i++) {
        const struct catalog_diagnostic *told = &c->diagnostics[i];
        (void)buffer_format(b, "%s", told->severity);
        if (told->line > 0)
            (void)buffer_format(b, " line %d:%d", told->line, told->column);
        (void)buffer_text(b, ": ");
        if (told->table != NULL) {
            put_clean(b, told->table, NAME_MAX_CELLS);
            (void)buffer_text(b, ": ");
        }
        put_clean(b, told->message, 2 * MESSAGE_CELLS);
        (void)buffer_char(b, '\n');
    }
}
