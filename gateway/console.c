/* SPDX-License-Identifier: Apache-2.0 */
/* console.c - the web console's files, compiled in from gateway/console/. They hold nothing secret: what they show is
 * asked for by the page. */
#include <string.h>

#include "base/text.h"
#include "gateway/files.h"
#include "gateway/inside.h"

static const struct {
    const char *suffix, *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".svg", "image/svg+xml" },
};

void console_on_file(void *arg, struct request *r)
{
    (void)arg;
    const char *path = request_path(r);
    const char *name = strcmp(path, "/") == 0 ? "index.html" : path + 1;
    const struct embed_file *file = embed_find(embed_console, embed_console_count, name);
    for (size_t i = 0; file && i < sizeof types / sizeof types[0]; i++)
        if (text_ends(name, types[i].suffix)) {
            reply_file(r, file, types[i].type);
            return;
        }
    reply_problem(r, 404, "not_found", "There is nothing at this address.", NULL);
}
