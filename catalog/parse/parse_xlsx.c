/* SPDX-License-Identifier: Apache-2.0 */
/* parse_xlsx.c - the sheets of a workbook, each read as the delimited text that xlsx_sheet.h makes of it. */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/parse/parse_part.h"
#include "catalog/parse/xlsx/xlsx_sheet.h"

/* "Sheet1", in the languages that name sheets by themselves: says nothing. */
static bool is_default_name(const char *name)
{
    static const char *const words[] = { "sheet", "tabelle", "feuil", "hoja", "blad", "ark", "foglio", "planilha" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);
        if (strncasecmp(name, words[i], size) == 0 && strspn(name + size, "0123456789") == strlen(name + size))
            return true;
    }
    return false;
}

static const char *name_of_table(struct parse_work *w, const struct source *s, const struct xlsx_book *book,
                                 const struct xlsx_sheet *sheet)
{
    if (book->sheet_count == 1 && is_default_name(sheet->name))
        return s->name;
    /* a sheet's name may end as a file's, and is no path */
    char *name = arena_text(w->arena, sheet->name);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '/')
            *at = '_';
    return catalog_clean_text(w->arena, name);
}

static enum error_class read_sheet(struct parse_work *w, const struct source *s, const struct xlsx_book *book,
                                   const struct xlsx_sheet *sheet, struct parse_part **ret_part, struct error *e)
{
    struct source *member = arena_alloc(w->arena, sizeof *member);
    *member = (struct source){ .outer = s, .index = sheet->index, .name = sheet->name, .limits = s->limits };
    struct parse_part *part = parse_part_add(w, xlsx_sheet_open(book, member));
    enum error_class class = parse_csv(w, part, name_of_table(w, s, book, sheet), ',', e);
    *ret_part = part;
    return class == ERROR_OK ? parse_mapping(w, part, e) : class;
}

static bool is_empty_sheet(enum error_class class, const struct error *e)
{
    return class == ERROR_INVALID && text_equal(e->code, "no_columns");
}

static enum error_class read_sheets(struct parse_work *w, const struct source *s, struct xlsx_book *book,
                                    struct error *e)
{
    struct parse_part **first = w->last;
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct xlsx_sheet *sheet = &book->sheets[i];
        struct parse_part **last = w->last, *part;
        if (sheet->index == SIZE_MAX) {
            const char *why = arena_format(w->arena, "sheet %.100s is not in the workbook", sheet->name);
            (void)catalog_diagnostic_add(w->about, "error", why);
            continue;
        }
        struct error own = ERROR_NONE;
        enum error_class class = read_sheet(w, s, book, sheet, &part, &own);
        if (class == ERROR_OK)
            continue;
        *last = parse_parts_destroy(*last);
        w->last = last;
        if (!is_empty_sheet(class, &own)) {
            *e = own;
            return class;
        }
    }
    if (*first == NULL)
        return error_code(e, ERROR_INVALID, "no_columns", "no sheet of the workbook holds anything");
    (*first)->book = book;
    return ERROR_OK;
}

enum error_class parse_xlsx(struct parse_work *w, const struct source *s, struct error *e)
{
    struct parse_part **first = w->last;
    struct xlsx_book *book = arena_alloc(w->arena, sizeof *book);
    enum error_class class = xlsx_book_read(w->arena, s, book, e);
    if (class != ERROR_OK)
        return class;
    class = read_sheets(w, s, book, e);
    if (class != ERROR_OK) {
        *first = parse_parts_destroy(*first);
        w->last = first;
        xlsx_book_finish(book);
    }
    return class;
}
