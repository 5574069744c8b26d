/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_scripts.c - SQL texts that came together, in an archive or a folder: one schema, made step by step in the
 * natural order of their names (V2 before V10), as tools for migrations run them.
 *
 * Texts that speak another dialect clearly are a schema of their own, as is a dump that makes tables of the others
 * again with other columns. Files that undo others (x.down.sql beside x.up.sql) are left out and told.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/parse_folder.h"
#include "catalog/parse/parse_part.h"

enum { CLEARLY = 10 }; /* so much more speaks for another dialect than for that of most texts */

struct parse_script {
    struct parse_script *next;
    const char *name;
    char *text; /* owned */
    size_t size;
    enum ddl_dialect dialect;
    int scores[DDL_DIALECTS];
};

static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    size_t a_size = strspn(*a, "0123456789"), b_size = strspn(*b, "0123456789");
    int order = a_size != b_size ? (a_size < b_size ? -1 : 1) : strncmp(*a, *b, a_size);
    *a += a_size;
    *b += b_size;
    return order;
}

int parse_compare_names(const char *a, const char *b)
{
    const char *a_whole = a, *b_whole = b;
    while (*a != '\0' && *b != '\0') {
        int order = 0;
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            order = compare_numbers(&a, &b);
        } else if (*a != *b) { /* what lies in a folder comes before what only begins like it */
            return *a == '/' ? -1 : *b == '/' ? 1 : (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++, b++;
        }
        if (order != 0)
            return order;
    }
    int order = (*a != '\0') - (*b != '\0');
    return order != 0 ? order : strcmp(a_whole, b_whole);
}

enum error_class parse_scripts_take(struct parse_work *w, struct input *in, const char *name, struct error *e)
{
    char *text = NULL;
    size_t size = 0, max = w->limits.ddl_max;
    enum error_class class = parse_ddl_text(in, max, &text, &size, e);
    input_close(in);
    /* a text with bytes that are none is copied when it is read */
    bool clean = class == ERROR_OK && memchr(text, '\0', size) == NULL && text_utf8_valid(text, size);
    size_t takes = clean ? size : 2 * size;
    if (class == ERROR_OK && takes > max - w->script_bytes)
        class = error_code(e, ERROR_TOO_LARGE, "ddl_too_large", "SQL texts of more than %zu MB together", max >> 20);
    if (class != ERROR_OK) {
        free(text);
        return class;
    }
    struct parse_script *s = arena_alloc(w->arena, sizeof *s);
    *s = (struct parse_script){ .next = w->scripts, .name = name, .text = text, .size = size };
    w->scripts = s;
    w->script_count++;
    w->script_bytes += takes;
    return ERROR_OK;
}

void parse_scripts_finish(struct parse_work *w)
{
    for (struct parse_script *s = w->scripts; s != NULL; s = s->next)
        free(s->text);
    w->scripts = NULL;
}

/* ---- what undoes others ---- */

static struct parse_script *find(struct parse_script **list, size_t count, const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = parse_compare_names(list[middle]->name, name);
        if (order == 0)
            return list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The file that this one undoes, were there one of that name: x.down.sql, x/down.sql and Flyway's U2__x.sql. */
static const char *undone_by(struct arena *arena, const char *name)
{
    static const char *const downs[] = { "down.sql", "Down.sql", "DOWN.sql" }, *const ups[] = { "up.sql", "Up.sql",
                                                                                                "UP.sql" };
    const char *slash = strrchr(name, '/'), *file = slash != NULL ? slash + 1 : name;
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof downs / sizeof *downs; i++) {
        size_t end = strlen(downs[i]);
        if (text_ends(name, downs[i]) && (name + size - end == file || strchr("._-", name[size - end - 1]) != NULL))
            return arena_format(arena, "%.*s%s", (int)(size - end), name, ups[i]);
    }
    if (file[0] == 'U' && isdigit((unsigned char)file[1]) && strstr(file, "__") != NULL)
        return arena_format(arena, "%.*sV%s", (int)(file - name), name, file + 1);
    return NULL;
}

static size_t leave_undoing(struct parse_work *w, struct parse_script **list, size_t count)
{
    struct parse_script **kept = arena_array(w->arena, count, sizeof(struct parse_script *));
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *undone = undone_by(w->arena, list[i]->name);
        if (undone != NULL && find(list, count, undone) != NULL) {
            const char *why = arena_format(w->arena, "%.200s is left out: it undoes %.200s", list[i]->name, undone);
            (void)catalog_diagnostic_add(w->about, "info", why);
        } else {
            kept[kept_count++] = list[i];
        }
    }
    memcpy(list, kept, kept_count * sizeof(struct parse_script *));
    return kept_count;
}

