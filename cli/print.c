/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print.h"

#include <assert.h>
#include <libsmartcols/libsmartcols.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"

enum {
    COLUMNS_USUAL = 80,
    COLUMNS_MIN = 60,
    COLUMNS_MAX = 250,
    CUT_CELLS = 6,
    WRAP_CELLS = 30,
    OBJECT_LINES_MAX = 8,
    TABLE_COLUMNS_MAX = 20
};

unsigned print_columns(void)
{
    struct winsize size = { 0 };
    int64_t wide = 0;
    const char *told = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        wide = size.ws_col;
    else if (told == NULL || !text_to_int64(told, 1, 10000, &wide))
        wide = COLUMNS_USUAL;
    return (unsigned)(wide < COLUMNS_MIN ? COLUMNS_MIN : wide > COLUMNS_MAX ? COLUMNS_MAX : wide);
}

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

/* Times as people read them in a table: 2026-11-21T12:09:03.698717+00:00 is 2026-11-21 12:09:03Z, or 11-21 12:09Z where
 * there is little room. */
static bool shorten_time(char *text, bool narrow)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    enum { DAY = 10, YEAR = 5, SECONDS = 3 };
    size_t size = strlen(text), seconds = sizeof shape - 1;
    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    const char *rest = text + seconds;
    rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
    if (size < sizeof shape || (strcmp(rest, "Z") != 0 && strcmp(rest, "+00:00") != 0))
        return false;
    text[DAY] = ' ';
    size = narrow ? seconds - SECONDS : seconds;
    text[size] = 'Z';
    text[size + 1] = '\0';
    if (narrow)
        memmove(text, text + YEAR, strlen(text + YEAR) + 1);
    return true;
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

/* What stands in one column, at its widest. */
struct extent {
    size_t cells;
    bool fixed; /* a number or a time: half of it says something else */
    bool cut, wrapped;
};

static size_t count_cells(const char *text)
{
    size_t cells = 0;
    for (; *text != '\0'; text++)
        cells += ((unsigned char)*text & 0xc0) != 0x80;
    return cells;
}

static char *cell_text(const json_t *row, const struct print_column *column, bool narrow, bool *ret_time)
{
    char *text = print_value(look(row, column->member));
    *ret_time = shorten_time(text, narrow);
    return text;
}

/* Fills `extents`, one a column; how wide the whole table is. */
static size_t measure(const json_t *rows, const struct print_column *columns, bool narrow, struct extent *extents)
{
    size_t index, whole = 0;
    json_t *row;
    for (size_t i = 0; columns[i].title != NULL; i++) {
        assert(i < TABLE_COLUMNS_MAX);
        extents[i] = (struct extent){ .cells = strlen(columns[i].title), .fixed = columns[i].right };
        json_array_foreach(rows, index, row)
        {
            bool time;
            mem_auto char *text = cell_text(row, &columns[i], narrow, &time);
            size_t cells = count_cells(text);
            extents[i].cells = cells > extents[i].cells ? cells : extents[i].cells;
            extents[i].fixed |= time;
        }
        whole += extents[i].cells + (i > 0);
    }
    return whole;
}

/* The widest columns of text are cut, as few as make room for the rest. If it is the last one alone, it is wrapped. */
static void choose_cuts(struct extent *extents, size_t count, size_t too_wide)
{
    size_t cuts = 0;
    for (size_t won = 0; won < too_wide; cuts++) {
        struct extent *widest = NULL;
        for (size_t i = 0; i < count; i++)
            if (!extents[i].fixed && !extents[i].cut && extents[i].cells > CUT_CELLS &&
                (widest == NULL || extents[i].cells > widest->cells))
                widest = &extents[i];
        if (widest == NULL)
            return;
        widest->cut = true;
        won += widest->cells - CUT_CELLS;
    }
    struct extent *last = &extents[count - 1];
    last->wrapped = cuts == 1 && last->cut && last->cells >= too_wide + WRAP_CELLS;
}

static void add_rows(struct libscols_table *table, const json_t *rows, const struct print_column *columns, bool narrow,
                     bool colours)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        for (size_t i = 0; line != NULL && columns[i].title != NULL; i++) {
            bool time;
            mem_auto char *text = cell_text(row, &columns[i], narrow, &time);
            (void)scols_line_set_data(line, i, text);
            struct libscols_cell *cell = scols_line_get_cell(line, i);
            if (colours && cell != NULL && colour_of(text) != NULL)
                (void)scols_cell_set_color(cell, colour_of(text));
        }
    }
}

void print_table(const json_t *rows, const struct print_column *columns, const char *empty)
{
    struct extent extents[TABLE_COLUMNS_MAX];
    if (json_array_size(rows) == 0) {
        (void)printf("%s\n", empty);
        return;
    }
    struct libscols_table *table = scols_new_table();
    if (table == NULL)
        abort();
    const char *plain = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO), colours = terminal && (plain == NULL || *plain == '\0');
    size_t count = 0, room = print_columns();
    bool narrow = measure(rows, columns, false, extents) > room && terminal;
    (void)scols_table_enable_colors(table, colours);
    while (columns[count].title != NULL)
        count++;
    size_t whole = measure(rows, columns, narrow, extents);
    if (narrow && whole > room)
        choose_cuts(extents, count, whole - room);
    for (size_t i = 0; i < count; i++)
        (void)scols_table_new_column(table, columns[i].title, 0,
                                     columns[i].right     ? SCOLS_FL_RIGHT
                                     : extents[i].wrapped ? SCOLS_FL_WRAP
                                     : extents[i].cut     ? SCOLS_FL_TRUNC
                                                          : 0);
    add_rows(table, rows, columns, narrow, colours);
    (void)scols_print_table(table);
    scols_unref_table(table);
}

void print_object(const json_t *object, const struct print_column *columns)
{
    int width = 12;
    bool terminal = isatty(STDOUT_FILENO);
    for (const struct print_column *c = columns; c->title != NULL; c++)
        width = (int)strlen(c->title) > width ? (int)strlen(c->title) : width;
    for (const struct print_column *c = columns; c->title != NULL; c++) {
        mem_auto char *text = print_value(look(object, c->member));
        (void)shorten_time(text, false);
        size_t size = strlen(text);
        bool fills = terminal && size > (size_t)OBJECT_LINES_MAX * print_columns();
        if (fills) {
            mem_auto char *begin = print_cut(text, OBJECT_LINES_MAX * print_columns());
            (void)printf("%-*s %s...\n%-*s (%zu bytes: --output json has them all)\n", width, c->title, begin, width,
                         "", size);
        } else if (size > 0) {
            (void)printf("%-*s %s\n", width, c->title, text);
        }
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
