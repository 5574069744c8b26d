/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_discover.c - any file through the whole of discovery: profiles, personal data, quality, relationships, graph.
 * One error with a reason; or JSON that is the same twice, and pictures that are well formed.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words csv json xml sql values */

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

#include "jobs/discovery/discover.h"
#include "tests/support/parse_fuzz.h"

enum { INPUT_MAX = 16 * 1024, ARENA_MAX = 128 << 20, TEXT_MAX = 32 << 20 };

static void picture(const struct graph *g)
{
    struct buffer b;
    buffer_init(&b, TEXT_MAX);
    graph_write_svg(g, &b);
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!b.overflow && XML_Parse(parser, b.data, (int)b.size, XML_TRUE) != XML_STATUS_OK) {
        (void)fprintf(stderr, "%s\n%s\n", XML_ErrorString(XML_GetErrorCode(parser)), buffer_view(&b));
        abort();
    }
    XML_ParserFree(parser);
    buffer_clear(&b);
    graph_write_dot(g, &b);
    buffer_clear(&b);
    graph_write_mermaid(g, &b);
    buffer_finish(&b);
}

static void once(const char *path, struct buffer *ret_text)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct discover_options options = { 0 };
    struct discovered found = { 0 };
    struct error e = ERROR_NONE;
    buffer_init(ret_text, TEXT_MAX);
    if (discover_source(arena, path, &options, &found, &e) == ERROR_OK) {
        discovered_write(&found, ret_text);
        json_t *json = ret_text->overflow ? NULL : json_loadb(ret_text->data, ret_text->size, 0, NULL);
        if (!ret_text->overflow && json == NULL)
            abort();
        json_decref(json);
        json_decref(discovered_summary(&found));
        parse_fuzz_reads_back(arena, found.catalog);
        if (found.graph != NULL)
            picture(found.graph);
    } else if (*e.message == '\0') {
        abort();
    }
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer first, second;
    if (size > INPUT_MAX)
        return 0;
    const char *path = parse_fuzz_file(data, size);
    once(path, &first);
    once(path, &second);
    if (first.size != second.size || (first.size > 0 && memcmp(first.data, second.data, first.size) != 0)) {
        (void)fprintf(stderr, "%s\n%s\n", buffer_view(&first), buffer_view(&second));
        abort();
    }
    buffer_finish(&first);
    buffer_finish(&second);
    return 0;
}
