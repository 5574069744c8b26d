/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_facts.c - see the header. */
#include "tests/support/ddl_facts.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

enum { ARENA_MAX = 64 << 20, LINE_MAX_SIZE = 4096, TEXT_MAX = 1 << 20 };

void ddl_facts_add(struct ddl_facts *facts, const char *format, ...)
{
    char line[LINE_MAX_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *at = line; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    facts->lines = mem_grow(facts->lines, &facts->capacity, facts->count + 1, sizeof *facts->lines);
    facts->lines[facts->count++] = mem_text(line);
}

static const char *joined(struct buffer *b, const struct catalog_names *names)
{
    buffer_clear(b);
    for (size_t i = 0; i < names->count; i++)
        buffer_format(b, "%s%s", i > 0 ? "," : "", names->items[i]);
    return buffer_view(b);
}

static void table_facts(const struct catalog_table *t, struct ddl_facts *facts)
{
    struct buffer b, c;
    buffer_init(&b, TEXT_MAX);
    buffer_init(&c, TEXT_MAX);
    for (size_t i = 0; i < t->column_count; i++) {
        ddl_facts_add(facts, "column %s.%s", t->name, t->columns[i].name);
        if (!t->columns[i].nullable)
            ddl_facts_add(facts, "not null %s.%s", t->name, t->columns[i].name);
    }
    if (t->primary_key.columns.count > 0)
        ddl_facts_add(facts, "primary %s %s", t->name, joined(&b, &t->primary_key.columns));
    for (size_t i = 0; i < t->unique_count; i++)
        ddl_facts_add(facts, "unique %s %s", t->name, joined(&b, &t->uniques[i].columns));
    for (size_t i = 0; i < t->foreign_key_count; i++)
        ddl_facts_add(facts, "foreign %s %s->%s.%s %s", t->name, joined(&b, &t->foreign_keys[i].columns),
                      t->foreign_keys[i].ref_table, joined(&c, &t->foreign_keys[i].ref_columns),
                      t->foreign_keys[i].on_delete);
    for (size_t i = 0; i < t->index_count; i++)
        ddl_facts_add(facts, "%sindex %s %s%s%s", t->indexes[i].unique ? "unique " : "", t->name,
                      joined(&b, &t->indexes[i].columns), t->indexes[i].where != NULL ? " where" : "",
                      t->indexes[i].expression != NULL ? " expression" : "");
    buffer_finish(&b);
    buffer_finish(&c);
}

void ddl_facts_read(enum ddl_dialect dialect, const char *text, struct ddl_facts *ret_facts)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    if (ddl_parse(arena, text, strlen(text), "test", dialect, NULL, &c, &e) != ERROR_OK)
        fail_msg("%s\n%s", text, e.message);
    for (size_t i = 0; i < c->diagnostic_count; i++)
        fail_msg("%s\n%d:%d %s", text, c->diagnostics[i].line, c->diagnostics[i].column, c->diagnostics[i].message);
    *ret_facts = (struct ddl_facts){ 0 };
    for (size_t i = 0; i < c->table_count; i++)
        if (strncmp(c->tables[i].name, "other", 5) != 0)
            table_facts(&c->tables[i], ret_facts);
    arena_destroy(arena);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void ddl_facts_finish(struct ddl_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        free(facts->lines[i]);
    free(facts->lines);
    *facts = (struct ddl_facts){ 0 };
}

/* "unique t a" beside "primary t a" or beside another one says nothing: both databases make one index of them. */
static bool is_said(const struct ddl_facts *facts, size_t index)
{
    const char *line = facts->lines[index];
    if (strncmp(line, "unique ", 7) != 0 || strncmp(line, "unique index", 12) == 0)
        return false;
    for (size_t i = 0; i < facts->count; i++)
        if ((i < index && strcmp(facts->lines[i], line) == 0) ||
            (strncmp(facts->lines[i], "primary ", 8) == 0 && strcmp(facts->lines[i] + 8, line + 7) == 0))
            return true;
    return false;
}

static char *sorted(struct ddl_facts *facts)
{
    struct buffer b;
    buffer_init(&b, TEXT_MAX);
    if (facts->count > 0)
        qsort(facts->lines, facts->count, sizeof *facts->lines, compare);
    for (size_t i = 0; i < facts->count; i++)
        if (!is_said(facts, i))
            buffer_format(&b, "%s\n", facts->lines[i]);
    ddl_facts_finish(facts);
    return buffer_take(&b);
}

void ddl_facts_equal(struct ddl_facts *ours, struct ddl_facts *theirs, const char *text)
{
    mem_auto char *left = sorted(ours), *right = sorted(theirs);
    if (strcmp(left, right) != 0)
        fail_msg("\n%s\nis read as\n%sbut the database says\n%s", text, left, right);
}

/* ---- random statements ---- */

static unsigned next(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

#define PICK(seed, list) ((list)[next((seed), (unsigned)(sizeof(list) / sizeof *(list)))])

/* Column `i` in one of the ways that a name can be written; always the same for the same table. */
static void put_name(struct buffer *b, unsigned table, unsigned i)
{
    static const char *const plain[] = { "key",  "Value", "type", "comment", "date",
                                         "data", "text_", "No",   "start",   "a$b" };
    switch ((table * 7 + i) % 5) {
    case 0:
        buffer_format(b, "\"c %u\"", i);
        break;
    case 1:
        buffer_format(b, "\"c\"\"%u,)\"", i);
        break;
    case 2:
        buffer_format(b, "%s%s", plain[i % 10], i >= 10 ? "_" : "");
        break;
    default:
        buffer_format(b, "Col_%u", i);
        break;
    }
}

static void put_names(struct buffer *b, unsigned *seed, unsigned table, unsigned columns, unsigned count)
{
    unsigned from = next(seed, columns);
    for (unsigned i = 0; i < count; i++) {
        buffer_text(b, i > 0 ? ", " : "");
        put_name(b, table, (from + i) % columns);
    }
}

static void put_attribute(struct buffer *b, unsigned *seed, enum ddl_dialect dialect, bool *key)
{
    static const char *const defaults[] = { "1",         "-1.5",  "'it''s, (a) -- b'", "NULL",      "(1 + (2 * 3))",
                                            "(abs(-5))", "x'41'", "CURRENT_TIMESTAMP", "'a' || 'b'" };
    static const char *const actions[] = { " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE",
                                           " ON UPDATE NO ACTION", "", " DEFERRABLE INITIALLY DEFERRED" };
    const char *value = PICK(seed, defaults);
    switch (next(seed, 8)) {
    case 0:
        buffer_text(b, " NOT NULL");
        break;
    case 1:
        if (dialect == DDL_SQLITE && strcmp(value, "'a' || 'b'") == 0)
            value = "('a' || 'b')";
        buffer_format(b, " DEFAULT %s", value);
        break;
    case 2:
        buffer_text(b, *key ? "" : " CONSTRAINT \"p k\" PRIMARY KEY");
        *key = true;
        break;
    case 3:
        buffer_text(b, " UNIQUE /* , ) */");
        break;
    case 4:
        buffer_format(b, " CONSTRAINT f_%u REFERENCES other (id)%s", next(seed, 1000000), PICK(seed, actions));
        break;
    case 5:
        buffer_text(b, " CHECK (1 > 0 AND 'x' <> ')')");
        break;
    case 6:
        buffer_text(b, dialect == DDL_SQLITE ? " COLLATE NOCASE" : " COLLATE \"C\"");
        break;
    default:
        buffer_text(b, " -- it's , a ( comment\n");
        break;
    }
}

static void put_columns(struct buffer *b, unsigned *seed, enum ddl_dialect dialect, unsigned table, unsigned columns,
                        bool *key)
{
    static const char *const postgresql[] = { "int",
                                              "character varying(10)",
                                              "numeric(10, 2)",
                                              "timestamp (3) with time zone",
                                              "text[]",
                                              "double precision",
                                              "s.\"My Type\"",
                                              "interval day to second(2)",
                                              "bit varying(5)",
                                              "int[3][3]",
                                              "\"char\"",
                                              "uuid" };
    static const char *const sqlite[] = { "",
                                          "INTEGER",
                                          "VARCHAR (10)",
                                          "unsigned big int",
                                          "DECIMAL(10, 5)",
                                          "[my type]",
                                          "native character(70)",
                                          "\"quoted\"",
                                          "text blob real" };
    for (unsigned i = 0; i < columns; i++) {
        buffer_text(b, i > 0 ? ",\n  " : "  ");
        put_name(b, table, i);
        buffer_format(b, " %s", dialect == DDL_SQLITE ? PICK(seed, sqlite) : PICK(seed, postgresql));
        for (unsigned n = next(seed, 4); n > 0; n--)
            put_attribute(b, seed, dialect, key);
    }
}

static void put_constraints(struct buffer *b, unsigned *seed, unsigned table, unsigned columns, bool *key)
{
    for (unsigned n = next(seed, 4); n > 0; n--) {
        buffer_text(b, ",\n  ");
        if (next(seed, 2) == 0)
            buffer_format(b, "CONSTRAINT \"n %u\" ", next(seed, 1000000));
        unsigned kind = next(seed, 4);
        if (kind == 0 && !*key) {
            buffer_text(b, "PRIMARY KEY (");
            put_names(b, seed, table, columns, 1 + next(seed, columns));
            buffer_text(b, ")");
            *key = true;
        } else if (kind <= 1) {
            buffer_text(b, "UNIQUE (");
            put_names(b, seed, table, columns, 1 + next(seed, columns));
            buffer_text(b, ")");
        } else if (kind == 2) {
            buffer_text(b, "FOREIGN KEY (");
            put_names(b, seed, table, columns, 2);
            buffer_text(b, ") REFERENCES \"other two\" (x, \"y z\") ON DELETE SET DEFAULT");
        } else {
            buffer_text(b, "CHECK ((1 = 1) OR ('a;b' = \"c 0\"))");
        }
    }
}

void ddl_random(enum ddl_dialect dialect, unsigned seed, struct buffer *ret_text)
{
    static const char *const tails[] = { "", " WHERE 1 > 0" };
    unsigned table = seed % 100, state = seed * 2654435761u;
    unsigned columns = 2 + next(&state, 8);
    bool key = false;
    buffer_init(ret_text, TEXT_MAX);
    buffer_text(ret_text,
                "CREATE TABLE other (id INTEGER PRIMARY KEY); CREATE TABLE \"other two\" (x INT, \"y z\" INT);\n");
    buffer_format(ret_text, "CREATE TABLE %s(\n", next(&state, 2) == 0 ? "\"The Table\" " : "plain_Table");
    put_columns(ret_text, &state, dialect, table, columns, &key);
    put_constraints(ret_text, &state, table, columns, &key);
    buffer_text(ret_text, "\n);\n");
    const char *name = strstr(buffer_view(ret_text), "\"The Table\"") != NULL ? "\"The Table\"" : "PLAIN_table";
    for (unsigned n = next(&state, 3); n > 0; n--) {
        buffer_format(ret_text, "CREATE %sINDEX \"i %u\" ON %s (", next(&state, 2) == 0 ? "UNIQUE " : "", n, name);
        put_names(ret_text, &state, table, columns, 1 + next(&state, 2));
        buffer_format(ret_text, "%s)%s;\n", next(&state, 3) == 0 ? " DESC, (1 + 2)" : "", PICK(&state, tails));
    }
}
