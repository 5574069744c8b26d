/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_archive.c - each member of an archive that is known becomes a part; the others are told. Nothing is written to
 * disk: a small member is read from memory, a large one by walking the archive again.
 *
 * Failure modes: a member that is broken or of no known format is left out with a diagnostic; one whose name would lead
 * out of a folder is, too, though nothing is ever made of names here but names of tables. Going over a limit, or being
 * cancelled, ends it all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/parse_part.h"

enum { MEMORY_MAX = 8 << 20, DEPTH_MAX = 2 };

/* Why a name is refused; NULL: it is fine. */
static const char *refuse_name(const char *name)
{
    if (*name == '\0')
        return "it has no name";
    if (*name == '/' || *name == '\\' || (name[0] != '\0' && name[1] == ':'))
        return "its name is an absolute path";
    for (const char *at = name; at != NULL; at = strpbrk(at, "/\\")) {
        at += *at == '/' || *at == '\\';
        if (at[0] == '.' && at[1] == '.' && (at[2] == '\0' || at[2] == '/' || at[2] == '\\'))
            return "its name leads out of the folder";
    }
    for (const char *at = name; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            return "its name holds control characters";
    return NULL;
}

/* What systems leave in archives beside what was meant. */
static bool is_litter(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *file = slash != NULL ? slash + 1 : name;
    return text_starts(name, "__MACOSX/") || text_starts(file, "._") || text_equal(file, ".DS_Store") ||
           text_equal(file, "Thumbs.db") || text_equal(file, "desktop.ini");
}

static void tell(struct parse_work *w, const char *severity, const char *name, const char *why)
{
    const char *clean = catalog_clean_text(w->arena, name);
    catalog_diagnostic_add(w->about, severity, arena_format(w->arena, "member %.200s is left out: %s", clean, why));
}

/* What of the member fits in memory; *ret_whole: all of it did. */
static enum error_class take_memory(struct archive_reader *r, char **ret_data, size_t *ret_size, bool *ret_whole,
                                    struct error *e)
{
    char *data = NULL;
    size_t capacity = 0, size = 0, got = 1;
    enum error_class class = ERROR_OK;
    while (class == ERROR_OK && got > 0 && size < MEMORY_MAX) {
        if (capacity == size)
            data = mem_grow(data, &capacity, size + 4096, 1);
        class = archive_reader_read(r, data + size, capacity - size, &got, e);
        size += got;
    }
    *ret_data = data;
    *ret_size = size;
    *ret_whole = class == ERROR_OK && got == 0;
    return class;
}

static enum error_class take_member(struct parse_work *w, const struct source *s, struct archive_reader *r,
                                    unsigned depth, struct error *e)
{
    char *data;
    size_t size;
    bool whole;
    struct input *in;
    enum error_class class = take_memory(r, &data, &size, &whole, e);
    if (class == ERROR_OK && whole) {
        in = source_of_memory(s, data, size);
        return parse_source(w, s, in, depth, e);
    }
    free(data);
    if (class == ERROR_OK)
        class = source_open(s, &in, e);
    return class == ERROR_OK ? parse_source(w, s, in, depth, e) : class;
}

/* Errors of a member alone: the others may be fine. */
static bool is_its_own(enum error_class class, const struct error *e)
{
    return class == ERROR_INVALID ||
           (class == ERROR_TOO_LARGE && !text_starts(e->code, "unpacked_") && !text_equal(e->code, "too_many_members"));
}

static enum error_class look_at(struct parse_work *w, const struct source *archive, struct archive_reader *r,
                                const struct archive_member *member, unsigned depth, struct error *e)
{
    if (is_litter(member->name) || (!member->file && text_ends(member->name, "/")))
        return ERROR_OK;
    const char *why = refuse_name(member->name);
    if (why == NULL && !member->file)
        why = "it is a link or a device";
    if (why == NULL && member->encrypted)
        why = "it is encrypted";
    if (why != NULL) {
        tell(w, "warning", member->name, why);
        return ERROR_OK;
    }
    struct source *s = arena_alloc(w->arena, sizeof *s);
    *s = (struct source){ .outer = archive,
                          .index = member->index,
                          .name = catalog_clean_text(w->arena, member->name),
                          .limits = archive->limits };
    struct error own = ERROR_NONE;
    enum error_class class = take_member(w, s, r, depth, &own);
    if (class != ERROR_OK && is_its_own(class, &own)) {
        tell(w, text_equal(own.code, "format_not_read") ? "warning" : "error", member->name, own.message);
        return ERROR_OK;
    }
    if (class != ERROR_OK)
        *e = own;
    return class;
}

enum error_class parse_archive(struct parse_work *w, const struct source *s, unsigned depth, struct error *e)
{
    if (depth >= DEPTH_MAX)
        return error_code(e, ERROR_INVALID, "format_not_read", "an archive in an archive in an archive");
    struct archive_reader *r;
    enum error_class class = archive_reader_open(s, &r, e);
    if (class != ERROR_OK)
        return class;
    for (;;) {
        struct archive_member member;
        bool there;
        class = archive_reader_next(r, &member, &there, e);
        if (class != ERROR_OK || !there)
            break;
        if (w->members++ == w->limits.members_max)
            class = error_code(e, ERROR_TOO_LARGE, "too_many_members", "more than %zu members: unpack what is needed",
                               w->limits.members_max);
        if (class == ERROR_OK && w->options->cancelled != NULL && w->options->cancelled(w->options->context))
            class = error_set(e, ERROR_CANCELLED, "cancelled");
        if (class == ERROR_OK)
            class = look_at(w, s, r, &member, depth + 1, e);
        if (class != ERROR_OK)
            break;
    }
    archive_reader_close(r);
    return class;
}