/* ---- whose SQL ---- */

static void tell_dialects(struct parse_script **list, size_t count)
{
    int all[DDL_DIALECTS] = { 0 };
    for (size_t i = 0; i < count; i++) {
        ddl_guess_scores(list[i]->text, list[i]->size, list[i]->name, list[i]->scores);
        for (size_t d = 0; d < DDL_DIALECTS; d++)
            all[d] += list[i]->scores[d];
    }
    enum ddl_dialect most = ddl_guess_best(all);
    for (size_t i = 0; i < count; i++) {
        enum ddl_dialect own = ddl_guess_best(list[i]->scores);
        list[i]->dialect = list[i]->scores[own] - list[i]->scores[most] >= CLEARLY ? own : most;
    }
}

/* ---- reading ---- */

static enum error_class add_part(struct parse_work *w, struct ddl_script *scripts, size_t count,
                                 enum ddl_dialect dialect, struct error *e)
{
    struct parse_part *part = parse_part_first(w);
    const char *name = count == 1 ? scripts->name : w->about->name;
    struct error own = ERROR_NONE;
    enum error_class class = ddl_parse_scripts(w->arena, scripts, count, name, dialect, NULL, &part->catalog, &own);
    if (class == ERROR_OK && w->options->data_folder != NULL)
        class = parse_folder(w, part, w->options->data_folder, &own);
    if (class == ERROR_OK)
        return ERROR_OK;
    parse_part_drop_first(w);
    if (class != ERROR_INVALID && class != ERROR_TOO_LARGE) {
        *e = own;
        return class;
    }
    const char *text = arena_format(w->arena, "%.200s is left out: %.400s", name, own.message);
    (void)catalog_diagnostic_add(w->about, "error", text);
    return ERROR_OK;
}

/* Those that turn out to be schemas of their own become parts of their own, and the others are read without them. */
static enum error_class read_group(struct parse_work *w, struct ddl_script *scripts, size_t count,
                                   enum ddl_dialect dialect, struct error *e)
{
    enum error_class class = add_part(w, scripts, count, dialect, e);
    size_t kept = 0, apart = 0;
    struct ddl_script *own = arena_array(w->arena, count, sizeof *own);
    for (size_t i = 0; i < count; i++)
        if (scripts[i].apart)
            own[apart++] = scripts[i];
        else
            scripts[kept++] = scripts[i];
    if (class != ERROR_OK || apart == 0)
        return class;
    parse_part_drop_first(w);
    for (size_t i = apart; i-- > 0 && class == ERROR_OK;)
        class = add_part(w, &own[i], 1, dialect, e);
    return class == ERROR_OK ? add_part(w, scripts, kept, dialect, e) : class;
}

static int by_name(const void *left, const void *right)
{
    const struct parse_script *const *a = left, *const *b = right;
    return parse_compare_names((*a)->name, (*b)->name);
}

enum error_class parse_scripts(struct parse_work *w, struct error *e)
{
    enum ddl_dialect wanted = DDL_GUESS;
    size_t count = 0;
    enum error_class class = parse_ddl_dialect(w->options->dialect, &wanted, e);
    struct parse_script **list = arena_array(w->arena, w->script_count + 1, sizeof(struct parse_script *));
    for (struct parse_script *s = w->scripts; s != NULL; s = s->next)
        list[count++] = s;
    qsort(list, count, sizeof(struct parse_script *), by_name);
    count = leave_undoing(w, list, count);
    if (wanted == DDL_GUESS)
        tell_dialects(list, count);
    struct ddl_script *group = arena_array(w->arena, count + 1, sizeof *group);
    for (int d = DDL_DIALECTS - 1; d >= DDL_GUESS && class == ERROR_OK; d--) {
        size_t size = 0;
        for (size_t i = 0; i < count; i++)
            if (list[i]->dialect == (enum ddl_dialect)d)
                group[size++] =
                    (struct ddl_script){ .name = list[i]->name, .text = list[i]->text, .size = list[i]->size };
        if (size > 0)
            class = read_group(w, group, size, wanted != DDL_GUESS ? wanted : (enum ddl_dialect)d, e);
    }
    parse_scripts_finish(w);
    return class;
}
