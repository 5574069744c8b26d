/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_body_list.c - a body read element by element is what the same body is when it is read whole: taken or refused,
 * with the same members. The first byte says whether it is JSON, lines, or lines without a head.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words json */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/body.h"
#include "http/body_list.h"

enum { DEPTH = 6 };

/* Into one array; NULL: refused. */
static json_t *read_all(struct body_list *list)
{
    json_t *all = json_array();
    struct body_element element;
    struct error e = ERROR_NONE;
    enum error_class class;
    while ((class = body_list_next(list, &element, &e)) == ERROR_OK && element.value) {
        assert((element.line > 0) == list->lines && list->at <= list->size);
        (void)json_array_append_new(all, element.value);
    }
    assert((class == ERROR_OK) == (e.class == ERROR_OK) && json_array_size(all) == list->count);
    if (class == ERROR_OK)
        return all;
    assert(strcmp(e.code, "invalid_json") == 0 && e.message[0]);
    json_decref(all);
    return NULL;
}

static void whole_is_the_same(struct body_list *list, json_t *all)
{
    json_t *body = NULL;
    struct error e = ERROR_NONE;
    enum error_class class = body_parse(list->text, list->size, DEPTH, &body, &e);
    assert(memchr(list->text, 0, list->size) ? !all : (class == ERROR_OK) == (all != NULL));
    if (!all) {
        json_decref(body);
        return;
    }
    json_t *jobs = json_object_get(body, "jobs");
    assert(list->found == json_is_array(jobs));
    if (list->found) {
        assert(json_equal(jobs, all));
        (void)json_object_del(body, "jobs");
    }
    assert(json_equal(body, list->head));
    json_decref(body);
}

/* Each line that is not blank, one after the other. */
static void lines_are_the_same(const struct body_list *list, json_t *all)
{
    size_t count = 0;
    bool head = !list->headless;
    const char *at = list->text, *end = list->text + list->size;
    while (all && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = stop ? (size_t)(stop - at) : (size_t)(end - at);
        json_auto_t *value = json_loadb(at, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        at += size + (stop != NULL);
        if (!value)
            continue;
        assert(json_equal(value, head ? list->head : json_array_get(all, count)));
        count += !head;
        head = false;
    }
    assert(!all || count == json_array_size(all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct body_list list;
    if (size == 0)
        return 0;
    body_list_init(&list, (const char *)data + 1, size - 1, "jobs", DEPTH);
    if (data[0] % 3 > 0)
        body_list_lines(&list, data[0] % 3 == 2);
    json_t *all = read_all(&list);
    if (list.lines)
        lines_are_the_same(&list, all);
    else
        whole_is_the_same(&list, all);
    json_decref(all);
    body_list_finish(&list);
    return 0;
}
