/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print.h"

#include <libsmartcols/libsmartcols.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"

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

/* The code point of a valid sequence of `size` bytes. */
static unsigned decode(const unsigned char *text, size_t size)
{
    unsigned point = size == 1 ? text[0] : text[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++)
        point = point << 6 | (text[i] & 0x3fU);
    return point;
}

static bool drives_terminal(unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200e && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

char *print_cut(const char *text, unsigned columns)
{
    size_t left = strlen(text), out = 0;
    char *clean = mem_alloc(left + 1);
    for (unsigned used = 0; left > 0;) {
        size_t size = text_utf8_size(text, left);
        unsigned point = size > 0 ? decode((const unsigned char *)text, size) : '?';
        bool plain = size > 0 && !drives_terminal(point);
        int wide = plain && point > 0x7f ? wcwidth((wchar_t)point) : 1;
        used += wide < 0 ? 1 : (unsigned)wide;
        if (used > columns)
            break;
        if (plain)
            memcpy(clean + out, text, size);
        else
            clean[out] = size > 0 ? ' ' : '?';
        out += plain ? size : 1;
        text += size > 0 ? size : 1;
        left -= size > 0 ? size : 1;
    }
    clean[out] = '\0';
    return clean;
}

char *print_clean(const char *text)
{
    return print_cut(text, UINT_MAX);
}

char *print_value(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return mem_text("");
    if (json_is_string(value))
        return print_clean(json_string_value(value));
    mem_auto char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    return print_clean(text != NULL ? text : "?");
}

/* Times as people read them in a table: 2026-11-21T12:09:03.698717+00:00 is 2026-11-21 12:09:03Z. */
static void shorten_time(char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    size_t size = strlen(text);
    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return;
    const char *rest = text + sizeof shape - 1;
    rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
    if (size > sizeof shape && (strcmp(rest, "Z") == 0 || strcmp(rest, "+00:00") == 0)) {
        text[10] = ' ';
        text[sizeof shape - 1] = 'Z';
        text[sizeof shape] = '\0';
    }
}

/* What is good, at work, bad: the words that states and checks use. */
static const char *colour_of(const char *text)
{
    static const char *const words[][2] = {
        { "ok", "green" },       { "succeeded", "green" },  { "equal", "green" },     { "alive", "green" },
        { "error", "red" },      { "failed", "red" },       { "differs", "red" },     { "dead", "red" },
        { "warning", "yellow" }, { "cancelled", "yellow" }, { "dispatched", "cyan" }, { "running", "cyan" },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i][0]) == 0)
            return words[i][1];
    return NULL;
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
    const char *plain = getenv("NO_COLOR");
    bool colours = isatty(STDOUT_FILENO) && (plain == NULL || *plain == '\0');
    (void)scols_table_enable_colors(table, colours);
    for (const struct print_column *c = columns; c->title != NULL; c++)
        (void)scols_table_new_column(table, c->title, 0, c->right ? SCOLS_FL_RIGHT : SCOLS_FL_TRUNC);
    json_array_foreach(rows, index, row)
    {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        for (size_t i = 0; line != NULL && columns[i].title != NULL; i++) {
            mem_auto char *text = print_value(look(row, columns[i].member));
            shorten_time(text);
            (void)scols_line_set_data(line, i, text);
            struct libscols_cell *cell = scols_line_get_cell(line, i);
            if (colours && cell != NULL && colour_of(text) != NULL)
                (void)scols_cell_set_color(cell, colour_of(text));
        }
    }
    (void)scols_print_table(table);
    scols_unref_table(table);
}

void print_object(const json_t *object, const struct print_column *columns)
{
    int width = 12;
    for (const struct print_column *c = columns; c->title != NULL; c++)
        width = (int)strlen(c->title) > width ? (int)strlen(c->title) : width;
    for (const struct print_column *c = columns; c->title != NULL; c++) {
        mem_auto char *text = print_value(look(object, c->member));
        shorten_time(text);
        if (*text != '\0')
            (void)printf("%-*s %s\n", width, c->title, text);
    }
}

void print_warnings(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "warnings"), *one;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        mem_auto char *text = print_clean(json_is_string(one) ? json_string_value(one) : "");
        (void)fprintf(stderr, "warning: %s\n", text);
    }
}
