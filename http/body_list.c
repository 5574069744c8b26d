/* SPDX-License-Identifier: Apache-2.0 */
/* body_list.c - jansson reads each value; what stands between them is read here. */
#include "http/body_list.h"

#include <string.h>

#include "base/text.h"
#include "http/body.h"

enum { FLAGS = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY };

void body_list_init(struct body_list *list, const char *text, size_t size, const char *member, unsigned depth_max)
{
    *list = (struct body_list){
        .text = text, .size = size, .member = member, .depth_max = depth_max, .head = json_object()
    };
}

void body_list_lines(struct body_list *list, bool headless)
{
    list->lines = list->found = true;
    list->headless = headless;
}

void body_list_finish(struct body_list *list)
{
    json_decref(list->head);
    list->head = NULL;
}

/* ---- places ---- */

static unsigned line_of(const struct body_list *list, size_t at)
{
    unsigned line = 1;
    for (size_t i = 0; i < at && i < list->size; i++)
        line += list->text[i] == '\n';
    return line;
}

static enum error_class refuse(const struct body_list *list, const char *what, struct error *e)
{
    return error_code(e, ERROR_INVALID, "invalid_json", "The body is not valid JSON: line %u: %s.",
                      line_of(list, list->at), what);
}

static enum error_class too_deep(const struct body_list *list, struct error *e)
{
    return error_code(e, ERROR_INVALID, "invalid_json", "The body is nested deeper than %u levels.", list->depth_max);
}

/* The next character that is no white space; '\0' at the end (a NUL is no JSON either). */
static char peek(struct body_list *list)
{
    while (list->at < list->size && strchr(" \t\r\n", list->text[list->at]) && list->text[list->at])
        list->at++;
    return list->at < list->size ? list->text[list->at] : '\0';
}

static bool take(struct body_list *list, char wanted)
{
    bool there = peek(list) == wanted && wanted;
    list->at += there;
    return there;
}

/* ---- JSON ---- */

/* One value; around: how many levels it is inside. */
static enum error_class read_value(struct body_list *list, unsigned around, json_t **ret_value, struct error *e)
{
    json_error_t where;
    size_t from = list->at;
    json_t *value = json_loadb(list->text + from, list->size - from, FLAGS | JSON_DISABLE_EOF_CHECK, &where);
    if (!value)
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is not valid JSON: line %u: %s.",
                          line_of(list, from) + (unsigned)(where.line > 1 ? where.line - 1 : 0), where.text);
    list->at = from + (size_t)where.position;
    if (body_depth(list->text + from, list->at - from) + around > list->depth_max) {
        json_decref(value);
        return too_deep(list, e);
    }
    *ret_value = value;
    return ERROR_OK;
}

/* "name": and what it is, or the beginning of the list. */
static enum error_class read_member(struct body_list *list, struct error *e)
{
    json_auto_t *name = NULL;
    json_t *value;
    if (peek(list) != '"')
        return refuse(list, "a member's name was expected", e);
    if (read_value(list, 1, &name, e) != ERROR_OK)
        return e->class;
    const char *text = json_string_value(name);
    if (!take(list, ':'))
        return refuse(list, "':' was expected", e);
    bool is_list = strcmp(text, list->member) == 0;
    if (json_object_get(list->head, text) || (is_list && list->found))
        return refuse(list, "a member is there twice", e);
    if (is_list && take(list, '[')) {
        list->found = list->first = true;
        list->state = BODY_LIST_ELEMENT;
        return ERROR_OK;
    }
    (void)peek(list);
    if (read_value(list, 1, &value, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(list->head, text, value);
    list->state = BODY_LIST_AFTER_MEMBER;
    return ERROR_OK;
}

/* Goes on until an element was read, or the end. */
static enum error_class step(struct body_list *list, struct body_element *element, struct error *e)
{
    bool first = list->first;
    list->first = false;
    switch (list->state) {
    case BODY_LIST_BEGIN:
        if (!take(list, '{'))
            return error_code(e, ERROR_INVALID, "invalid_json", "The body must be a JSON object.");
        list->first = true;
        list->state = BODY_LIST_MEMBER;
        return ERROR_OK;
    case BODY_LIST_MEMBER:
        if (!first || peek(list) != '}')
            return read_member(list, e);
        list->state = BODY_LIST_AFTER_MEMBER;
        return ERROR_OK;
    case BODY_LIST_AFTER_MEMBER:
        list->state = take(list, ',') ? BODY_LIST_MEMBER : BODY_LIST_END;
        if (list->state == BODY_LIST_END && (!take(list, '}') || peek(list) || list->at < list->size))
            return refuse(list, "',' or the end of the object was expected", e);
        return ERROR_OK;
    case BODY_LIST_ELEMENT:
        if (first && peek(list) == ']') {
            list->state = BODY_LIST_AFTER_ELEMENT;
            return ERROR_OK;
        }
        (void)peek(list);
        if (read_value(list, 2, &element->value, e) != ERROR_OK)
            return e->class;
        list->state = BODY_LIST_AFTER_ELEMENT;
        return ERROR_OK;
    case BODY_LIST_AFTER_ELEMENT:
        list->state = take(list, ',') ? BODY_LIST_ELEMENT : BODY_LIST_AFTER_MEMBER;
        if (list->state == BODY_LIST_AFTER_MEMBER && !take(list, ']'))
            return refuse(list, "',' or the end of the list was expected", e);
        return ERROR_OK;
    case BODY_LIST_END:
        break;
    }
    return ERROR_OK;
}

/* ---- lines ---- */

static bool is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!strchr(" \t\r", text[i]) || !text[i])
            return false;
    return true;
}

