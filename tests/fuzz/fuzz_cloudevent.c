/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cloudevent.c - a message of the submit topic: headers as lines "name: value", an empty line, the value.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words json */

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "gateway/cloudevent.h"

struct headers {
    const char *at, *end;
};

static const char *header(void *arg, const char *name, size_t *ret_size)
{
    const struct headers *h = arg;
    size_t length = strlen(name);
    for (const char *line = h->at; line < h->end;) {
        const char *stop = memchr(line, '\n', (size_t)(h->end - line));
        if (!stop)
            stop = h->end;
        if ((size_t)(stop - line) >= length + 2 && memcmp(line, name, length) == 0 && line[length] == ':') {
            *ret_size = (size_t)(stop - line) - length - 2;
            return line + length + 2;
        }
        line = stop + 1;
    }
    *ret_size = 0;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *split = NULL;
    struct cloudevent event, again;
    struct error e = ERROR_NONE;
    for (size_t i = 0; i + 1 < size && !split; i++)
        if (text[i] == '\n' && text[i + 1] == '\n')
            split = text + i;
    struct headers headers = { text, split ? split : text };
    const char *value = split ? split + 2 : text;
    const struct cloudevent_input input = {
        .value = value, .size = (size_t)(text + size - value), .arg = &headers, .header = header
    };
    if (cloudevent_parse(&input, &event, &e) != ERROR_OK) {
        assert(strcmp(e.code, "not_a_cloudevent") == 0 && text_utf8_valid(e.message, strlen(e.message)));
        return 0;
    }
    assert(json_is_object(event.data) && event.id[0] && event.source[0] && event.type[0]);
    assert(text_utf8_valid(event.id, strlen(event.id)) && text_utf8_valid(event.type, strlen(event.type)));
    assert(strlen(event.key) < CLOUDEVENT_KEY_SIZE && strlen(event.key) > 60);
    assert(cloudevent_parse(&input, &again, &e) == ERROR_OK && strcmp(event.key, again.key) == 0);
    cloudevent_finish(&again);
    cloudevent_finish(&event);
    return 0;
}
