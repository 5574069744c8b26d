/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.c - `argosy discover` and `argosy catalog diff`: discovery in this process, without a fleet or servers of
 * ours. Progress goes to a terminal's stderr only; the result to stdout as a tree, as JSON, or as a picture.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "cli/commands.h"
#include "cli/discover_tree.h"
#include "cli/piped.h"
#include "cli/print.h"
#include "jobs/discovery/discover.h"

enum { TELL_EVERY_MS = 200, TELL_COLUMNS = 76 };
static const size_t arena_max = (size_t)8 << 30, output_max = (size_t)4 << 30;

/* ---- progress ---- */

struct teller {
    bool shown; /* a line is on the terminal */
    int64_t next_ms;
};

static void on_progress(void *context, int percent, const char *doing)
{
    struct teller *teller = context;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms < teller->next_ms)
        return;
    teller->next_ms = now_ms + TELL_EVERY_MS;
    teller->shown = true;
    mem_auto char *text = print_cut(doing, TELL_COLUMNS);
    (void)fprintf(stderr, "\r\033[K%3d %%  %s", percent, text);
}

static struct watch watch_of(struct teller *teller)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    teller->next_ms = clock_monotonic_ms() + TELL_EVERY_MS; /* what is done before that needs no bar */
    return (struct watch){ .progress = terminal ? on_progress : NULL, .context = teller };
}

static void teller_end(const struct teller *teller)
{
    if (teller->shown)
        (void)fprintf(stderr, "\r\033[K");
}

/* ---- output ---- */

static enum error_class put(const struct buffer *b, struct error *e)
{
    if (b->overflow)
        return error_set(e, ERROR_TOO_LARGE, "the result is larger than 4 GB");
    if (fwrite(b->data, 1, b->size, stdout) != b->size || fflush(stdout) != 0)
        return error_set(e, ERROR_FATAL, "standard output: %s", strerror(errno));
    return ERROR_OK;
}

/* stdout as a buffer's drain; what went wrong is left in *context. */
static bool on_drain(void *context, const char *data, size_t size)
{
    int *failed = context;
    if (fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0)
        return true;
    *failed = errno;
    return false;
}

static void write_json_line(const struct discovered *d, struct buffer *b)
{
    discovered_write(d, b);
    (void)buffer_char(b, '\n');
}

static void write_dot(const struct discovered *d, struct buffer *b)
{
    graph_write_dot(d->graph, b);
}

static void write_mermaid(const struct discovered *d, struct buffer *b)
{
    graph_write_mermaid(d->graph, b);
}

static void write_svg(const struct discovered *d, struct buffer *b)
{
    graph_write_svg(d->graph, b);
}

static const struct output {
    const char *name;
    void (*write)(const struct discovered *d, struct buffer *b);
    bool graph; /* needs one */
    bool whole; /* the writer looks back further than a byte: nothing goes out before it ends */
} outputs[] = {
    { "tree", discover_tree_write, false, true },
    { "json", write_json_line, false, false },
    { "mermaid", write_mermaid, true, false },
    { "dot", write_dot, true, false },
    { "svg", write_svg, true, false },
};

static enum error_class output_of(const struct context *context, const struct output **ret, struct error *e)
{
    const char *name = command_option(context, "output");
    if (name == NULL || strcmp(name, "text") == 0)
        name = context->json ? "json" : "tree";
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (strcmp(outputs[i].name, name) == 0) {
            *ret = &outputs[i];
            return ERROR_OK;
        }
    }
    return error_code(e, ERROR_INVALID, "usage", "--output is \"%s\": it is one of text, json, tree, mermaid, dot, svg",
                      name);
}

