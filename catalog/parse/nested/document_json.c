/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_json.c - JSON and NDJSON by yajl, a chunk at a time.
 *
 * JSON: values one after the other are all read, so NDJSON under the wrong name is, too. NDJSON: a line that is no
 * JSON, or whose value does not end on it, is left out and the next one is read. Text that is no UTF-8 passes through:
 * whoever shows it cleans it. yajl keeps a value that spans chunks in memory, hence the count of bytes that brought
 * nothing.
 */
#include "catalog/parse/nested/document.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/mem.h"

struct json_reader {
    const struct document_ask *ask;
    struct error *error;
    int answer; /* of the sink, once it is not ERROR_OK */
    unsigned depth;
    bool moved;     /* something was called since the last look */
    uint64_t line;  /* of the first byte of `chunk` */
    size_t line_at; /* bytes since that line began */
};

static int tell(struct json_reader *r, int answer)
{
    r->moved = true;
    if (answer != ERROR_OK)
        r->answer = answer;
    return answer == ERROR_OK;
}

static int on_null(void *context)
{
    struct json_reader *r = context;
    return tell(r, r->ask->sink->scalar(r->ask->sink->context, DOCUMENT_NULL, "", 0, r->error));
}

static int on_boolean(void *context, int value)
{
    struct json_reader *r = context;
    return tell(r, r->ask->sink->scalar(r->ask->sink->context, DOCUMENT_BOOLEAN, value ? "true" : "false",
                                        value ? 4 : 5, r->error));
}

static int on_number(void *context, const char *text, size_t size)
{
    struct json_reader *r = context;
    return tell(r, r->ask->sink->scalar(r->ask->sink->context, DOCUMENT_NUMBER, text, size, r->error));
}

static int on_string(void *context, const unsigned char *text, size_t size)
{
    struct json_reader *r = context;
    return tell(r, r->ask->sink->scalar(r->ask->sink->context, DOCUMENT_STRING, (const char *)text, size, r->error));
}

static int on_key(void *context, const unsigned char *text, size_t size)
{
    struct json_reader *r = context;
    return tell(r, r->ask->sink->key(r->ask->sink->context, (const char *)text, size, false, r->error));
}

static int on_begin(struct json_reader *r, int (*begin)(void *, struct error *))
{
    if (++r->depth > r->ask->limits->depth_max)
        return tell(r, (int)document_too_deep(r->ask, r->line, r->error));
    return tell(r, begin(r->ask->sink->context, r->error));
}

static int on_object(void *context)
{
    struct json_reader *r = context;
    return on_begin(r, r->ask->sink->object);
}

static int on_list(void *context)
{
    struct json_reader *r = context;
    return on_begin(r, r->ask->sink->list);
}

static int on_end(void *context)
{
    struct json_reader *r = context;
    r->depth--;
    return tell(r, r->ask->sink->end(r->ask->sink->context, r->error));
}

/* yajl does not look whether it got memory. */
static void *on_alloc(void *context, size_t size)
{
    (void)context;
    return mem_alloc(size);
}

static void *on_resize(void *context, void *old, size_t size)
{
    (void)context;
    return mem_resize(old, size, 1);
}

