/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_catalog.c - see odbc_catalog.h. */
#include "catalog/connect/odbc/odbc_catalog.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"

enum { ROOM_MIN = 16 << 20, STATEMENT_MAX = 256 << 10, WORD_SIZE = 64, NUMBER_SIZE = 32 };

char *odbc_statement_text(const char *sql, const char *in)
{
    struct buffer b;
    buffer_init(&b, STATEMENT_MAX);
    for (const char *at; (at = strstr(sql, "{in}")) != NULL; sql = at + 4) {
        (void)buffer_add(&b, sql, (size_t)(at - sql));
        (void)buffer_text(&b, in);
    }
    (void)buffer_text(&b, sql);
    return buffer_take(&b);
}

enum error_class odbc_schema_filter(struct sqltext *s, const char *schema, const char *system, const char **ret_in,
                                    struct error *e)
{
    sqltext_clear(s);
    if (schema != NULL) {
        sqltext_raw(s, "= ");
        sqltext_literal(s, schema, strlen(schema));
    } else {
        sqltext_raw(s, "NOT IN (");
        sqltext_raw(s, system);
        sqltext_raw(s, ")");
    }
    return sqltext_view(s, ret_in, e);
}

static bool may_be_left_out(enum error_class class)
{
    return class == ERROR_DENIED || class == ERROR_FATAL || class == ERROR_REFUSED || class == ERROR_TIMED_OUT;
}

static bool room(const struct odbc_reading *r, size_t columns)
{
    size_t size = ROOM_MIN;
    for (size_t i = 0; i < columns; i++)
        size += r->values[i].size;
    return arena_room(r->catalog->arena) >= size;
}

static enum error_class take_rows(struct odbc_reading *r, const struct odbc_statement *s, struct odbc_cursor *cursor,
                                  struct error *e)
{
    enum error_class class;
    while ((class = odbc_fetch(cursor, &r->values, e)) == ERROR_OK && r->values != NULL) {
        if (!room(r, odbc_columns(cursor)))
            return error_code(e, ERROR_TOO_LARGE, "catalog_too_large",
                              "the catalog is too much for one job: name a schema");
        s->take(r);
    }
    return class;
}

enum error_class odbc_statement_read(struct odbc_reading *r, const struct odbc_statement *s, struct error *e)
{
    struct odbc_cursor *cursor = NULL;
    mem_auto char *sql = odbc_statement_text(s->sql, r->in);
    enum error_class class = odbc_query(r->odbc, sql, NULL, &cursor, e);
    if (class == ERROR_OK)
        class = take_rows(r, s, cursor, e);
    odbc_finish(cursor);
    if (class == ERROR_OK)
        return class;
    if (s->needed || !may_be_left_out(class))
        return error_wrap(e, "read the catalog (%s)", s->what);
    odbc_diagnostic(r, NULL, "the %s could not be read and are missing: %.800s", s->what, e->message);
    *e = ERROR_NONE;
    return ERROR_OK;
}

enum error_class odbc_count_all(struct odbc_reading *r, struct error *e)
{
    for (size_t i = 0; i < r->catalog->table_count; i++) {
        struct catalog_table *t = &r->catalog->tables[i];
        enum error_class class = odbc_count(&r->odbc->base, t, &t->rows, e);
        if (class != ERROR_OK && !may_be_left_out(class))
            return class;
        t->rows_exact = class == ERROR_OK;
        if (class != ERROR_OK)
            odbc_diagnostic(r, t->name, "its rows could not be counted: %.800s", e->message);
        *e = ERROR_NONE;
    }
    return ERROR_OK;
}

const char *odbc_text_at(const struct odbc_reading *r, size_t column)
{
    const struct connect_value *v = &r->values[column];
    struct arena *arena = r->catalog->arena;
    char real[CONNECT_REAL_SIZE];
    switch (v->type) {
    case CONNECT_INTEGER:
        return arena_format(arena, "%lld", (long long)v->integer);
    case CONNECT_REAL:
        connect_real_text(v->real, real);
        return arena_text(arena, real);
    case CONNECT_TEXT:
        return v->size == 0 ? NULL
               : v->unclean ? catalog_clean_text(arena, v->data)
                            : arena_text_n(arena, v->data, v->size);
    case CONNECT_NULL:
    case CONNECT_BINARY:
        break;
    }
    return NULL;
}

int64_t odbc_number_at(const struct odbc_reading *r, size_t column, int64_t none)
{
    const struct connect_value *v = &r->values[column];
    char text[NUMBER_SIZE];
    int64_t number;
    if (v->type == CONNECT_INTEGER)
        return v->integer;
    if (v->type == CONNECT_REAL) /* Oracle's NUMBER without precision */
        return v->real > -9e15 && v->real < 9e15 ? (int64_t)v->real : none;
    if (v->type != CONNECT_TEXT || v->size == 0 || v->size >= sizeof text)
        return none;
    memcpy(text, v->data, v->size);
    text[v->size] = '\0';
    text[strcspn(text, " .")] = '\0'; /* "10." and "10.0" of decimals */
    return text_to_int64(text, INT64_MIN, INT64_MAX, &number) ? number : none;
}

bool odbc_is_at(const struct odbc_reading *r, size_t column, const char *word)
{
    const struct connect_value *v = &r->values[column];
    size_t size = v->size;
    while (v->type == CONNECT_TEXT && size > 0 && v->data[size - 1] == ' ') /* of char(n) */
        size--;
    return v->type == CONNECT_TEXT && size == strlen(word) && strncasecmp(v->data, word, size) == 0;
}

bool odbc_true_at(const struct odbc_reading *r, size_t column)
{
    return odbc_is_at(r, column, "Y") || odbc_is_at(r, column, "YES") || odbc_number_at(r, column, 0) > 0;
}

