/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_xml.c - XML by expat: an element with attributes or elements inside is an object, any other a text.
 *
 * Which of the two it is shows only later, so an element is pending until an attribute, an element or its end comes. A
 * text beside those is the value of DOCUMENT_TEXT_KEY. Nothing external is ever fetched; expat's own limit on what
 * entities may grow to is on, and the number of declared entities is limited, since expat follows them by recursion.
 */
#include "catalog/parse/nested/document.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"

struct xml_element {
    size_t text; /* where its text begins in xml_reader.text */
    bool object, nil;
};

struct xml_reader {
    const struct document_ask *ask;
    struct error *error;
    XML_Parser parser;
    struct document_end *end;
    int answer;
    bool moved;
    unsigned entities;
    struct xml_element *elements;
    size_t depth, capacity;
    struct buffer text; /* of the elements that are open, the innermost last */
    struct buffer name; /* of an attribute, with its mark */
};

static bool stop(struct xml_reader *r, int answer)
{
    r->moved = true;
    if (answer == ERROR_OK || r->answer != ERROR_OK)
        return r->answer != ERROR_OK;
    r->answer = answer;
    XML_StopParser(r->parser, XML_FALSE);
    return true;
}

static int key(struct xml_reader *r, const char *name, size_t size)
{
    return r->ask->sink->key(r->ask->sink->context, name, size, false, r->error);
}

static int text_value(struct xml_reader *r, const char *text, size_t size)
{
    return r->ask->sink->scalar(r->ask->sink->context, size > 0 ? DOCUMENT_TEXT : DOCUMENT_NULL, text, size, r->error);
}

/* The innermost element turns out to be an object. */
static int become_object(struct xml_reader *r)
{
    struct xml_element *element = &r->elements[r->depth - 1];
    if (element->object)
        return ERROR_OK;
    element->object = true;
    return r->ask->sink->object(r->ask->sink->context, r->error);
}

static bool is_plumbing(const char *name)
{
    return strncmp(name, "xmlns", 5) == 0 || strncmp(name, "xsi:", 4) == 0 || strncmp(name, "xml:", 4) == 0;
}

static int attribute(struct xml_reader *r, const char *name, const char *value)
{
    if (is_plumbing(name)) {
        if (strcmp(name, "xsi:nil") == 0 && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0))
            r->elements[r->depth - 1].nil = true;
        return ERROR_OK;
    }
    buffer_clear(&r->name);
    buffer_char(&r->name, DOCUMENT_ATTRIBUTE);
    buffer_text(&r->name, name);
    int answer = become_object(r);
    if (answer == ERROR_OK)
        answer = key(r, r->name.data, r->name.size);
    if (answer == ERROR_OK)
        answer = text_value(r, value, strlen(value));
    return answer;
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct xml_reader *r = context;
    if (r->answer != ERROR_OK)
        return;
    if (r->depth >= r->ask->limits->depth_max) {
        stop(r, (int)document_too_deep(r->ask, XML_GetCurrentLineNumber(r->parser), r->error));
        return;
    }
    int answer = r->depth > 0 ? become_object(r) : ERROR_OK;
    if (answer == ERROR_OK && r->depth > 0)
        answer = key(r, name, strlen(name));
    if (r->depth == 0)
        text_copy(r->end->root, sizeof r->end->root, name);
    r->elements = mem_grow(r->elements, &r->capacity, r->depth + 1, sizeof *r->elements);
    r->elements[r->depth++] = (struct xml_element){ .text = r->text.size };
    for (; answer == ERROR_OK && *attributes != NULL; attributes += 2)
        answer = attribute(r, attributes[0], attributes[1]);
    stop(r, answer);
}

static void on_end(void *context, const char *name)
{
    (void)name;
    struct xml_reader *r = context;
    if (r->answer != ERROR_OK)
        return;
    struct xml_element *element = &r->elements[--r->depth];
    const char *text = buffer_view(&r->text) + element->text;
    size_t size = r->text.size - element->text;
    for (; size > 0 && strchr(" \t\r\n", *text) != NULL; size--)
        text++;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    int answer = ERROR_OK;
    if (!element->object) {
        answer = text_value(r, text, element->nil ? 0 : size);
    } else {
        if (size > 0)
            answer = key(r, DOCUMENT_TEXT_KEY, sizeof DOCUMENT_TEXT_KEY - 1);
        if (size > 0 && answer == ERROR_OK)
            answer = text_value(r, text, size);
        if (answer == ERROR_OK)
            answer = r->ask->sink->end(r->ask->sink->context, r->error);
    }
    r->text.size = element->text;
    stop(r, answer);
}