static enum error_class show(const struct output *output, const struct discovered *d, struct error *e)
{
    if (output->graph && d->graph == NULL)
        return error_set(e, ERROR_TOO_LARGE, "%zu tables make no picture: --output json has them all",
                         d->catalog->table_count);
    struct buffer b;
    int failed = 0;
    if (output->whole)
        buffer_init(&b, output_max);
    else
        buffer_init_drain(&b, output_max, on_drain, &failed);
    output->write(d, &b);
    enum error_class class = ERROR_OK;
    if (output->whole)
        class = put(&b, e);
    else if (!buffer_flush(&b))
        class = error_set(e, ERROR_FATAL, "standard output: %s",
                          failed != 0 ? strerror(failed) : "a text of more than 4 GB");
    buffer_finish(&b);
    return class;
}

static void limits_of(const struct settings *s, struct discover_limits *ret_limits)
{
    *ret_limits = (struct discover_limits){
        .sample_rows = settings_number(s, SETTING_DISCOVERY_SAMPLE_ROWS),
        .sample_bytes = settings_number(s, SETTING_DISCOVERY_SAMPLE_BYTES),
        .count_rows_max = settings_number(s, SETTING_DISCOVERY_COUNT_ROWS_MAX),
        .inclusion_rows = settings_number(s, SETTING_DISCOVERY_INCLUSION_ROWS),
        .statement_timeout_s = settings_number(s, SETTING_DISCOVERY_STATEMENT_TIMEOUT) / 1000,
        .scan_limited = strcmp(settings_source(s, SETTING_DISCOVERY_COUNT_ROWS_MAX), "default") != 0,
    };
}

static enum error_class patterns_of(const struct context *context, struct arena *arena,
                                    struct catalog_patterns *ret_patterns, struct error *e)
{
    const char *include = command_option(context, "include"), *exclude = command_option(context, "exclude");
    *ret_patterns = (struct catalog_patterns){ 0 };
    if (include != NULL)
        patterns_split(arena, include, &ret_patterns->include);
    if (exclude != NULL)
        patterns_split(arena, exclude, &ret_patterns->exclude);
    return patterns_check(ret_patterns, e);
}

static struct discover_options options_of(const struct context *context, const struct watch *watch)
{
    return (struct discover_options){ .schema = command_option(context, "schema"),
                                      .format = command_option(context, "format"),
                                      .dialect = command_option(context, "dialect"),
                                      .data_folder = command_option(context, "data"),
                                      .watch = watch };
}

/* "-" is standard input, as a file; else *source stays. */
static enum error_class take_piped(const char **source, struct discover_options *options, struct piped *piped,
                                   struct error *e)
{
    options->name = NULL;
    if (strcmp(*source, "-") != 0)
        return ERROR_OK;
    enum error_class class = piped_take(piped, e);
    *source = piped->path;
    options->name = "stdin";
    return class;
}

enum error_class discover_run(struct context *context, struct error *e)
{
    const struct output *output = NULL;
    const char *source = context->arguments[0];
    struct piped piped = { 0 };
    enum error_class class = output_of(context, &output, e);
    if (class == ERROR_OK && *source == '\0')
        class = error_code(e, ERROR_INVALID, "usage", "say which file or database: it is empty");
    if (class != ERROR_OK)
        return class;
    struct arena *arena = arena_create(arena_max);
    struct teller teller = { 0 };
    struct watch watch = watch_of(&teller);
    struct discover_options options = options_of(context, &watch);
    struct discover_limits limits;
    struct discovered d = { 0 };
    limits_of(context->settings, &limits);
    options.limits = &limits;
    class = patterns_of(context, arena, &options.patterns, e);
    if (class == ERROR_OK)
        class = take_piped(&source, &options, &piped, e);
    if (class == ERROR_OK)
        class = discover_source(arena, source, &options, &d, e);
    teller_end(&teller);
    if (class == ERROR_OK)
        class = show(output, &d, e);
    piped_finish(&piped);
    arena_destroy(arena);
    return class;
}

/* ---- catalog diff ---- */

