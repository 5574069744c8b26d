/* SPDX-License-Identifier: Apache-2.0 */
/* parse_nested.c - a nested document as a part: as UTF-8 where it is another text, its catalog, its rows. */
#include "base/mem.h"
#include "catalog/parse/input/encoding.h"
#include "catalog/parse/nested/nested.h"
#include "catalog/parse/parse_part.h"

enum { HEAD_SIZE = 64 * 1024 };

struct nested_source {
    const struct parse_options *options;
    struct nested_watch watch;
    struct input *decoded; /* owned; NULL: the part's own is UTF-8 */
    struct rows_source rows;
};

static bool on_cancelled(void *context)
{
    const struct parse_options *o = ((struct nested_source *)context)->options;
    return o->cancelled != NULL && o->cancelled(o->context);
}

static void on_progress(void *context, int percent)
{
    const struct parse_options *o = ((struct nested_source *)context)->options;
    if (o->progress != NULL && percent >= 0)
        o->progress(o->context, percent, "reading the document");
}

static enum error_class source_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                    struct error *e)
{
    struct nested_source *s = self;
    return s->rows.face->read(s->rows.self, ask, sink, context, e);
}

static void source_close(void *self)
{
    struct nested_source *s = self;
    s->rows.face->close(s->rows.self);
    input_close(s->decoded);
}

/* XML says its encoding itself, and YAML may be UTF-16. */
static enum error_class decode(struct parse_part *part, struct nested_source *s, struct error *e)
{
    mem_auto char *head = mem_alloc(HEAD_SIZE);
    char name[ENCODING_NAME_SIZE];
    size_t size = 0;
    enum error_class class = input_read(part->in, head, HEAD_SIZE, &size, e);
    if (class == ERROR_OK)
        class = input_rewind(part->in, e);
    if (class != ERROR_OK)
        return class;
    const char *encoding = encoding_guess(head, size, size < HEAD_SIZE, name);
    return encoding_is_utf8(encoding) ? ERROR_OK : encoding_decode(part->in, encoding, &s->decoded, e);
}

enum error_class parse_nested(struct parse_work *w, struct parse_part *part, const char *name,
                              enum nested_format format, struct error *e)
{
    static const struct rows_face face = { .read = source_read, .close = source_close };
    struct nested_source *s = arena_alloc(w->arena, sizeof *s);
    struct parse_options *options = arena_alloc(w->arena, sizeof *options);
    *options = *w->options;
    s->options = options;
    s->watch = (struct nested_watch){ .cancelled = on_cancelled, .progress = on_progress, .context = s };
    enum error_class class = format == NESTED_XML ? ERROR_OK : decode(part, s, e);
    if (class == ERROR_OK)
        class = nested_parse(w->arena, s->decoded != NULL ? s->decoded : part->in, format, name, NULL, &s->watch,
                             &part->catalog, &s->rows, e);
    if (class != ERROR_OK)
        input_close(s->decoded);
    else
        part->rows = (struct rows_source){ &face, s };
    return class;
}