static void on_free(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static yajl_handle handle_new(struct json_reader *r)
{
    static const yajl_callbacks callbacks = { on_null,   on_boolean, NULL,   NULL,    on_number, on_string,
                                              on_object, on_key,     on_end, on_list, on_end };
    static yajl_alloc_funcs memory = { on_alloc, on_resize, on_free, NULL };
    yajl_handle handle = yajl_alloc(&callbacks, &memory, r);
    assert(handle != NULL);
    yajl_config(handle, yajl_allow_comments, 1);
    yajl_config(handle, yajl_dont_validate_strings, 1);
    yajl_config(handle, yajl_allow_multiple_values, 1);
    r->depth = 0;
    return handle;
}

/* Moves line and line_at over bytes. */
static void count_lines(struct json_reader *r, const unsigned char *bytes, size_t size)
{
    const unsigned char *end = bytes + size, *line = bytes;
    for (const unsigned char *nl; (nl = memchr(line, '\n', (size_t)(end - line))) != NULL; line = nl + 1) {
        r->line++;
        r->line_at = 0;
    }
    r->line_at += (size_t)(end - line);
}

/* What yajl did not like, at the place where it stopped in `bytes`. */
static void say_broken(struct json_reader *r, yajl_handle handle, const unsigned char *bytes, size_t size,
                       struct document_end *end)
{
    size_t used = size > 0 ? yajl_get_bytes_consumed(handle) : 0;
    uint64_t line = r->line;
    size_t line_at = r->line_at;
    count_lines(r, bytes, used <= size ? used : size);
    unsigned char *words = yajl_get_error(handle, 0, NULL, 0);
    document_broken(end, r->line, r->line_at + 1, "no JSON: %s", words != NULL ? (const char *)words : "?");
    if (words != NULL)
        yajl_free_error(handle, words);
    r->line = line;
    r->line_at = line_at;
}

/* A chunk of one text. false: it ends here, by r->answer or broken. */
static bool feed(struct json_reader *r, yajl_handle handle, const unsigned char *bytes, size_t size,
                 struct document_end *end)
{
    yajl_status status = size > 0 ? yajl_parse(handle, bytes, size) : yajl_complete_parse(handle);
    if (status == yajl_status_ok) {
        count_lines(r, bytes, size);
        return true;
    }
    if (r->answer == ERROR_OK) {
        say_broken(r, handle, bytes, size, end);
        end->broken = true;
    }
    return false;
}

/* The same for lines: what is wrong costs its line only. */
static bool feed_lines(struct json_reader *r, yajl_handle *handle, const unsigned char *bytes, size_t size,
                       bool *skipping, struct document_end *end)
{
    const unsigned char *stop = bytes + size;
    while (bytes < stop || size == 0) {
        const unsigned char *nl = size > 0 ? memchr(bytes, '\n', (size_t)(stop - bytes)) : NULL;
        size_t part = nl != NULL ? (size_t)(nl - bytes) + 1 : (size_t)(stop - bytes);
        bool wrong = false;
        if (!*skipping) {
            yajl_status status = part > 0 ? yajl_parse(*handle, bytes, part) : yajl_complete_parse(*handle);
            if (r->answer != ERROR_OK)
                return false;
            if (status != yajl_status_ok)
                say_broken(r, *handle, bytes, part, end);
            else if (r->depth > 0 && nl != NULL)
                document_broken(end, r->line, r->line_at + part, "the value does not end on its line");
            wrong = status != yajl_status_ok || (r->depth > 0 && nl != NULL);
        }
        if (wrong) {
            end->lines_wrong++;
            r->ask->sink->abandon(r->ask->sink->context);
            yajl_free(*handle);
            *handle = handle_new(r);
        }
        *skipping = nl == NULL && (wrong || *skipping);
        count_lines(r, bytes, part);
        bytes += part;
        if (size == 0)
            return true;
    }
    return true;
}

static enum error_class head_check(const unsigned char *bytes, size_t size, size_t *ret_skip, struct error *e)
{
    *ret_skip = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0 || bytes[0] == '\0' ||
                      bytes[1] == '\0'))
        return error_code(e, ERROR_INVALID, "wrong_encoding", "the text is UTF-16 or UTF-32: convert it to UTF-8");
    return ERROR_OK;
}

static enum error_class read_all(struct json_reader *r, yajl_handle *handle, bool lines, unsigned char *chunk,
                                 struct document_end *end)
{
    size_t silent = 0, size = 0;
    bool skipping = false, first = true;
    do {
        enum error_class class = document_watch(r->ask, r->error);
        if (class == ERROR_OK)
            class = input_read(r->ask->in, chunk, DOCUMENT_CHUNK, &size, r->error);
        size_t skip = 0;
        if (class == ERROR_OK && first)
            class = head_check(chunk, size, &skip, r->error);
        if (class != ERROR_OK)
            return class;
        first = false;
        if (skip == size && size > 0)
            continue;
        bool more = lines ? feed_lines(r, handle, chunk + skip, size - skip, &skipping, end)
                          : feed(r, *handle, chunk + skip, size - skip, end);
        if (!more)
            break;
        silent = r->moved ? 0 : silent + size;
        r->moved = false;
        if (silent > r->ask->limits->value_max && !skipping)
            return document_too_long(r->ask, r->line, r->error);
    } while (size > 0);
    return ERROR_OK;
}

enum error_class document_read_json(const struct document_ask *ask, bool lines, struct document_end *ret_end,
                                    struct error *e)
{
    struct error own = ERROR_NONE; /* so that the callbacks always have one */
    struct json_reader r = { .ask = ask, .error = e != NULL ? e : &own, .line = 1 };
    yajl_handle handle = handle_new(&r);
    mem_auto unsigned char *chunk = mem_alloc(DOCUMENT_CHUNK);
    enum error_class class = read_all(&r, &handle, lines, chunk, ret_end);
    yajl_free(handle);
    if (class == ERROR_OK && r.answer != ERROR_OK && r.answer != DOCUMENT_ENOUGH)
        class = (enum error_class)r.answer;
    return class;
}
