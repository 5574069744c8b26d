/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parse/csv/csv_trouble.h"

#include <limits.h>

static void add(struct csv_trouble *t, enum csv_trouble_kind kind, uint64_t line, size_t fields)
{
    uint64_t nth = t->kinds[kind].count++;
    if (nth >= TROUBLE_FIRST)
        return;
    t->kinds[kind].lines[nth] = line;
    t->kinds[kind].fields[nth] = fields;
}

void csv_trouble_blank(struct csv_trouble *t, uint64_t line)
{
    add(t, TROUBLE_BLANK, line, 0);
}

void csv_trouble_flags(struct csv_trouble *t, const struct csv_record *record)
{
    if (record->flags & CSV_QUOTE_OPEN)
        add(t, TROUBLE_OPEN, record->line, record->count);
    if (record->flags & CSV_QUOTE_TEXT)
        add(t, TROUBLE_TEXT, record->line, record->count);
}

void csv_trouble_row(struct csv_trouble *t, const struct csv_record *record, size_t fields)
{
    t->fields = fields;
    csv_trouble_flags(t, record);
    if (record->count != fields)
        add(t, record->count < fields ? TROUBLE_SHORT : TROUBLE_LONG, record->line, record->count);
}

static void tell(struct catalog *c, const char *table, uint64_t line, const char *message)
{
    struct catalog_diagnostic *d = catalog_diagnostic_add(c, "warning", message);
    d->table = table;
    d->line = line < INT_MAX ? (int)line : INT_MAX;
}

static const char *message_of(struct catalog *c, const struct csv_trouble *t, enum csv_trouble_kind kind, size_t fields)
{
    switch (kind) {
    case TROUBLE_SHORT:
        return arena_format(c->arena, "%zu fields where %zu belong: the missing ones are null", fields, t->fields);
    case TROUBLE_LONG:
        return arena_format(c->arena, "%zu fields where %zu belong: the last ones are left out", fields, t->fields);
    case TROUBLE_OPEN:
        return "a quote that nothing closes: it is read as a character";
    case TROUBLE_TEXT:
        return "text behind a closing quote: the field is read as it stands, quotes and all";
    default:
        return "a blank line: it is no row";
    }
}

static const char *const more_words[TROUBLE_KINDS] = { "rows with too few fields", "rows with too many fields",
                                                       "quotes that nothing closes", "fields with text behind a quote",
                                                       "blank lines" };

void csv_trouble_tell(const struct csv_trouble *t, struct catalog *c, const char *table)
{
    for (enum csv_trouble_kind kind = 0; kind < TROUBLE_KINDS; kind++) {
        uint64_t count = t->kinds[kind].count;
        for (size_t i = 0; i < count && i < TROUBLE_FIRST; i++)
            tell(c, table, t->kinds[kind].lines[i], message_of(c, t, kind, t->kinds[kind].fields[i]));
        if (count > TROUBLE_FIRST)
            tell(c, table, 0, arena_format(c->arena, "%llu %s in all", (unsigned long long)count, more_words[kind]));
    }
    if (t->above > 0)
        tell(c, table, 1, arena_format(c->arena, "%zu lines above the names of the columns are no rows", t->above));
    if (t->nul)
        tell(c, table, 0, "NUL bytes among the text");
    if (t->bad_characters > 0)
        tell(c, table, 0,
             arena_format(c->arena, "%llu bytes that are no character in this encoding",
                          (unsigned long long)t->bad_characters));
}
