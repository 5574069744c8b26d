/* SPDX-License-Identifier: Apache-2.0 */
/* schema_tree.c - the sink that keeps a document. Members of large objects are found by hash. */
#include "catalog/parse/schema/schema_tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/nested/outline.h"

enum { DEPTH_MAX = 500, VALUE_MAX = 1 << 20, ALIASES_MAX = 500000, INDEX_FROM = 16 };

struct keeping {
    struct arena *arena;
    struct schema_tree *root;
    struct schema_tree **open;
    size_t depth, capacity, nodes;
    const char *name; /* of the value that comes */
    bool xml;
};

static const char *keep_text(struct keeping *k, const char *text, size_t size)
{
    char *copy = arena_text_n(k->arena, text, size);
    for (size_t i = 0; i < size; i++)
        if (copy[i] == '\0')
            copy[i] = '?';
    return text_utf8_valid(copy, size) ? copy : catalog_clean_text(k->arena, copy);
}

static struct schema_tree *keep(struct keeping *k, enum schema_tree_what what, struct error *e)
{
    if (++k->nodes > SCHEMA_NODES_MAX || arena_room(k->arena) < 4 * (size_t)VALUE_MAX) {
        error_code(e, ERROR_TOO_LARGE, "schema_too_large", "the schema holds more than %zu values", k->nodes - 1);
        return NULL;
    }
    struct schema_tree *t = arena_alloc(k->arena, sizeof *t), *around = k->depth > 0 ? k->open[k->depth - 1] : NULL;
    t->what = what;
    if (around == NULL) {
        if (k->root == NULL)
            k->root = t;
        return t;
    }
    t->name = around->what == SCHEMA_OBJECT ? k->name : NULL;
    *(around->last != NULL ? &around->last->next : &around->first) = t;
    around->last = t;
    around->count++;
    return t;
}

static int on_container(struct keeping *k, enum schema_tree_what what, struct error *e)
{
    struct schema_tree *t = keep(k, what, e);
    if (t == NULL)
        return ERROR_TOO_LARGE;
    k->open = mem_grow(k->open, &k->capacity, k->depth + 1, sizeof(struct schema_tree *));
    k->open[k->depth++] = t;
    return ERROR_OK;
}

static int on_object(void *context, struct error *e)
{
    return on_container(context, SCHEMA_OBJECT, e);
}

static int on_list(void *context, struct error *e)
{
    return on_container(context, SCHEMA_LIST, e);
}

void schema_tree_index(struct arena *arena, struct schema_tree *t)
{
    t->index_size = 32;
    while (t->index_size < t->count * 2)
        t->index_size *= 2;
    t->index = arena_array(arena, t->index_size, sizeof(struct schema_tree *));
    for (struct schema_tree *m = t->first; m != NULL; m = m->next) {
        size_t at = outline_hash(m->name, strlen(m->name)) & (t->index_size - 1);
        while (t->index[at] != NULL && strcmp(t->index[at]->name, m->name) != 0)
            at = (at + 1) & (t->index_size - 1);
        if (t->index[at] == NULL)
            t->index[at] = m;
    }
}

static int on_end(void *context, struct error *e)
{
    (void)e;
    struct keeping *k = context;
    struct schema_tree *t = k->open[--k->depth];
    if (t->what == SCHEMA_OBJECT && t->count > INDEX_FROM && !k->xml)
        schema_tree_index(k->arena, t);
    return ERROR_OK;
}

static int on_key(void *context, const char *name, size_t size, bool weak, struct error *e)
{
    (void)e;
    struct keeping *k = context;
    const char *colon = k->xml ? memchr(name, ':', size) : NULL;
    if (colon != NULL) {
        bool attribute = name[0] == DOCUMENT_ATTRIBUTE;
        size -= (size_t)(colon - name) + 1;
        name = colon + 1;
        k->name = attribute ? arena_format(k->arena, "@%s", keep_text(k, name, size)) : keep_text(k, name, size);
        return ERROR_OK;
    }
    k->name = keep_text(k, name, size);
    return weak && schema_tree_get(k->open[k->depth - 1], k->name) != NULL ? DOCUMENT_SKIP : ERROR_OK;
}

