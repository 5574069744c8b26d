/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void print_json(const json_t *json)
{
    mem_auto char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    (void)printf("%s\n", text != NULL ? text : "null");
}

static const json_t *look(const json_t *object, const char *member)
{
    char part[64];
    while (object != NULL && *member != '\0') {
        size_t size = strcspn(member, ".");
        (void)snprintf(part, sizeof part, "%.*s", (int)size, member);
        object = json_object_get(object, part);
        member += size + (member[size] == '.');
    }
    return object;
}

char *print_value(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return mem_text("");
    if (json_is_string(value)) {
        char *text = mem_text(json_string_value(value));
        for (char *p = text; *p != '\0'; p++) /* foreign text must not drive the terminal */
            if ((unsigned char)*p < 0x20 || *p == 0x7f)
                *p = ' ';
        return text;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    return text != NULL ? text : mem_text("?");
}

void print_table(const json_t *rows, const struct print_column *columns, const char *empty)
{
    size_t index;
    json_t *row;
    if (json_array_size(rows) == 0) {
        (void)printf("%s\n", empty);
        return;
    }
    struct libscols_table *table = scols_new_table();
    if (table == NULL)
        abort();
    for (const struct print_column *c = columns; c->title != NULL; c++)
        (void)scols_table_new_column(table, c->title, 0, c->right ? SCOLS_FL_RIGHT : SCOLS_FL_TRUNC);
    json_array_foreach(rows, index, row)
    {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        for (size_t i = 0; line != NULL && columns[i].title != NULL; i++) {
            mem_auto char *text = print_value(look(row, columns[i].member));
            (void)scols_line_set_data(line, i, text);
        }
    }
    (void)scols_print_table(table);
    scols_unref_table(table);
}

void print_object(const json_t *object, const struct print_column *columns)
{
    for (const struct print_column *c = columns; c->title != NULL; c++) {
        const json_t *value = look(object, c->member);
        mem_auto char *text = print_value(value);
        if (*text != '\0')
            (void)printf("%-12s %s\n", c->title, text);
    }
}
