/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway_reference.c - docs/reference/api.md lists exactly the routes that are served. When it fails it prints the
 * lines that the page must hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "gateway/gateway.h"
#include "notifier/notifier.h"

enum { PAGE_MAX = 1 << 20 };

static void read_page(struct buffer *page)
{
    char path[1024], piece[4096];
    const char *source = getenv("ARGOSY_SOURCE");
    snprintf(path, sizeof path, "%s/docs/reference/api.md", source ? source : ".");
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    buffer_init(page, PAGE_MAX);
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_add(page, piece, size);
    fclose(file);
}

static void add_lines(struct buffer *lines, struct route_table table)
{
    for (unsigned i = 0; i < table.count; i++) {
        const struct route *route = &table.routes[i];
        char line[512];
        snprintf(line, sizeof line, "| `%s` | `%s` | %s | %s |\n", route->method, route->pattern,
                 route->flags & ROUTE_PUBLIC ? "–" : "key", route->about);
        if (strstr(buffer_view(lines), line))
            continue; /* both answer it */
        buffer_text(lines, line);
    }
}

static void the_page_lists_what_is_served(void **state)
{
    (void)state;
    struct buffer page, lines;
    read_page(&page);
    buffer_init(&lines, PAGE_MAX);
    add_lines(&lines, gateway_routes());
    add_lines(&lines, notifier_routes());
    if (!strstr(page.data, lines.data)) {
        fprintf(stderr, "docs/reference/api.md must hold these lines in a row:\n%s", lines.data);
        fail();
    }
    buffer_finish(&page);
    buffer_finish(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_page_lists_what_is_served) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