static int on_scalar(void *context, enum document_kind kind, const char *text, size_t size, struct error *e)
{
    struct keeping *k = context;
    struct schema_tree *t = keep(k, SCHEMA_SCALAR, e);
    if (t == NULL)
        return ERROR_TOO_LARGE;
    t->kind = kind;
    t->text = keep_text(k, text, size);
    return ERROR_OK;
}

enum error_class schema_tree_read(struct arena *arena, const char *text, size_t size, enum nested_format format,
                                  struct schema_tree **ret_tree, struct document_end *ret_end, struct error *e)
{
    struct keeping k = { .arena = arena, .xml = format == NESTED_XML };
    struct nested_limits limits = nested_limits_default();
    limits.depth_max = DEPTH_MAX;
    limits.value_max = VALUE_MAX;
    limits.alias_events_max = ALIASES_MAX;
    struct document_sink sink = {
        .object = on_object, .list = on_list, .end = on_end, .key = on_key, .scalar = on_scalar, .context = &k
    };
    struct input *in = input_of_memory(text, size);
    struct document_ask ask = { .in = in, .limits = &limits, .sink = &sink };
    enum error_class class = document_read(&ask, format, ret_end, e);
    input_close(in);
    free(k.open);
    if (class != ERROR_OK)
        return class;
    if (k.root == NULL)
        return error_code(e, ERROR_INVALID, "not_readable", "line %llu: %s", (unsigned long long)ret_end->line,
                          ret_end->message[0] != '\0' ? ret_end->message : "the schema is empty");
    *ret_tree = k.root;
    return ERROR_OK;
}

struct schema_tree *schema_tree_get(const struct schema_tree *t, const char *name)
{
    if (t == NULL || t->what != SCHEMA_OBJECT)
        return NULL;
    if (t->index != NULL) {
        size_t at = outline_hash(name, strlen(name)) & (t->index_size - 1);
        while (t->index[at] != NULL && strcmp(t->index[at]->name, name) != 0)
            at = (at + 1) & (t->index_size - 1);
        return t->index[at];
    }
    struct schema_tree *m = t->first;
    while (m != NULL && strcmp(m->name, name) != 0)
        m = m->next;
    return m;
}

const char *schema_tree_text(const struct schema_tree *t, const char *name)
{
    const struct schema_tree *m = schema_tree_get(t, name);
    return m != NULL && m->what == SCHEMA_SCALAR && m->kind != DOCUMENT_NULL ? m->text : NULL;
}

bool schema_tree_is_true(const struct schema_tree *t, const char *name)
{
    const char *text = schema_tree_text(t, name);
    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

/* ~1 is a slash, ~0 a tilde, %XX a byte. */
static void unescape(char *part)
{
    char *to = part;
    for (const char *from = part; *from != '\0'; from++) {
        char hex[3] = { 0 };
        if (from[0] == '~' && (from[1] == '0' || from[1] == '1')) {
            *to++ = *++from == '0' ? '~' : '/';
        } else if (from[0] == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            memcpy(hex, from + 1, 2);
            *to++ = (char)strtol(hex, NULL, 16);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

struct schema_tree *schema_tree_at(struct arena *arena, struct schema_tree *root, const char *pointer)
{
    struct schema_tree *t = root;
    const char *at = pointer[0] == '#' ? pointer + 1 : pointer;
    while (t != NULL && *at == '/') {
        size_t size = strcspn(++at, "/");
        char *part = arena_text_n(arena, at, size);
        unescape(part);
        if (t->what == SCHEMA_LIST) {
            int64_t number = -1;
            struct schema_tree *item = text_to_int64(part, 0, INT32_MAX, &number) ? t->first : NULL;
            for (; item != NULL && number > 0; number--)
                item = item->next;
            t = item;
        } else {
            t = schema_tree_get(t, part);
        }
        at += size;
    }
    return *at == '\0' ? t : NULL;
}
