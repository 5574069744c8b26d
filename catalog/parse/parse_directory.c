/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_directory.c - a folder with all that is in it, as if it were an archive: each file that is known becomes a
 * part.
 *
 * Files are taken in the natural order of their names. What begins with a dot is not looked at; links are told, not
 * followed. A file is opened when it is read: there may be more of them than a process may hold open.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/parse_part.h"

enum { FOLDERS_DEEP_MAX = 32 };

static int is_seen(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !text_equal(entry->d_name, "node_modules");
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
    return parse_compare_names((*left)->d_name, (*right)->d_name);
}

static void tell(struct parse_work *w, const char *severity, const char *name, const char *why)
{
    const char *clean = catalog_clean_text(w->arena, name);
    catalog_diagnostic_add(w->about, severity, arena_format(w->arena, "%.200s is left out: %.600s", clean, why));
}

static enum error_class read_file(struct parse_work *w, const char *path, const char *name, struct error *e)
{
    struct input *in;
    struct source *s = arena_alloc(w->arena, sizeof *s);
    *s = (struct source){
        .path = path, .lazily = true, .name = catalog_clean_text(w->arena, name), .limits = w->limits.input
    };
    struct error own = ERROR_NONE;
    enum error_class class = source_open(s, &in, &own);
    if (class == ERROR_OK)
        class = parse_source(w, s, in, 1, &own);
    if (class == ERROR_INVALID || class == ERROR_TOO_LARGE || class == ERROR_NOT_FOUND) {
        tell(w, text_equal(own.code, "format_not_read") ? "info" : "error", name, own.message);
        return ERROR_OK;
    }
    if (class != ERROR_OK)
        *e = own;
    return class;
}

static enum error_class read_folder(struct parse_work *w, const char *path, const char *name, unsigned depth,
                                    struct error *e);

static enum error_class read_entry(struct parse_work *w, const char *path, const char *name, unsigned depth,
                                   struct error *e)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        tell(w, "error", name, strerror(errno));
        return ERROR_OK;
    }
    if (S_ISDIR(st.st_mode) && depth < FOLDERS_DEEP_MAX)
        return read_folder(w, path, name, depth + 1, e);
    if (!S_ISREG(st.st_mode)) {
        tell(w, "warning", name, S_ISDIR(st.st_mode) ? "it lies too deep" : "it is a link or a device");
        return ERROR_OK;
    }
    if (w->members++ >= w->limits.members_max)
        return error_code(e, ERROR_TOO_LARGE, "too_many_members",
                          "more than %zu files: name a folder that holds the schema alone", w->limits.members_max);
    if (w->options->cancelled != NULL && w->options->cancelled(w->options->context))
        return error_set(e, ERROR_CANCELLED, "cancelled");
    return read_file(w, path, name, e);
}

/* name: as files in it are called, "" of the folder that was asked for */
static enum error_class read_folder(struct parse_work *w, const char *path, const char *name, unsigned depth,
                                    struct error *e)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_seen, by_name);
    if (count < 0 && *name == '\0')
        return error_code(e, ERROR_INVALID, "file_unreadable", "%s: %s", path, strerror(errno));
    if (count < 0) {
        tell(w, "error", name, strerror(errno));
        return ERROR_OK;
    }
    enum error_class class = ERROR_OK;
    for (int i = 0; i < count; i++) {
        if (class == ERROR_OK)
            class = read_entry(w, arena_format(w->arena, "%s/%s", path, entries[i]->d_name),
                               arena_format(w->arena, "%s%s%s", name, *name != '\0' ? "/" : "", entries[i]->d_name),
                               depth, e);
        free(entries[i]);
    }
    free(entries);
    return class;
}

enum error_class parse_directory(struct parse_work *w, const char *path, struct error *e)
{
    w->format = FORMAT_FOLDER;
    return read_folder(w, path, "", 0, e);
}
