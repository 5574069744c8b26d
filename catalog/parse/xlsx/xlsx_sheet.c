/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_sheet.c - XML events become cells, cells a row, rows text. The parser is held when enough text is there, so
 * memory is one piece of XML and one row, however sparse the cells.
 *
 * Failure modes: what is no XML is ERROR_INVALID with its line; a cell or a row over the limits is ERROR_TOO_LARGE.
 */
#include "catalog/parse/xlsx/xlsx_sheet.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/input/input_private.h"
#include "catalog/parse/xlsx/xlsx_style.h"
#include "catalog/parse/xlsx/xlsx_xml.h"

enum { BLOCK_SIZE = 64 * 1024, ENOUGH = 256 * 1024, ROW_MAX = 8 << 20, CELL_MAX = 1 << 20, COLUMNS_MAX = 16384 };

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN };

struct sheet_input {
    struct input in;
    const struct xlsx_book *book;
    const struct source *source;
    struct input *xml; /* owned; NULL: not open */
    XML_Parser parser; /* owned, with xml */
    struct buffer text, row, cell;
    size_t given;                 /* bytes of text that were read */
    size_t column, filled, width; /* of the cell; of the row so far; of the widest row so far */
    size_t values;                /* in the row so far */
    size_t blanks;                /* fields that were made of nothing, in all */
    enum cell_kind kind;
    long style;
    bool value;                        /* characters belong to the cell */
    bool held, last, ended, too_large; /* last: the parser has all of the XML */
    char block[BLOCK_SIZE];
};

/* "AB12" is column 27. */
static size_t column_of(const char *reference, size_t otherwise)
{
    size_t column = 0;
    for (; reference != NULL && *reference >= 'A' && *reference <= 'Z' && column < COLUMNS_MAX; reference++)
        column = column * 26 + (size_t)(*reference - 'A') + 1;
    return column > 0 && column <= COLUMNS_MAX ? column - 1 : otherwise;
}

static void XMLCALL on_begin(void *context, const char *name, const char **attributes)
{
    struct sheet_input *s = XML_GetUserData(context);
    name = xlsx_local(name);
    if (text_equal(name, "row")) {
        buffer_clear(&s->row);
        s->column = s->filled = s->values = 0;
    } else if (text_equal(name, "c")) {
        const char *type = xlsx_attribute(attributes, "t"), *style = xlsx_attribute(attributes, "s");
        s->column = column_of(xlsx_attribute(attributes, "r"), s->column);
        s->style = style != NULL ? strtol(style, NULL, 10) : 0;
        s->kind = type == NULL || text_equal(type, "n") ? CELL_NUMBER
                  : text_equal(type, "s")               ? CELL_SHARED
                  : text_equal(type, "b")               ? CELL_BOOLEAN
                                                        : CELL_TEXT;
        buffer_clear(&s->cell);
    }
    s->value = text_equal(name, "v") || text_equal(name, "t");
}

static void XMLCALL on_characters(void *context, const char *text, int size)
{
    struct sheet_input *s = XML_GetUserData(context);
    if (s->value && !buffer_add(&s->cell, text, (size_t)size))
        s->too_large = true;
}

static void add_quoted(struct buffer *b, const char *text, size_t size)
{
    buffer_char(b, '"');
    while (size > 0) {
        const char *quote = memchr(text, '"', size);
        size_t plain = quote != NULL ? (size_t)(quote - text) + 1 : size;
        buffer_add(b, text, plain);
        if (quote != NULL)
            buffer_char(b, '"');
        text += plain;
        size -= plain;
    }
    buffer_char(b, '"');
}

static void add_value(struct sheet_input *s)
{
    const char *text = buffer_view(&s->cell);
    size_t size = s->cell.size;
    char spelled[48];
    if (s->kind == CELL_SHARED) {
        size_t index = strtoul(text, NULL, 10);
        if (index >= s->book->text_count)
            return;
        size_t from = index > 0 ? s->book->ends[index - 1] : 0;
        text = s->book->texts + from;
        size = s->book->ends[index] - from;
    } else if (s->kind == CELL_BOOLEAN) {
        text = *text == '1' ? "true" : "false";
        size = strlen(text);
    } else if (s->kind == CELL_NUMBER && s->style > 0 && (size_t)s->style < s->book->style_count &&
               s->book->styles[s->style] != XLSX_PLAIN) {
        size_t length = xlsx_style_spell(s->book->styles[s->style], s->book->from_1904, text, spelled, sizeof spelled);
        if (length > 0)
            text = spelled, size = length;
    }
    if (size > 0)
        add_quoted(&s->row, text, size);
}

static void end_cell(struct sheet_input *s)
{
    size_t column = s->column++;
    if (s->cell.size == 0 || column < s->filled) /* nothing in it, or a place that was passed already */
        return;
    for (; s->filled < column; s->filled++, s->blanks++)
        buffer_char(&s->row, ',');
    size_t before = s->row.size;
    add_value(s);
    if (s->row.size == before)
        return;
    buffer_char(&s->row, ',');
    s->filled++;
    s->values++;
}