/* Names come with their own length; a copy for searching. */
static bool name_at(const struct odbc_reading *r, size_t column, char *ret_name, size_t size)
{
    const struct connect_value *v = &r->values[column];
    if (v->type != CONNECT_TEXT || v->size == 0 || v->size >= size)
        return false;
    memcpy(ret_name, v->data, v->size);
    ret_name[v->size] = '\0';
    return true;
}

struct catalog_table *odbc_table_of(const struct odbc_reading *r)
{
    char schema[CATALOG_NAME_MAX], name[CATALOG_NAME_MAX];
    if (!name_at(r, 0, schema, sizeof schema) || !name_at(r, 1, name, sizeof name))
        return NULL;
    return catalog_table_find(r->catalog, schema, name);
}

static int compare_view(const void *key, const void *item)
{
    const struct catalog_view *wanted = key, *view = item;
    int order = strcmp(wanted->schema, view->schema);
    return order != 0 ? order : strcmp(wanted->name, view->name);
}

struct catalog_view *odbc_view_of(const struct odbc_reading *r)
{
    char schema[CATALOG_NAME_MAX], name[CATALOG_NAME_MAX];
    struct catalog *c = r->catalog;
    if (c->view_count == 0 || !name_at(r, 0, schema, sizeof schema) || !name_at(r, 1, name, sizeof name))
        return NULL;
    const struct catalog_view key = { .schema = schema, .name = name };
    return bsearch(&key, c->views, c->view_count, sizeof key, compare_view);
}

struct catalog_column *odbc_column_of(const struct odbc_reading *r, size_t column)
{
    char name[CATALOG_NAME_MAX];
    struct catalog_table *t = odbc_table_of(r);
    if (!name_at(r, column, name, sizeof name))
        return NULL;
    if (t != NULL)
        return catalog_column_find(t, name);
    struct catalog_view *v = odbc_view_of(r);
    for (size_t i = 0; v != NULL && i < v->column_count; i++)
        if (strcmp(v->columns[i].name, name) == 0)
            return &v->columns[i];
    return NULL;
}

enum { MADE_UP = '\001' };

const char *odbc_key_name(const struct odbc_reading *r, size_t column, bool made_up)
{
    const char *name = odbc_text_at(r, column);
    return made_up && name != NULL ? arena_format(r->catalog->arena, "%c%s", MADE_UP, name) : name;
}

bool odbc_key_named(const char *kept, const char *name)
{
    return kept != NULL && strcmp(kept + (*kept == MADE_UP), name) == 0;
}

static void settle_name(const char **name)
{
    if (*name != NULL && **name == MADE_UP)
        *name = NULL;
}

void odbc_settle_names(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        settle_name(&t->primary_key.name);
        for (size_t k = 0; k < t->unique_count; k++)
            settle_name(&t->uniques[k].name);
        for (size_t k = 0; k < t->foreign_key_count; k++)
            settle_name(&t->foreign_keys[k].name);
    }
}

void odbc_extra(const struct odbc_reading *r, struct catalog_table *t, const char *what, const char *text)
{
    if (t == NULL && r->catalog->extra_count >= CATALOG_TABLES_MAX)
        return;
    *catalog_extra_add(r->catalog, t) = (struct catalog_extra){ .what = what, .text = text };
}

void odbc_diagnostic(const struct odbc_reading *r, const char *table, const char *format, ...)
{
    char text[ERROR_MESSAGE_SIZE + 256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    catalog_diagnostic_add(r->catalog, "warning", arena_text(r->catalog->arena, text))->table = table;
}

/* Where the quote that opens at `at` ends: behind its own kind, doubled ones within. */
static const char *behind_quote(const char *at)
{
    char end = *at == '[' ? ']' : *at;
    for (at++; *at != '\0'; at++)
        if (*at == end && *++at != end)
            return at;
    return at;
}

const char *odbc_unwrapped(struct arena *arena, const char *expression)
{
    if (expression == NULL || *expression != '(')
        return expression;
    size_t depth = 0;
    const char *at = expression;
    while (*at != '\0') {
        if (*at == '\'' || *at == '"' || *at == '[') {
            at = behind_quote(at);
            continue;
        }
        depth += *at == '(';
        depth -= *at == ')' && depth > 0;
        at++;
        if (depth == 0)
            break;
    }
    if (depth > 0 || *at != '\0')
        return expression;
    return arena_text_n(arena, expression + 1, (size_t)(at - expression) - 2);
}

static enum error_class read_list(struct odbc_reading *r, const struct odbc_statement *list, struct error *e)
{
    enum error_class class = ERROR_OK;
    for (; class == ERROR_OK && list->sql != NULL; list++)
        class = odbc_statement_read(r, list, e);
    return class;
}

enum error_class odbc_lists_read(struct odbc_reading *r, const struct odbc_lists *lists, bool exact_rows,
                                 struct error *e)
{
    enum error_class class = read_list(r, lists->objects, e);
    if (class == ERROR_OK && r->over)
        class = error_code(e, ERROR_TOO_LARGE, "too_many_tables", "the database has more than %d tables: name a schema",
                           (int)CATALOG_TABLES_MAX);
    if (class != ERROR_OK)
        return class;
    catalog_sort(r->catalog); /* from here on tables and views are found by name */
    class = read_list(r, lists->columns, e);
    if (class == ERROR_OK)
        class = read_list(r, lists->indexes, e);
    lists->settle_indexes(r->catalog);
    if (class == ERROR_OK)
        class = read_list(r, lists->keys, e);
    odbc_settle_names(r->catalog);
    if (class == ERROR_OK)
        class = read_list(r, lists->beside, e);
    return class == ERROR_OK && exact_rows ? odbc_count_all(r, e) : class;
}
