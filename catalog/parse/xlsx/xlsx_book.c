/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_book.c - walks the archive once: the workbook, its relations, styles and shared texts are parsed as they come.
 *
 * Failure modes: no workbook in it, or XML that is none, is ERROR_INVALID "workbook_damaged"; more shared text than
 * XLSX_TEXTS_MAX is ERROR_TOO_LARGE.
 */
#include "catalog/parse/xlsx/xlsx_book.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/xlsx/xlsx_style.h"
#include "catalog/parse/xlsx/xlsx_xml.h"

enum { FORMATS_MAX = 4096, MEMBERS_MAX = 10000 };

struct relation {
    const char *id, *target;
};

struct book_work {
    struct arena *arena;
    struct xlsx_book *book;
    XML_Parser parser;          /* of the member that is being read */
    struct relation *relations; /* owned */
    size_t relation_count;
    struct {
        long id;
        uint8_t style;
    } formats[FORMATS_MAX];
    size_t format_count;
    bool cell_styles, text, too_large; /* inside <cellXfs>; inside a <t> that counts */
    unsigned phonetic;                 /* inside <rPh>: how a text is pronounced */
    size_t texts_capacity, ends_capacity, styles_capacity;
    bool workbook;
};

/* ---- workbook.xml and its relations ---- */

static void XMLCALL on_workbook(void *context, const char *name, const char **attributes)
{
    struct book_work *w = XML_GetUserData(context);
    const char *text;
    if (xlsx_is(name, "workbookPr") && (text = xlsx_attribute(attributes, "date1904")) != NULL)
        w->book->from_1904 = text_equal(text, "1") || text_equal(text, "true");
    if (!xlsx_is(name, "sheet") || w->book->sheet_count == XLSX_SHEETS_MAX)
        return;
    const char *sheet = xlsx_attribute(attributes, "name"), *relation = xlsx_attribute(attributes, "id");
    for (const char **at = attributes; *at != NULL; at += 2) /* r:id, not sheetId */
        if (strchr(at[0], ':') != NULL && xlsx_is(at[0], "id"))
            relation = at[1];
    if (sheet == NULL || relation == NULL || arena_room(w->arena) / 4 < strlen(sheet) + strlen(relation))
        return;
    w->book->sheets[w->book->sheet_count++] = (struct xlsx_sheet){ .name = arena_text(w->arena, sheet),
                                                                   .relation = arena_text(w->arena, relation),
                                                                   .index = SIZE_MAX };
}

static void XMLCALL on_relation(void *context, const char *name, const char **attributes)
{
    struct book_work *w = XML_GetUserData(context);
    const char *id = xlsx_attribute(attributes, "Id"), *target = xlsx_attribute(attributes, "Target");
    if (!xlsx_is(name, "Relationship") || id == NULL || target == NULL || w->relation_count == XLSX_SHEETS_MAX ||
        arena_room(w->arena) / 4 < strlen(id) + strlen(target))
        return;
    target = *target == '/' ? arena_text(w->arena, target + 1) : arena_format(w->arena, "xl/%s", target);
    w->relations[w->relation_count++] = (struct relation){ arena_text(w->arena, id), target };
}

/* ---- styles.xml ---- */

static uint8_t style_of(const struct book_work *w, long id)
{
    for (size_t i = 0; i < w->format_count; i++)
        if (w->formats[i].id == id)
            return w->formats[i].style;
    return (uint8_t)xlsx_style_of_number(id);
}

static void XMLCALL on_style(void *context, const char *name, const char **attributes)
{
    struct book_work *w = XML_GetUserData(context);
    const char *id = xlsx_attribute(attributes, "numFmtId");
    if (xlsx_is(name, "cellXfs"))
        w->cell_styles = true;
    if (xlsx_is(name, "numFmt") && id != NULL && w->format_count < FORMATS_MAX) {
        const char *code = xlsx_attribute(attributes, "formatCode");
        w->formats[w->format_count].id = strtol(id, NULL, 10);
        w->formats[w->format_count++].style = (uint8_t)xlsx_style_of_code(code != NULL ? code : "");
    }
    if (xlsx_is(name, "xf") && w->cell_styles && w->book->style_count < XLSX_STYLES_MAX) {
        w->book->styles = mem_grow(w->book->styles, &w->styles_capacity, w->book->style_count + 1, 1);
        w->book->styles[w->book->style_count++] = id != NULL ? style_of(w, strtol(id, NULL, 10)) : XLSX_PLAIN;
    }
}

static void XMLCALL on_style_end(void *context, const char *name)
{
    struct book_work *w = XML_GetUserData(context);
    if (xlsx_is(name, "cellXfs"))
        w->cell_styles = false;
}

/* ---- sharedStrings.xml ---- */

static void XMLCALL on_text_begin(void *context, const char *name, const char **attributes)
{
    (void)attributes;
    struct book_work *w = XML_GetUserData(context);
    w->phonetic += xlsx_is(name, "rPh");
    w->text = w->phonetic == 0 && xlsx_is(name, "t");
}

static void XMLCALL on_text_end(void *context, const char *name)
{
    struct book_work *w = XML_GetUserData(context);
    struct xlsx_book *b = w->book;
    w->text = false;
    w->phonetic -= w->phonetic > 0 && xlsx_is(name, "rPh");
    if (!xlsx_is(name, "si"))
        return;
    b->ends = mem_grow(b->ends, &w->ends_capacity, b->text_count + 1, sizeof *b->ends);
    b->ends[b->text_count++] = b->texts_size;
    w->too_large |= b->text_count > XLSX_TEXTS_MAX / 8;
    if (w->too_large)
        XML_StopParser(w->parser, XML_FALSE);
}

