/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_ddl.c - an SQL text as a part. It is read as a whole, as UTF-8 whatever it was; its rows, if any, come from a
 * folder of delimited texts (parse_folder.c).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/ddl/ddl.h"
#include "catalog/parse/input/encoding.h"
#include "catalog/parse/parse_folder.h"
#include "catalog/parse/parse_part.h"

enum { STEP = 1 << 20, STEP_MAX = 64 << 20, HEAD_SIZE = 256 * 1024 };

static enum error_class too_large(size_t max, const char *which, struct error *e)
{
    return error_code(e, ERROR_TOO_LARGE, "ddl_too_large",
                      "SQL text of more than %zu MB%s; dump the schema alone, without its rows", max >> 20, which);
}

/* All of it, up to the limit; *ret_text is the caller's to free(). Never much more memory than the text has bytes. */
static enum error_class read_all(struct input *in, size_t max, char **ret_text, size_t *ret_size, struct error *e)
{
    char *text = NULL;
    size_t capacity = 0, size = 0, got = 1;
    while (got > 0) {
        if (capacity - size < STEP) {
            capacity += capacity < STEP ? STEP : capacity < STEP_MAX ? capacity : STEP_MAX;
            text = mem_resize(text, capacity, 1);
        }
        enum error_class class = input_read(in, text + size, capacity - size, &got, e);
        size += got;
        if (class == ERROR_OK && size > max)
            class = too_large(max, "", e);
        if (class != ERROR_OK) {
            free(text);
            return class;
        }
    }
    *ret_text = text;
    *ret_size = size;
    return ERROR_OK;
}

/* Rows of a dump hold bytes of any kind (mysqldump writes BLOBs as they are), so they don't tell its encoding: all else
 * does. A line of rows begins with INSERT, REPLACE or a bracket. */
static bool is_utf8_but_rows(const char *text, size_t size)
{
    for (const char *line = text, *end = text + size; line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t length = feed != NULL ? (size_t)(feed - line) : (size_t)(end - line);
        bool rows = *line == '(' || (length >= 6 && strncasecmp(line, "INSERT", 6) == 0) ||
                    (length >= 7 && strncasecmp(line, "REPLACE", 7) == 0);
        if (!rows && !text_utf8_valid(line, length))
            return false;
        line += length + 1;
    }
    return true;
}

static enum error_class decode(char **text, size_t *size, size_t max, struct error *e)
{
    char name[ENCODING_NAME_SIZE];
    size_t head = *size < HEAD_SIZE ? *size : HEAD_SIZE;
    const char *encoding = encoding_guess(*text, head, head == *size, name);
    bool clean = encoding_is_utf8(encoding);
    if (*size > max / 2 && (!clean || memchr(*text, '\0', *size) != NULL || !text_utf8_valid(*text, *size)))
        return too_large(max / 2, " that is no clean UTF-8", e); /* it takes a second text to read it */
    if (clean || is_utf8_but_rows(*text, *size))
        return ERROR_OK;
    struct input *raw = input_of_memory(*text, *size), *decoded;
    char *utf8 = NULL;
    size_t utf8_size = 0;
    enum error_class class = encoding_decode(raw, encoding, &decoded, e);
    if (class == ERROR_OK) {
        class = read_all(decoded, max, &utf8, &utf8_size, e);
        input_close(decoded);
    }
    input_close(raw);
    if (class != ERROR_OK)
        return class;
    free(*text);
    *text = utf8;
    *size = utf8_size;
    return ERROR_OK;
}

enum error_class parse_ddl_dialect(const char *name, enum ddl_dialect *ret_dialect, struct error *e)
{
    if (name == NULL || ddl_dialect_from_text(name, ret_dialect))
        return ERROR_OK;
    return error_code(e, ERROR_INVALID, "unknown_dialect",
                      "no SQL dialect is called %.40s: it is postgresql, mysql, sqlite, oracle or sqlserver", name);
}

enum error_class parse_ddl_text(struct input *in, size_t max, char **ret_text, size_t *ret_size, struct error *e)
{
    enum error_class class = read_all(in, max, ret_text, ret_size, e);
    if (class != ERROR_OK)
        return class;
    class = decode(ret_text, ret_size, max, e);
    if (class != ERROR_OK)
        free(*ret_text);
    return class;
}

enum error_class parse_ddl(struct parse_work *w, struct parse_part *part, const char *name, struct error *e)
{
    enum ddl_dialect dialect = DDL_GUESS;
    mem_auto char *text = NULL;
    char *got = NULL;
    size_t size = 0;
    enum error_class class = parse_ddl_dialect(w->options->dialect, &dialect, e);
    if (class == ERROR_OK)
        class = parse_ddl_text(part->in, w->limits.ddl_max, &got, &size, e);
    part->in = input_close(part->in);
    if (class != ERROR_OK)
        return class;
    text = got;
    class = ddl_parse(w->arena, text, size, name, dialect, NULL, &part->catalog, e);
    if (class == ERROR_OK && w->options->data_folder != NULL)
        class = parse_folder(w, part, w->options->data_folder, e);
    return class;
}
