/* SPDX-License-Identifier: Apache-2.0 */
/* parse_schema.c - a schema file as a part: read as a whole, as UTF-8; it has no rows. */
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/input/encoding.h"
#include "catalog/parse/parse_part.h"

enum { STEP = 256 * 1024 };

/* *ret_text is the caller's to free(). */
static enum error_class read_all(struct input *in, char **ret_text, size_t *ret_size, struct error *e)
{
    char *text = NULL;
    size_t capacity = 0, size = 0, got = 1;
    enum error_class class = ERROR_OK;
    while (class == ERROR_OK && got > 0 && size <= SCHEMA_FILE_MAX) {
        text = mem_grow(text, &capacity, size + STEP, 1);
        class = input_read(in, text + size, STEP, &got, e);
        size += got;
    }
    if (class == ERROR_OK && size > SCHEMA_FILE_MAX)
        class =
            error_code(e, ERROR_TOO_LARGE, "schema_too_large", "a schema of more than %d MB", SCHEMA_FILE_MAX >> 20);
    if (class != ERROR_OK) {
        free(text);
        return class;
    }
    *ret_text = text;
    *ret_size = size;
    return ERROR_OK;
}

/* XML says its encoding itself. */
static enum error_class read_text(struct input *in, bool xml, char **ret_text, size_t *ret_size, struct error *e)
{
    char name[ENCODING_NAME_SIZE];
    enum error_class class = read_all(in, ret_text, ret_size, e);
    if (class != ERROR_OK || xml)
        return class;
    const char *encoding = encoding_guess(*ret_text, *ret_size, true, name);
    if (encoding_is_utf8(encoding))
        return ERROR_OK;
    struct input *decoded = NULL, *raw = input_of_memory(*ret_text, *ret_size);
    char *text = NULL;
    class = encoding_decode(raw, encoding, &decoded, e);
    if (class == ERROR_OK)
        class = read_all(decoded, &text, ret_size, e);
    if (decoded != NULL)
        input_close(decoded);
    input_close(raw);
    free(*ret_text);
    *ret_text = text;
    return class;
}

enum error_class parse_schema(struct parse_work *w, struct parse_part *part, const char *name,
                              enum schema_format format, struct error *e)
{
    char *text = NULL;
    size_t size = 0;
    enum error_class class = read_text(part->in, format == SCHEMA_XSD, &text, &size, e);
    if (class == ERROR_OK)
        class = schema_file_parse(w->arena, text, size, format, name, &part->catalog, e);
    free(text);
    return class;
}