static void XMLCALL on_text(void *context, const char *text, int size)
{
    struct book_work *w = XML_GetUserData(context);
    struct xlsx_book *b = w->book;
    if (!w->text)
        return;
    if (b->texts_size + (size_t)size > XLSX_TEXTS_MAX) {
        w->too_large = true;
        XML_StopParser(w->parser, XML_FALSE);
        return;
    }
    b->texts = mem_grow(b->texts, &w->texts_capacity, b->texts_size + (size_t)size, 1);
    memcpy(b->texts + b->texts_size, text, (size_t)size);
    b->texts_size += (size_t)size;
}

/* ---- the archive ---- */

static enum error_class parse_member(struct book_work *w, struct archive_reader *r, const char *name, struct error *e)
{
    mem_auto char *block = mem_alloc(64 * 1024);
    size_t got = 1, all = 0;
    while (got > 0) {
        enum error_class class = archive_reader_read(r, block, 64 * 1024, &got, e);
        if (class != ERROR_OK)
            return class;
        all += got;
        if (all > XLSX_PART_MAX && !xlsx_is(name, "xl/sharedStrings.xml"))
            return error_code(e, ERROR_TOO_LARGE, "workbook_too_large", "%s is larger than %d MB", name,
                              XLSX_PART_MAX >> 20);
        if (XML_Parse(w->parser, block, (int)got, got == 0) == XML_STATUS_OK)
            continue;
        if (w->too_large)
            return error_code(e, ERROR_TOO_LARGE, "workbook_too_large",
                              "its shared texts are more than %d MB: save the sheets as CSV", XLSX_TEXTS_MAX >> 20);
        return error_code(e, ERROR_INVALID, "workbook_damaged", "%s, line %lu: %s", name,
                          (unsigned long)XML_GetCurrentLineNumber(w->parser),
                          XML_ErrorString(XML_GetErrorCode(w->parser)));
    }
    return ERROR_OK;
}

static enum error_class look_at(struct book_work *w, struct archive_reader *r, const char *name, struct error *e)
{
    w->parser = xlsx_xml_create(w);
    bool known = true;
    if (text_equal(name, "xl/workbook.xml")) {
        XML_SetElementHandler(w->parser, on_workbook, NULL);
        w->workbook = true;
    } else if (text_equal(name, "xl/_rels/workbook.xml.rels")) {
        XML_SetElementHandler(w->parser, on_relation, NULL);
    } else if (text_equal(name, "xl/styles.xml")) {
        XML_SetElementHandler(w->parser, on_style, on_style_end);
    } else if (text_equal(name, "xl/sharedStrings.xml")) {
        XML_SetElementHandler(w->parser, on_text_begin, on_text_end);
        XML_SetCharacterDataHandler(w->parser, on_text);
    } else {
        known = false;
    }
    enum error_class class = known ? parse_member(w, r, name, e) : ERROR_OK;
    XML_ParserFree(w->parser);
    return class;
}

/* Members in the order of the archive; sheets are known only when the workbook was read. */
struct places {
    char **names; /* owned, and their texts */
    size_t count, capacity;
};

static enum error_class walk(struct book_work *w, const struct source *s, struct places *places, struct error *e)
{
    struct archive_reader *r;
    enum error_class class = archive_reader_open(s, &r, e);
    if (class != ERROR_OK)
        return class;
    for (bool there = true; class == ERROR_OK;) {
        struct archive_member member;
        class = archive_reader_next(r, &member, &there, e);
        if (class != ERROR_OK || !there)
            break;
        if (places->count == MEMBERS_MAX)
            class = error_code(e, ERROR_TOO_LARGE, "too_many_members", "a workbook of more than %d files", MEMBERS_MAX);
        if (class != ERROR_OK)
            break;
        places->names = mem_grow(places->names, &places->capacity, places->count + 1, sizeof *places->names);
        places->names[places->count++] = mem_text(member.name);
        if (member.file)
            class = look_at(w, r, places->names[places->count - 1], e);
    }
    archive_reader_close(r);
    return class;
}

static void place_sheets(struct book_work *w, const struct places *places)
{
    for (size_t i = 0; i < w->book->sheet_count; i++) {
        struct xlsx_sheet *sheet = &w->book->sheets[i];
        for (size_t k = 0; k < w->relation_count && sheet->target == NULL; k++)
            if (text_equal(w->relations[k].id, sheet->relation))
                sheet->target = w->relations[k].target;
        for (size_t k = 0; k < places->count && sheet->target != NULL; k++)
            if (text_equal(places->names[k], sheet->target))
                sheet->index = k;
    }
}

enum error_class xlsx_book_read(struct arena *arena, const struct source *s, struct xlsx_book *ret_book,
                                struct error *e)
{
    struct xlsx_book book = { 0 };
    struct book_work *w = mem_zero(1, sizeof *w);
    struct places places = { 0 };
    w->arena = arena;
    w->book = &book;
    w->relations = mem_zero(XLSX_SHEETS_MAX, sizeof *w->relations);
    book.sheets = mem_zero(XLSX_SHEETS_MAX, sizeof *book.sheets);
    enum error_class class = walk(w, s, &places, e);
    if (class == ERROR_OK && !w->workbook)
        class = error_code(e, ERROR_INVALID, "workbook_damaged", "there is no xl/workbook.xml in it");
    if (class == ERROR_OK)
        place_sheets(w, &places);
    for (size_t i = 0; i < places.count; i++)
        free(places.names[i]);
    free(places.names);
    free(w->relations);
    free(w);
    if (class == ERROR_OK)
        *ret_book = book;
    else
        xlsx_book_finish(&book);
    return class;
}

void xlsx_book_finish(struct xlsx_book *book)
{
    free(book->texts);
    free(book->ends);
    free(book->styles);
    free(book->sheets);
    *book = (struct xlsx_book){ 0 };
}
