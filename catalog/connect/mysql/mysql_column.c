/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_column.c - a column of information_schema: its type, its default, what it is made of.
 *
 * Where the two servers differ: MariaDB gives a default as an expression ('x', NULL), MySQL as the bare value, with
 * DEFAULT_GENERATED in extra when it is an expression. The catalog has both as a dump of them is read.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"
#include "catalog/spelling_mysql.h"

/* MySQL gives an expression with a backslash before each quote and backslash in it, as if it were to be quoted; MariaDB
 * quotes names in it as our session does. */
const char *mysql_expression_at(const struct mysql_reading *r, unsigned column)
{
    const char *from = r->row[column];
    if (from == NULL || r->mysql->mariadb || strchr(from, '\\') == NULL)
        return spelling_mysql_names(r->catalog->arena, mysql_text_at(r, column));
    char *text = arena_text(r->catalog->arena, from), *to = text;
    for (; *from != '\0'; from++) {
        from += *from == '\\' && from[1] != '\0';
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static bool is_number(const char *data_type)
{
    static const char *const names[] = { "int", "decimal", "float", "double", "bit", "year" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mysql_says(data_type, names[i]))
            return true;
    return false;
}

/* 'x' with quotes doubled. */
static const char *quoted(struct arena *arena, const char *text)
{
    char *kept = arena_alloc(arena, 2 * strlen(text) + 3), *to = kept;
    *to++ = '\'';
    for (; *text != '\0'; *to++ = *text++)
        if (*text == '\'')
            *to++ = '\'';
    *to++ = '\'';
    *to = '\0';
    return kept;
}

/* 0x6162 of a binary column is 'ab' to who wrote it; bytes that are no plain text stay as they are. */
static const char *bytes_of(struct arena *arena, const char *hex)
{
    size_t size = strlen(hex + 2) / 2;
    char *plain = arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        char pair[3] = { hex[2 + 2 * i], hex[3 + 2 * i], '\0' };
        long byte = strtol(pair, NULL, 16);
        if (byte < 0x20 || byte > 0x7E || byte == '\\')
            return arena_text(arena, hex);
        plain[i] = (char)byte;
    }
    plain[size] = '\0';
    return quoted(arena, plain);
}

/* As an SQL expression, whichever server it comes from. */
static const char *default_of(struct mysql_reading *r, const struct catalog_column *column)
{
    const char *text = r->row[5], *extra = r->row[6];
    struct arena *arena = r->catalog->arena;
    if (text == NULL || (r->mysql->mariadb && strcasecmp(text, "NULL") == 0))
        return NULL;
    if (r->mysql->mariadb || mysql_says(extra, "DEFAULT_GENERATED"))
        return spelling_mysql_default(arena, mysql_expression_at(r, 5), true, &column->type);
    if (text_starts(text, "0x") && mysql_says(r->row[10], "binary"))
        return bytes_of(arena, text);
    bool expression = is_number(r->row[10]) || text_starts(text, "CURRENT_TIMESTAMP") || text_starts(text, "b'");
    return expression ? arena_text(arena, text) : quoted(arena, text);
}

/* What is behind the type is in a versioned comment: COMPRESSED. */
static const char *type_at(const struct mysql_reading *r, unsigned column)
{
    const char *text = r->row[column], *comment = text != NULL ? strstr(text, " /*") : NULL;
    bool listed = mysql_says(text, "enum(") || mysql_says(text, "set("); /* whose members may hold anything */
    return comment != NULL && !listed ? arena_text_n(r->catalog->arena, text, (size_t)(comment - text))
                                      : mysql_text_at(r, column);
}

void mysql_take_column(struct mysql_reading *r, struct catalog_table *t)
{
    if (t->column_count >= CATALOG_COLUMNS_MAX)
        return;
    struct catalog_column *column = catalog_column_add(r->catalog, t, r->row[2]);
    const char *extra = r->row[6], *update = mysql_says(extra, "on update ") ? strcasestr(extra, "on update ") : NULL;
    column->native_type = type_at(r, 3);
    column->type = mysql_type(r->catalog->arena, column->native_type);
    column->nullable = r->row[4] != NULL && strcmp(r->row[4], "YES") == 0;
    column->identity = mysql_says(extra, "auto_increment");
    column->on_update = update != NULL ? arena_text(r->catalog->arena, update + strlen("on update ")) : NULL;
    column->collation = mysql_text_at(r, 7);
    column->comment = r->row[8] != NULL && *r->row[8] != '\0' ? mysql_text_at(r, 8) : NULL;
    if (r->row[9] != NULL && *r->row[9] != '\0') {
        column->generated = mysql_expression_at(r, 9);
        column->generated_stored = mysql_says(extra, "STORED") || mysql_says(extra, "PERSISTENT");
    } else {
        column->default_text = default_of(r, column);
        column->identity =
            column->identity || (column->default_text != NULL && text_starts(column->default_text, "nextval("));
    }
    column->unreadable = r->row[11] != NULL && !mysql_says(r->row[11], "select");
    if (mysql_says(extra, "INVISIBLE"))
        *catalog_extra_add(r->catalog, t) = (struct catalog_extra){ .what = "invisible column", .text = column->name };
}