/* The next line with something in it; false: there is none. */
static bool next_line(struct body_list *list, const char **ret_text, size_t *ret_size)
{
    while (list->at < list->size) {
        const char *text = list->text + list->at, *end = memchr(text, '\n', list->size - list->at);
        size_t size = end ? (size_t)(end - text) : list->size - list->at;
        list->at += size + (end != NULL);
        list->line++;
        if (is_blank(text, size))
            continue;
        *ret_text = text;
        *ret_size = size;
        return true;
    }
    return false;
}

static enum error_class read_line(const struct body_list *list, const char *text, size_t size, json_t **ret_value,
                                  struct error *e)
{
    json_error_t where;
    if (body_depth(text, size) > list->depth_max)
        return too_deep(list, e);
    *ret_value = json_loadb(text, size, FLAGS, &where);
    if (*ret_value)
        return ERROR_OK;
    return error_code(e, ERROR_INVALID, "invalid_json", "Line %u is not valid JSON: column %d: %s.", list->line,
                      where.column, where.text);
}

static enum error_class read_head(struct body_list *list, struct error *e)
{
    const char *text;
    size_t size;
    json_t *head;
    if (!next_line(list, &text, &size))
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is empty: send a JSON value a line.");
    if (read_line(list, text, size, &head, e) != ERROR_OK)
        return e->class;
    json_decref(list->head);
    list->head = head;
    if (json_is_object(head) && !json_object_get(head, list->member))
        return ERROR_OK;
    return error_code(e, ERROR_INVALID, "invalid_json",
                      "Line %u must be a JSON object that says what the lines below belong to, without \"%s\".",
                      list->line, list->member);
}

static enum error_class next_of_lines(struct body_list *list, struct body_element *element, struct error *e)
{
    const char *text;
    size_t size;
    if (list->state == BODY_LIST_BEGIN && !list->headless && read_head(list, e) != ERROR_OK)
        return e->class;
    list->state = BODY_LIST_ELEMENT;
    if (next_line(list, &text, &size)) {
        element->line = list->line;
        return read_line(list, text, size, &element->value, e);
    }
    list->state = BODY_LIST_END;
    return ERROR_OK;
}

enum error_class body_list_next(struct body_list *list, struct body_element *ret_element, struct error *e)
{
    enum error_class class = ERROR_OK;
    *ret_element = (struct body_element){ 0 };
    /* jansson passes over one behind a number, and is then wrong about where it stands. */
    if (list->state == BODY_LIST_BEGIN && memchr(list->text, '\0', list->size))
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is not valid JSON: it holds a NUL byte.");
    if (list->lines)
        class = next_of_lines(list, ret_element, e);
    while (!list->lines && class == ERROR_OK && !ret_element->value && list->state != BODY_LIST_END)
        class = step(list, ret_element, e);
    list->count += ret_element->value != NULL;
    return class;
}
