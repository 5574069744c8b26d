/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help_pages.c - the reference pages docs/reference/commands.md and settings.md, which are `argosy help commands` and
 * `argosy help settings`: a test compares them. From the two tables, commands.c and base/settings.h.
 */
#include <stdio.h>

#include "cli/commands.h"

/* A bar would end the cell. */
static void print_cell(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|')
            (void)putchar('\\');
        (void)putchar(*text);
    }
}

static void page_option(const char *name, const char *argument, const char *help, const struct setting_row *row)
{
    (void)printf("| `--%s%s", name, argument != NULL ? " " : "");
    print_cell(argument);
    (void)printf("` | ");
    print_cell(help);
    (void)printf(" | %s | %s%s%s |\n", row != NULL && row->fallback != NULL ? row->fallback : "",
                 row != NULL ? "`" : "", row != NULL ? row->environment : "", row != NULL ? "`" : "");
}

static void page_settings(const enum setting *settings)
{
    for (; settings != NULL && *settings != SETTING_MAX; settings++) {
        const struct setting_row *row = &setting_rows[*settings];
        page_option(row->flag, command_setting_argument(row), row->help, row);
    }
}

static void page_head(void)
{
    (void)printf("\n| option | what it is | default | environment |\n|---|---|---|---|\n");
}

enum error_class help_commands_run(struct context *context, struct error *e)
{
    (void)context, (void)e;
    (void)printf("# Commands\n\nMade by `argosy help commands` from the table in `cli/commands.c`. Results go to "
                 "stdout, what is being done and\nerrors to stderr; with `--output json` both are JSON, an error as "
                 "`{\"message\",\"error_code\",\"details\",\"timestamp\"}`.\nExit codes: 0 done, 1 failed, 2 usage, 3 "
                 "not found, 4 refused, 69 a server is away, 76 this program and the\ndatabase do not fit: it is too "
                 "old for it, or "
                 "the database lacks what it needs (`argosy db migrate`). Settings that\n`--help` does not list: "
                 "[settings.md](settings.md).\n\nEvery command also takes\n");
    page_head();
    page_settings(command_common);
    page_option("config", "FILE", "settings file", NULL);
    page_option("help", NULL, "what the command takes", NULL);
    for (const struct command *c = command_rows; c->name != NULL; c++) {
        if (c->hidden)
            continue;
        (void)printf("\n## %s\n\n    ", c->name);
        command_usage(c);
        (void)printf("\n%c%s.\n", *c->summary >= 'a' && *c->summary <= 'z' ? *c->summary - 'a' + 'A' : *c->summary,
                     c->summary + 1);
        if (c->options != NULL || c->settings != NULL)
            page_head();
        for (const struct option_row *o = c->options; o != NULL && o->name != NULL; o++)
            page_option(o->name, o->argument, o->help, NULL);
        page_settings(c->settings);
    }
    return ERROR_OK;
}

static const char *type_name(const struct setting_row *row)
{
    static const char *const names[] = {
        [SETTING_TEXT] = "text",   [SETTING_SECRET] = "secret", [SETTING_CHOICE] = "choice",
        [SETTING_COUNT] = "count", [SETTING_BYTES] = "bytes",   [SETTING_TIME] = "time"
    };
    return names[row->type];
}

enum error_class help_settings_run(struct context *context, struct error *e)
{
    (void)context, (void)e;
    (void)printf("# Settings\n\nMade by `argosy help settings` from the table in `base/settings.h`. The order is flag, "
                 "environment,\n"
                 "file, default. The file is `--config FILE`, `ARGOSY_CONFIG` or `~/.config/argosy/argosy.conf` and "
                 "holds lines\n"
                 "`name = \"value\"` with the flag's name. A secret may also come from a file named in `NAME_FILE`.\n"
                 "Sizes take `k`, `m`, `g` (1024), times `ms`, `s`, `m`, `h`, `d`; ranges are in bytes and ms.\n\n"
                 "| flag | environment | type | default | range | what it is |\n|---|---|---|---|---|---|\n");
    for (int i = 0; i < SETTING_MAX; i++) {
        const struct setting_row *row = &setting_rows[i];
        char range[64] = "";
        if (row->choices == NULL && row->type >= SETTING_COUNT)
            (void)snprintf(range, sizeof range, "%lld to %lld", (long long)row->min, (long long)row->max);
        (void)printf("| `--%s` | `%s` | %s | %s | ", row->flag, row->environment, type_name(row),
                     row->fallback != NULL ? row->fallback : "");
        print_cell(row->choices != NULL ? row->choices : range);
        (void)printf(" | %s |\n", row->help);
    }
    return ERROR_OK;
}
