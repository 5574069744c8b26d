/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - opens, looks at the first bytes, hands to the reader of that format, joins what came.
 *
 * Failure modes: a format that is not read is ERROR_INVALID "format_not_read", with what to do instead; everything else
 * is what the readers say, with the file's name before it.
 */
#include "catalog/parse/parse.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "catalog/parse/input/encoding.h"
#include "catalog/parse/input/input_private.h"
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

static const char *file_of(struct arena *arena, const char *path)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') /* of a folder */
        size--;
    const char *slash = memrchr(path, '/', size);
    return slash != NULL && slash + 1 < path + size ? arena_text_n(arena, slash + 1, (size_t)(path + size - slash - 1))
                                                    : arena_text_n(arena, path, size);
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

static enum error_class read_format(struct parse_work *w, const struct source *s, struct input *in, enum format format,
                                    unsigned depth, struct error *e)
{
    if (format == FORMAT_ZIP || format == FORMAT_TAR) {
        input_close(in);
        return parse_archive(w, s, depth, e);
    }
    if (format == FORMAT_XLSX) {
        input_close(in);
        return parse_xlsx(w, s, e);
    }
    if (format == FORMAT_DDL && depth > 0)
        return parse_scripts_take(w, in, s->name, e);
    struct parse_part *part = parse_part_add(w, in);
    switch (format) {
    case FORMAT_CSV:
        return parse_csv(w, part, s->name, 0, e);
    case FORMAT_TSV:
        return parse_csv(w, part, s->name, '\t', e);
    case FORMAT_DDL:
        return parse_ddl(w, part, s->name, e);
    case FORMAT_JSON:
        return parse_nested(w, part, s->name, NESTED_JSON, e);
    case FORMAT_NDJSON:
        return parse_nested(w, part, s->name, NESTED_NDJSON, e);
    case FORMAT_YAML:
        return parse_nested(w, part, s->name, NESTED_YAML, e);
    case FORMAT_XML:
        return parse_nested(w, part, s->name, NESTED_XML, e);
    case FORMAT_JSON_SCHEMA:
        return parse_schema(w, part, s->name, SCHEMA_JSON, e);
    case FORMAT_OPENAPI:
        return parse_schema(w, part, s->name, SCHEMA_OPENAPI, e);
    case FORMAT_XSD:
        return parse_schema(w, part, s->name, SCHEMA_XSD, e);
    default:
        return error_code(e, ERROR_INVALID, "format_not_read", "it can't be read: %s",
                          format_instead(format) != NULL ? format_instead(format) : "its format is not read yet");
    }
}

static enum error_class format_wanted(struct parse_work *w, struct input *in, const char *name, unsigned depth,
                                      enum format *ret_format, struct error *e)
{
    const char *wanted = w->options->format;
    if (wanted == NULL || depth > 0)
        return guess(in, name, ret_format, e);
    if (!format_from_name(wanted, ret_format))
        return error_code(e, ERROR_INVALID, "unknown_format",
                          "no format is called %.40s: it is ddl, csv, tsv, json, ndjson, json-schema, openapi, xml, "
                          "xsd, yaml, xlsx, zip or tar",
                          wanted);
    return ERROR_OK;
}

/* A member of an archive may be packed by itself; files are opened so already. */
static enum error_class unpack(struct parse_work *w, const struct source **s, struct input **in, struct error *e)
{
    char magic[INPUT_MAGIC_SIZE];
    size_t got;
    enum error_class class = input_read(*in, magic, sizeof magic, &got, e);
    if (class == ERROR_OK)
        class = input_rewind(*in, e);
    if (class != ERROR_OK || !input_is_packed(magic, got))
        return class;
    struct source *packed = arena_alloc(w->arena, sizeof *packed);
    *packed = **s;
    packed->packed = true;
    *s = packed;
    *in = input_close(*in);
    return source_open(packed, in, e);
}

enum error_class parse_source(struct parse_work *w, const struct source *s, struct input *in, unsigned depth,
                              struct error *e)
{
    enum format format = FORMAT_UNKNOWN;
    struct parse_part **last = w->last;
    enum error_class class = depth > 0 ? unpack(w, &s, &in, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = format_wanted(w, in, s->name, depth, &format, e);
    if (class != ERROR_OK) {
        input_close(in);
        return class;
    }
    if (depth == 0)
        w->format = format;
    class = read_format(w, s, in, format, depth, e);
    if (class == ERROR_OK && *last != NULL && (format == FORMAT_CSV || format == FORMAT_TSV))
        class = parse_mapping(w, *last, e);
    if (class != ERROR_OK && format != FORMAT_ZIP && format != FORMAT_TAR) {
        *last = parse_parts_destroy(*last); /* the part that failed */
        w->last = last;
    } else if (class == ERROR_OK && *last != NULL) {
        source_forget((*last)->in);
    }
    return class;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum error_class parse_path(struct arena *arena, const char *path, const struct parse_options *options,
                            struct parsed *ret, struct error *e)
{
    struct parse_work w = { .arena = arena, .options = options };
    struct parsed parsed = { 0 };
    struct input *in = NULL;
    const char *name = catalog_clean_text(arena, file_of(arena, options->name != NULL ? options->name : path));
    w.limits = options->limits != NULL ? *options->limits : parse_limits_default();
    w.last = &w.parts;
    w.about = catalog_create(arena, "archive", name);
    struct source *s = arena_alloc(arena, sizeof *s);
    *s = (struct source){ .path = arena_text(arena, path), .name = name, .limits = w.limits.input };
    bool folder = is_folder(path);
    enum error_class class = folder ? ERROR_OK : source_open(s, &in, e);
    if (class != ERROR_OK)
        return class;
    class = folder ? parse_directory(&w, s->path, e) : parse_source(&w, s, in, 0, e);
    if (class == ERROR_OK && w.scripts != NULL)
        class = parse_scripts(&w, e);
    parse_scripts_finish(&w);
    if (class == ERROR_OK && w.parts == NULL)
        class = error_code(e, ERROR_INVALID, "nothing_to_read", "no %s of it can be read%s%s",
                           w.format == FORMAT_FOLDER ? "file" : "member", w.about->diagnostic_count > 0 ? ": " : "",
                           w.about->diagnostic_count > 0 ? w.about->diagnostics[0].message : "");
    if (class != ERROR_OK) {
        parse_parts_destroy(w.parts);
        json_decref(w.mappings);
        return error_wrap(e, "%s", name);
    }
    parse_parts_join(&w, name, &parsed);
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