static void on_text(void *context, const char *text, int size)
{
    struct xml_reader *r = context;
    r->moved = true;
    if (r->depth == 0 || r->answer != ERROR_OK)
        return;
    if (!buffer_add(&r->text, text, (size_t)size))
        stop(r, (int)document_too_long(r->ask, XML_GetCurrentLineNumber(r->parser), r->error));
}

static void on_comment(void *context, const char *text)
{
    (void)text;
    ((struct xml_reader *)context)->moved = true;
}

static void on_entity(void *context, const char *name, int parameter, const char *value, int size, const char *base,
                      const char *system, const char *public, const char *notation)
{
    (void)name, (void)parameter, (void)value, (void)size, (void)base, (void)system, (void)public, (void)notation;
    struct xml_reader *r = context;
    if (++r->entities > r->ask->limits->entities_max)
        stop(r, (int)error_code(r->error, ERROR_TOO_LARGE, "too_many_entities",
                                "line %lu: more than %u entities are declared (limit entities_max)",
                                XML_GetCurrentLineNumber(r->parser), r->ask->limits->entities_max));
}

static enum error_class chunk_read(struct xml_reader *r, bool *ret_more)
{
    *ret_more = false;
    size_t size = 0;
    void *chunk = XML_GetBuffer(r->parser, DOCUMENT_CHUNK);
    if (chunk == NULL)
        return error_set(r->error, ERROR_FATAL, "expat has no memory");
    enum error_class class = document_watch(r->ask, r->error);
    if (class == ERROR_OK)
        class = input_read(r->ask->in, chunk, DOCUMENT_CHUNK, &size, r->error);
    if (class != ERROR_OK)
        return class;
    enum XML_Status status = XML_ParseBuffer(r->parser, (int)size, size == 0);
    if (r->answer != ERROR_OK)
        return r->answer == DOCUMENT_ENOUGH ? ERROR_OK : (enum error_class)r->answer;
    if (status != XML_STATUS_OK) {
        enum XML_Error code = XML_GetErrorCode(r->parser);
        if (code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH)
            return error_code(r->error, ERROR_TOO_LARGE, "entities_too_large",
                              "line %lu: the declared entities grow far beyond the document",
                              XML_GetCurrentLineNumber(r->parser));
        r->end->broken = true;
        document_broken(r->end, XML_GetCurrentLineNumber(r->parser), XML_GetCurrentColumnNumber(r->parser) + 1,
                        "no XML: %s", XML_ErrorString(code));
        return ERROR_OK;
    }
    *ret_more = size > 0;
    return ERROR_OK;
}

enum error_class document_read_xml(const struct document_ask *ask, struct document_end *ret_end, struct error *e)
{
    struct error own = ERROR_NONE;
    struct xml_reader r = { .ask = ask, .error = e != NULL ? e : &own, .end = ret_end };
    r.parser = XML_ParserCreate(NULL);
    if (r.parser == NULL)
        return error_set(e, ERROR_FATAL, "expat has no memory");
    buffer_init(&r.text, ask->limits->value_max);
    buffer_init(&r.name, ask->limits->value_max);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetCommentHandler(r.parser, on_comment);
    XML_SetEntityDeclHandler(r.parser, on_entity);
    enum error_class class = ERROR_OK;
    size_t silent = 0;
    for (bool more = true; more && class == ERROR_OK;) {
        class = chunk_read(&r, &more);
        silent = r.moved ? 0 : silent + DOCUMENT_CHUNK;
        r.moved = false;
        if (class == ERROR_OK && more && silent > ask->limits->value_max)
            class = document_too_long(ask, XML_GetCurrentLineNumber(r.parser), r.error);
    }
    XML_ParserFree(r.parser);
    buffer_finish(&r.text);
    buffer_finish(&r.name);
    free(r.elements);
    return class;
}
