/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body_list.h - a body that holds a long list, read one element at a time, so that a loop may do something else between
 * two of them. Pure.
 *
 *   JSON     {"name": "a", "jobs": [ELEMENT, ELEMENT], "queue": "q"}     the members around the list are the head
 *   NDJSON   {"name": "a", "queue": "q"}                                 the head is the first line, unless headless
 *            ELEMENT                                                     then an element a line; empty lines are none
 *
 * The text is the caller's and stays until the end. What was read may be good and the rest bad: nothing of a list is to
 * be kept before its end was seen.
 */
#ifndef HTTP_BODY_LIST_H
#define HTTP_BODY_LIST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct body_list {
    const char *text, *member; /* which of the members is the list; a constant */
    size_t size, at;
    unsigned depth_max;
    bool lines, headless;
    bool found;     /* there is a list; lines: always */
    json_t *head;   /* an object, whole at the end */
    unsigned count; /* elements so far */
    unsigned line;  /* lines: read so far */
    enum body_list_state {
        BODY_LIST_BEGIN,
        BODY_LIST_MEMBER,
        BODY_LIST_AFTER_MEMBER,
        BODY_LIST_ELEMENT,
        BODY_LIST_AFTER_ELEMENT,
        BODY_LIST_END
    } state;    /* what is expected */
    bool first; /* of the members, or of the elements: nothing may be there instead */
};

struct body_element {
    json_t *value; /* json_decref() it; NULL: there is no more */
    unsigned line; /* lines: where it stands, from 1; else 0 */
};

void body_list_init(struct body_list *list, const char *text, size_t size, const char *member, unsigned depth_max);
void body_list_lines(struct body_list *list, bool headless); /* after init: it is NDJSON */
void body_list_finish(struct body_list *list);

/* ERROR_INVALID "invalid_json" says where; then there is nothing more to ask for. */
enum error_class body_list_next(struct body_list *list, struct body_element *ret_element, struct error *e);

#endif