/* A catalog that an earlier run printed; *ret NULL when the file is something else. */
static enum error_class read_printed(struct arena *arena, const char *path, bool piped, struct catalog **ret,
                                     struct error *e)
{
    *ret = NULL;
    if (!piped && !text_ends(path, ".json"))
        return ERROR_OK;
    json_auto_t *json = json_load_file(path, 0, NULL);
    if (json == NULL || json_object_get(json, "format") == NULL || json_object_get(json, "tables") == NULL)
        return ERROR_OK;
    if (catalog_from_json(arena, json, ret, e) != ERROR_OK)
        return error_wrap(e, "%s", path);
    return ERROR_OK;
}

static enum error_class side_of(struct arena *arena, const char *source, struct discover_options *options,
                                struct catalog **ret, struct error *e)
{
    struct discovered d = { 0 };
    struct piped piped = { 0 };
    enum error_class class = take_piped(&source, options, &piped, e);
    if (class == ERROR_OK)
        class = read_printed(arena, source, options->name != NULL, ret, e);
    if (class == ERROR_OK && *ret == NULL) {
        class = discover_source(arena, source, options, &d, e);
        *ret = d.catalog;
    }
    piped_finish(&piped);
    return class;
}

/* "! type of film.length: smallint to int" */
static void tell_change(const struct diff_item *item)
{
    const char *sign = item->breaking                         ? "!"
                       : strcmp(item->change, "added") == 0   ? "+"
                       : strcmp(item->change, "dropped") == 0 ? "-"
                                                              : "~";
    mem_auto char *table = print_clean(item->table != NULL ? item->table : item->name != NULL ? item->name : "");
    mem_auto char *name = print_clean(item->table != NULL && item->name != NULL ? item->name : "");
    mem_auto char *from = print_cut(item->from != NULL ? item->from : "", 60);
    mem_auto char *to = print_cut(item->to != NULL ? item->to : "", 60);
    (void)printf("%s %-8s %-12s %s%s%s", sign, item->change, item->what, table, name[0] != '\0' ? "." : "", name);
    if (item->from != NULL || item->to != NULL)
        (void)printf("  %s%s%s", from, item->from != NULL && item->to != NULL ? " -> " : "", to);
    if (item->why != NULL)
        (void)printf("  (%s)", item->why);
    (void)printf("\n");
}

static enum error_class show_diff(const struct context *context, const struct diff *d, struct error *e)
{
    if (context->json) {
        struct buffer b;
        buffer_init(&b, output_max);
        diff_write(d, &b);
        (void)buffer_char(&b, '\n');
        enum error_class class = put(&b, e);
        buffer_finish(&b);
        if (class != ERROR_OK)
            return class;
    } else {
        for (size_t i = 0; i < d->count; i++)
            tell_change(&d->items[i]);
        (void)printf("%zu change%s, %zu breaking\n", d->count, d->count == 1 ? "" : "s", d->breaking);
    }
    if (command_switch(context, "check") && d->breaking > 0)
        return error_code(e, ERROR_REFUSED, "breaking_changes", "%zu of the changes break whoever used the first one",
                          d->breaking);
    return ERROR_OK;
}

enum error_class catalog_diff_run(struct context *context, struct error *e)
{
    struct arena *arena = arena_create(arena_max);
    struct teller teller = { 0 };
    struct watch watch = watch_of(&teller);
    struct discover_options options = options_of(context, &watch);
    struct discover_limits limits;
    struct catalog *sides[2] = { NULL, NULL };
    limits_of(context->settings, &limits);
    options.limits = &limits;
    enum error_class class = patterns_of(context, arena, &options.patterns, e);
    for (int i = 0; class == ERROR_OK && i < 2; i++)
        class = side_of(arena, context->arguments[i], &options, &sides[i], e);
    teller_end(&teller);
    if (class == ERROR_OK)
        class = show_diff(context, diff_create(arena, sides[0], sides[1]), e);
    arena_destroy(arena);
    return class;
}
