/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.c - the loop over pages. A page of a rare filter may be short, even empty, though others follow: the loop goes
 * on for what is still wanted, but looks at a bounded number of pages, since behind each the record has read many rows.
 */
#include "cli/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/api.h"

enum { PAGE_ROWS = 500, ROWS_USUAL = 50, ROWS_MAX = 100000, PAGES_SHORT_MAX = 20, PATH_MAX_SIZE = 8192 };

/* The path of the page behind `cursor` (NULL: the first); free(). */
static enum error_class page_path(const struct context *context, const struct list *list, const char *cursor,
                                  int64_t rows, char **ret_path, struct error *e)
{
    struct buffer path;
    char limit[24];
    buffer_init(&path, PATH_MAX_SIZE);
    (void)buffer_text(&path, list->path);
    for (const char *const *name = list->filters; name != NULL && *name != NULL; name++)
        api_parameter(&path, *name, command_option(context, *name));
    (void)snprintf(limit, sizeof limit, "%lld", (long long)rows);
    api_parameter(&path, "limit", limit);
    api_parameter(&path, "cursor", cursor);
    bool long_one = path.overflow;
    *ret_path = buffer_take(&path);
    return long_one ? error_code(e, ERROR_INVALID, "usage", "the filters are longer than a request can be") : ERROR_OK;
}

/* Adds pages to `rows` until there are `wanted` or no more. *ret_next: where the next begins, NULL: nowhere; free(). */
static enum error_class collect(const struct context *context, const struct list *list, struct api *api, int64_t wanted,
                                json_t *rows, char **ret_next, struct error *e)
{
    const char *given = list->whole ? NULL : command_option(context, "cursor");
    char *cursor = given != NULL ? mem_text(given) : NULL;
    unsigned pages_short = 0;
    for (;;) {
        json_auto_t *answer = NULL;
        int64_t ask = wanted - (int64_t)json_array_size(rows);
        ask = ask < PAGE_ROWS ? ask : PAGE_ROWS;
        mem_auto char *path = NULL;
        enum error_class class = page_path(context, list, cursor, ask, &path, e);
        free(cursor);
        cursor = NULL;
        if (class != ERROR_OK || http_client_call(api->client, "GET", path, NULL, NULL, &answer, e) != ERROR_OK)
            return e->class;
        const json_t *page = json_object_get(answer, list->member);
        const char *next = json_string_value(json_object_get(answer, "next"));
        (void)json_array_extend(rows, (json_t *)(uintptr_t)page);
        pages_short += (int64_t)json_array_size(page) < ask;
        cursor = next != NULL ? mem_text(next) : NULL;
        if (cursor == NULL || (int64_t)json_array_size(rows) >= wanted ||
            (!list->whole && pages_short > PAGES_SHORT_MAX))
            break;
    }
    *ret_next = cursor;
    return ERROR_OK;
}

enum error_class list_show(struct context *context, const struct list *list, struct error *e)
{
    struct api api;
    json_auto_t *rows = json_array();
    char *next = NULL;
    int64_t wanted = INT64_MAX;
    if ((!list->whole && command_number(context, "limit", 1, ROWS_MAX, ROWS_USUAL, &wanted, e) != ERROR_OK) ||
        api_open(context, &api, e) != ERROR_OK)
        return e->class;
    enum error_class class = collect(context, list, &api, wanted, rows, &next, e);
    api_close(&api);
    if (class == ERROR_OK && context->json) {
        json_auto_t *all = json_pack("{s:O, s:s?}", list->member, rows, "next", next);
        print_json(all);
    } else if (class == ERROR_OK) {
        print_table(rows, list->columns, list->empty);
        mem_auto char *clean = next != NULL ? print_clean(next) : NULL;
        (void)fflush(stdout); /* below the table, also where both streams go into one file */
        if (clean != NULL)
            (void)fprintf(stderr, "There are more: --cursor %s\n", clean);
    }
    free(next);
    return class;
}