/* The row has a comma behind each field: the last one is not wanted. */
static void end_row(struct sheet_input *s)
{
    if (s->values == 0)
        return;
    if (s->filled > s->width)
        s->width = s->filled;
    for (; s->filled < s->width; s->filled++, s->blanks++)
        buffer_char(&s->row, ',');
    s->too_large |= s->row.overflow || s->blanks > (size_t)200 * 1000 * 1000;
    buffer_add(&s->text, s->row.data, s->row.size - 1);
    buffer_char(&s->text, '\n');
    if (s->text.size >= ENOUGH)
        XML_StopParser(s->parser, XML_TRUE);
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct sheet_input *s = XML_GetUserData(context);
    name = xlsx_local(name);
    s->value = false;
    if (text_equal(name, "c"))
        end_cell(s);
    else if (text_equal(name, "row"))
        end_row(s);
    if (s->too_large)
        XML_StopParser(s->parser, XML_FALSE);
}

/* ---- as an input ---- */

static void stop(struct sheet_input *s)
{
    if (s->xml == NULL)
        return;
    XML_ParserFree(s->parser);
    s->xml = input_close(s->xml);
    buffer_clear(&s->text);
    buffer_clear(&s->row);
    buffer_clear(&s->cell);
}

static enum error_class start(struct sheet_input *s, struct error *e)
{
    enum error_class class = source_open(s->source, &s->xml, e);
    if (class != ERROR_OK)
        return class;
    s->parser = xlsx_xml_create(s);
    XML_SetElementHandler(s->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(s->parser, on_characters);
    s->given = s->width = s->blanks = 0;
    s->held = s->last = s->too_large = false;
    return ERROR_OK;
}

/* On until there is text, or none is left. */
static enum error_class more(struct sheet_input *s, struct error *e)
{
    enum XML_Status status;
    if (s->held) {
        status = XML_ResumeParser(s->parser);
    } else {
        size_t got;
        enum error_class class = input_read(s->xml, s->block, sizeof s->block, &got, e);
        if (class != ERROR_OK)
            return class;
        s->last = got == 0;
        status = XML_Parse(s->parser, s->block, (int)got, s->last);
    }
    s->held = status == XML_STATUS_SUSPENDED;
    if (s->too_large)
        return error_code(
            e, ERROR_TOO_LARGE, "sheet_too_large",
            "sheet %.100s has a cell of more than %d MB, a row of more than %d MB, or cells too far apart", s->in.name,
            CELL_MAX >> 20, ROW_MAX >> 20);
    if (status == XML_STATUS_ERROR)
        return error_code(e, ERROR_INVALID, "workbook_damaged", "sheet %.100s, line %lu: %s", s->in.name,
                          (unsigned long)XML_GetCurrentLineNumber(s->parser),
                          XML_ErrorString(XML_GetErrorCode(s->parser)));
    s->ended = s->last && !s->held;
    return ERROR_OK;
}

static enum error_class sheet_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    struct sheet_input *s = (struct sheet_input *)in;
    enum error_class class = s->xml == NULL && !s->ended ? start(s, e) : ERROR_OK;
    while (class == ERROR_OK && s->given == s->text.size && !s->ended) {
        buffer_clear(&s->text);
        s->given = 0;
        class = more(s, e);
    }
    if (class != ERROR_OK)
        return class;
    size_t left = s->text.size - s->given;
    *ret_size = size < left ? size : left;
    if (*ret_size > 0)
        memcpy(into, s->text.data + s->given, *ret_size);
    s->given += *ret_size;
    if (left == 0)
        stop(s);
    return ERROR_OK;
}

static enum error_class sheet_rewind(struct input *in, struct error *e)
{
    (void)e;
    struct sheet_input *s = (struct sheet_input *)in;
    stop(s);
    s->ended = false;
    s->given = 0;
    return ERROR_OK;
}

static int sheet_percent(const struct input *in)
{
    const struct sheet_input *s = (const struct sheet_input *)in;
    return s->ended ? 100 : s->xml != NULL ? input_percent(s->xml) : 0;
}

static void sheet_close(struct input *in)
{
    struct sheet_input *s = (struct sheet_input *)in;
    stop(s);
    buffer_finish(&s->text);
    buffer_finish(&s->row);
    buffer_finish(&s->cell);
}

static const struct input_face sheet_face = {
    .read = sheet_read,
    .rewind = sheet_rewind,
    .percent = sheet_percent,
    .close = sheet_close,
};

struct input *xlsx_sheet_open(const struct xlsx_book *book, const struct source *sheet)
{
    struct sheet_input *s = mem_zero(1, sizeof *s);
    s->in = (struct input){ .face = &sheet_face, .name = sheet->name };
    s->book = book;
    s->source = sheet;
    buffer_init(&s->text, ENOUGH + ROW_MAX + 16);
    buffer_init(&s->row, ROW_MAX);
    buffer_init(&s->cell, CELL_MAX);
    return &s->in;
}
