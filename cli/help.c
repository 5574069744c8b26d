/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.c - what `argosy help` and `argosy COMMAND --help` say: all of it from the two tables, commands.c and
 * base/settings.h, in lines that fit the terminal.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/suggest.h"

enum { LEFT_SIZE = 80, HELP_SIZE = 400, FAMILY_SIZE = 32, NAME_COLUMNS = 20, OPTION_COLUMNS = 30, WIDTH_MAX = 120 };

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

/* `left`, and beside it the text, broken between words; below it when left is too wide. */
static void print_beside(const char *left, int left_columns, const char *text)
{
    int indent = 2 + left_columns + 1, at = indent,
        width = print_columns() < WIDTH_MAX ? (int)print_columns() : WIDTH_MAX;
    int used = printf("  %s", left);
    if (used >= indent)
        (void)putchar('\n');
    (void)printf("%*s", used < indent ? indent - used : indent, "");
    for (bool first = true; *text != '\0'; first = false) {
        int size = (int)strcspn(text, " ");
        if (!first && at + 1 + size > width) {
            (void)printf("\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            (void)putchar(' ');
            at++;
        }
        (void)printf("%.*s", size, text);
        at += size;
        text += size + (text[size] == ' ');
    }
    (void)putchar('\n');
}

static void print_option(const char *name, const char *argument, const char *help, const struct setting_row *row)
{
    char left[LEFT_SIZE], text[HELP_SIZE];
    (void)snprintf(left, sizeof left, "--%s%s%s", name, argument != NULL ? " " : "", argument != NULL ? argument : "");
    (void)snprintf(text, sizeof text, "%s%s%s%s%s%s%s", help, row != NULL && row->fallback != NULL ? " [" : "",
                   row != NULL && row->fallback != NULL ? row->fallback : "",
                   row != NULL && row->fallback != NULL ? "]" : "", row != NULL ? " (" : "",
                   row != NULL ? row->environment : "", row != NULL ? ")" : "");
    print_beside(left, OPTION_COLUMNS, text);
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

void command_usage(const struct command *c)
{
    (void)printf("argosy %s%s%s [OPTION...]\n", c->name, c->arguments != NULL ? " " : "",
                 c->arguments != NULL ? c->arguments : "");
}

static void help_one(const struct command *c)
{
    (void)printf("Usage: ");
    command_usage(c);
    (void)printf("\n%s\n\n", c->summary);
    for (const struct option_row *o = c->options; o != NULL && o->name != NULL; o++)
        print_option(o->name, o->argument, o->help, NULL);
    print_settings(c, c->settings);
    print_settings(c, command_common);
    print_option("config", "FILE", "settings file", NULL);
    print_beside("-h, --help", OPTION_COLUMNS, "this help");
}

unsigned command_help_family(const char *words)
{
    unsigned count = 0;
    size_t size = strlen(words);
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden && strncmp(c->name, words, size) == 0 && c->name[size] == ' ') {
            if (count++ == 0)
                (void)printf("Usage: argosy %s COMMAND [ARGUMENT...] [OPTION...]\n\n", words);
            print_beside(c->name, NAME_COLUMNS, c->summary);
        }
    if (count > 0)
        (void)printf("\n`argosy COMMAND --help` tells the options of one.\n");
    return count;
}

/* Among the names of that many words: a command's, or the first word of several ("job"). */
static struct suggest nearest(const char *written, size_t size)
{
    struct suggest s = suggest_for(written, size);
    bool one_word = memchr(written, ' ', size) == NULL;
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden)
            suggest_try(&s, c->name, one_word ? strcspn(c->name, " ") : strlen(c->name));
    return s;
}

enum error_class command_unknown(const char *words, struct error *e)
{
    size_t first = strcspn(words, " ");
    struct suggest s = nearest(words, strlen(words));
    if (s.nearest == NULL && words[first] != '\0')
        s = nearest(words, first);
    if (s.nearest == NULL)
        return error_code(e, ERROR_INVALID, "usage", "there is no command \"%s\": `argosy help` lists them", words);
    if (s.slips == 0) /* job sail */
        return error_code(e, ERROR_INVALID, "usage", "there is no command \"%s\": `argosy help %.*s` lists its like",
                          words, (int)s.nearest_size, s.nearest);
    return error_code(e, ERROR_INVALID, "usage",
                      "there is no command \"%s\": did you mean \"%.*s\"? `argosy help` lists them", words,
                      (int)s.nearest_size, s.nearest);
}

void command_help(const struct command *command)
{
    if (command != NULL) {
        help_one(command);
        return;
    }
    (void)printf("Argosy: a job fleet for schema intelligence and database migration.\n\n"
                 "Usage: argosy COMMAND [ARGUMENT...] [OPTION...]\n\n");
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden)
            print_beside(c->name, NAME_COLUMNS, c->summary);
    (void)printf(
        "\n`argosy COMMAND --help` tells the options of one. Exit codes: 0 done, 1 failed,\n"
        "2 usage, 3 not found, 4 refused, 69 a server is away, 76 this program and the\ndatabase do not fit.\n");
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
    return command_help_family(words) > 0 ? ERROR_OK : command_unknown(words, e);
}
