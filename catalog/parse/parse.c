/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - opens, looks at the first bytes, hands to the reader of that format, joins what came.
 *
 * Failure modes: a format that is not read is ERROR_INVALID "format_not_read", with what to do instead; everything else
 * is what the readers say, with the file's name before it.
 */
#include "catalog/parse/parse.h"

#include <string.h>

#include "base/mem.h"
#include "catalog/parse/encoding.h"
#include "catalog/parse/parse_part.h"

enum { HEAD_SIZE = 256 * 1024 };

struct parse_limits parse_limits_default(void)
{
    return (struct parse_limits){
        .input = input_limits_default(),
        .ddl_max = (size_t)1 << 30,
        .record_max = csv_limits_default().record_max,
        .members_max = 1000,
    };
}

static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static enum error_class read_head(struct input *in, char *head, size_t *ret_size, struct error *e)
{
    enum error_class class = ERROR_OK;
    size_t got = 1;
    for (*ret_size = 0; class == ERROR_OK && got > 0 && HEAD_SIZE - *ret_size >= 16; *ret_size += got)
        class = input_read(in, head + *ret_size, HEAD_SIZE - *ret_size, &got, e);
    return class == ERROR_OK ? input_rewind(in, e) : class;
}

static enum error_class decode_head(struct input *in, const char *encoding, char *head, size_t *ret_size,
                                    struct error *e)
{
    struct input *decoded;
    enum error_class class = encoding_decode(in, encoding, &decoded, e);
    if (class != ERROR_OK)
        return class;
    class = read_head(decoded, head, ret_size, e);
    input_close(decoded);
    return class;
}

static enum error_class guess(struct input *in, const char *name, enum format *ret_format, struct error *e)
{
    mem_auto char *head = mem_alloc(HEAD_SIZE);
    char encoding_name[ENCODING_NAME_SIZE];
    size_t size;
    enum error_class class = read_head(in, head, &size, e);
    if (class != ERROR_OK)
        return class;
    bool whole = HEAD_SIZE - size >= 16;
    *ret_format = format_guess(head, size, whole, name);
    if (*ret_format != FORMAT_BINARY && *ret_format != FORMAT_UNKNOWN)
        return ERROR_OK;
    /* a text in two bytes a character looks binary */
    const char *encoding = encoding_guess(head, size, whole, encoding_name);
    if (encoding_is_utf8(encoding) || (*ret_format == FORMAT_BINARY && strncmp(encoding, "UTF", 3) != 0))
        return ERROR_OK;
    class = decode_head(in, encoding, head, &size, e);
    if (class == ERROR_OK)
        *ret_format = format_guess(head, size, whole, name);
    return class;
}

static enum error_class read_format(struct parse_work *w, struct input *in, const char *name, enum format format,
                                    struct error *e)
{
    struct parse_part *part = parse_part_add(w, in);
    switch (format) {
    case FORMAT_CSV:
        return parse_csv(w, part, name, 0, e);
    case FORMAT_TSV:
        return parse_csv(w, part, name, '\t', e);
    case FORMAT_DDL:
        return parse_ddl(w, part, name, e);
    default:
        return error_code(e, ERROR_INVALID, "format_not_read", "it can't be read: %s",
                          format_instead(format) != NULL ? format_instead(format) : "its format is not read yet");
    }
}

static enum error_class format_wanted(struct parse_work *w, struct input *in, const char *name, enum format *ret_format,
                                      struct error *e)
{
    const char *wanted = w->options->format;
    if (wanted == NULL)
        return guess(in, name, ret_format, e);
    if (!format_from_name(wanted, ret_format))
        return error_code(e, ERROR_INVALID, "unknown_format", "no format is called %.40s", wanted);
    return ERROR_OK;
}

enum error_class parse_path(struct arena *arena, const char *path, const struct parse_options *options,
                            struct parsed *ret, struct error *e)
{
    struct parse_work w = { .arena = arena, .options = options };
    struct parsed parsed = { 0 };
    struct input *in = NULL;
    enum format format = FORMAT_UNKNOWN;
    w.limits = options->limits != NULL ? *options->limits : parse_limits_default();
    w.last = &w.parts;
    const char *name = file_of(path);
    enum error_class class = input_open(path, &w.limits.input, &in, e);
    if (class != ERROR_OK)
        return class;
    class = format_wanted(&w, in, name, &format, e);
    if (class == ERROR_OK)
        class = read_format(&w, in, name, format, e);
    else
        input_close(in);
    if (class != ERROR_OK) {
        parse_parts_destroy(w.parts);
        json_decref(w.mappings);
        return error_wrap(e, "%s", name);
    }
    parse_parts_join(&w, format_name(format), name, &parsed);
    parsed.mappings = w.mappings;
    parsed.parts = w.parts;
    *ret = parsed;
    return ERROR_OK;
}

void parsed_close(struct parsed *p)
{
    p->parts = parse_parts_destroy(p->parts);
    json_decref(p->mappings);
    p->mappings = NULL;
    p->rows = (struct rows_source){ 0 };
}
