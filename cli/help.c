/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.c - what `argosy help`, `argosy COMMAND --help` and the reference pages say: all of it from the two tables,
 * commands.c and base/settings.h. docs/reference/commands.md and settings.md are `argosy help commands` and `argosy
 * help settings`; a test compares them.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"

enum { LEFT_SIZE = 64, FAMILY_SIZE = 32 };

const enum setting command_common[] = { SETTING_DATA_DIR, SETTING_OUTPUT, SETTING_LOG_LEVEL, SETTING_LOG_FORMAT,
                                        SETTING_MAX };

const char *command_setting_argument(const struct setting_row *row)
{
    return row->choices != NULL             ? row->choices
           : row->type == SETTING_BYTES     ? "BYTES"
           : row->type == SETTING_TIME      ? "TIME"
           : row->type == SETTING_COUNT     ? "N"
           : text_ends(row->flag, "url")    ? "URL"
           : text_ends(row->flag, "listen") ? "ADDRESS"
           : text_ends(row->flag, "dir")    ? "FOLDER"
                                            : "TEXT";
}

/* ---- on the terminal ---- */

static void print_option(const char *name, const char *argument, const char *help, const struct setting_row *row)
{
    char left[LEFT_SIZE];
    (void)snprintf(left, sizeof left, "--%s%s%s", name, argument != NULL ? " " : "", argument != NULL ? argument : "");
    (void)printf("  %-30s %s", left, help);
    if (row != NULL && row->fallback != NULL)
        (void)printf(" [%s]", row->fallback);
    if (row != NULL)
        (void)printf(" (%s)", row->environment);
    (void)printf("\n");
}

static void print_settings(const struct command *c, const enum setting *settings)
{
    for (; settings != NULL && *settings != SETTING_MAX; settings++) {
        if (command_replaces(c, *settings))
            continue;
        const struct setting_row *row = &setting_rows[*settings];
        print_option(row->flag, command_setting_argument(row), row->help, row);
    }
}

static void print_usage(const struct command *c)
{
    (void)printf("argosy %s%s%s [OPTION...]\n", c->name, c->arguments != NULL ? " " : "",
                 c->arguments != NULL ? c->arguments : "");
}

static void help_one(const struct command *c)
{
    (void)printf("Usage: ");
    print_usage(c);
    (void)printf("\n%s\n\n", c->summary);
    for (const struct option_row *o = c->options; o != NULL && o->name != NULL; o++)
        print_option(o->name, o->argument, o->help, NULL);
    print_settings(c, c->settings);
    print_settings(c, command_common);
    print_option("config", "FILE", "settings file", NULL);
    (void)printf("  %-30s this help\n", "-h, --help");
}

unsigned command_help_family(const char *words)
{
    unsigned count = 0;
    size_t size = strlen(words);
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden && strncmp(c->name, words, size) == 0 && c->name[size] == ' ') {
            if (count++ == 0)
                (void)printf("Usage: argosy %s COMMAND [ARGUMENT...] [OPTION...]\n\n", words);
            (void)printf("  %-18s %s\n", c->name, c->summary);
        }
    if (count > 0)
        (void)printf("\n`argosy COMMAND --help` tells the options of one.\n");
    return count;
}

void command_help(const struct command *command)
{
    if (command != NULL) {
        help_one(command);
        return;
    }
    (void)printf("Argosy: an asynchronous job fleet for schema intelligence and database migration.\n\n"
                 "Usage: argosy COMMAND [ARGUMENT...] [OPTION...]\n\n");
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden)
            (void)printf("  %-18s %s\n", c->name, c->summary);
    (void)printf(
        "\n`argosy COMMAND --help` tells the options of one. Exit codes: 0 done, 1 failed, 2 usage, 3 not found,\n"
        "4 refused, 69 a server is away, 76 this program and the database do not fit.\n");
}

enum error_class help_run(struct context *context, struct error *e)
{
    char words[FAMILY_SIZE] = "";
    for (unsigned i = 0; i < context->argument_count; i++)
        (void)snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", i > 0 ? " " : "",
                       context->arguments[i]);
    if (*words == '\0') {
        command_help(NULL);
        return ERROR_OK;
    }
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (strcmp(c->name, words) == 0) {
            command_help(c);
            return ERROR_OK;
        }
    return command_help_family(words) > 0
               ? ERROR_OK
               : error_code(e, ERROR_INVALID, "usage", "there is no command \"%s\": `argosy help` lists them", words);
}

/* ---- the reference pages ---- */

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
        print_usage(c);
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
