/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that are not options name the command ("job submit"), the rest are its arguments. Options are those of the
 * command, the settings it uses, and the common ones; all are read by popt from a table made of those rows.
 */
#include "cli/command.h"

#include <popt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

enum { OPTIONS_MAX = 64, OPTION_HELP = 1, OPTION_CONFIG = 2, OPTION_SETTING = 100, OPTION_OWN = 1000 };

static const enum setting common_settings[] = { SETTING_DATA_DIR, SETTING_OUTPUT, SETTING_LOG_LEVEL,
                                                SETTING_LOG_FORMAT };
enum { COMMON_COUNT = sizeof common_settings / sizeof common_settings[0] };

/* The longest name that the first words spell; *ret_words is how many it took. */
static const struct command *find(int argc, char **argv, int *ret_words)
{
    const struct command *best = NULL;
    for (const struct command *c = command_rows; c->name != NULL; c++) {
        const char *rest = c->name;
        int words = 0;
        while (*rest != '\0' && words + 1 < argc) {
            size_t size = strcspn(rest, " ");
            const char *word = argv[words + 1];
            if (strlen(word) != size || strncmp(word, rest, size) != 0)
                break;
            words++;
            rest += size + (rest[size] == ' ');
        }
        if (*rest == '\0' && (best == NULL || words > *ret_words)) {
            best = c;
            *ret_words = words;
        }
    }
    return best;
}

static const char *argument_of(const struct setting_row *row)
{
    return row->choices != NULL             ? row->choices
           : row->type == SETTING_BYTES     ? "BYTES"
           : row->type == SETTING_TIME      ? "TIME"
           : row->type == SETTING_COUNT     ? "N"
           : text_ends(row->flag, "url")    ? "URL"
           : text_ends(row->flag, "listen") ? "ADDRESS"
                                            : "TEXT";
}

static unsigned add_setting(struct poptOption *rows, unsigned count, enum setting id)
{
    const struct setting_row *row = &setting_rows[id];
    rows[count] =
        (struct poptOption){ row->flag,       '\0', POPT_ARG_STRING, NULL, OPTION_SETTING + (int)id, row->help,
                             argument_of(row) };
    return count + 1;
}

static void build_options(const struct command *command, struct poptOption *rows)
{
    unsigned count = 0;
    for (int i = 0; command->options != NULL && command->options[i].name != NULL; i++)
        rows[count++] = (struct poptOption){ command->options[i].name,
                                             '\0',
                                             command->options[i].argument != NULL ? POPT_ARG_STRING : POPT_ARG_NONE,
                                             NULL,
                                             OPTION_OWN + i,
                                             command->options[i].help,
                                             command->options[i].argument };
    for (int i = 0; command->settings != NULL && command->settings[i] != SETTING_MAX; i++)
        count = add_setting(rows, count, command->settings[i]);
    for (unsigned i = 0; i < COMMON_COUNT; i++)
        count = add_setting(rows, count, common_settings[i]);
    rows[count++] =
        (struct poptOption){ "config", '\0', POPT_ARG_STRING, NULL, OPTION_CONFIG, "settings file", "FILE" };
    rows[count++] = (struct poptOption){ "help", 'h', POPT_ARG_NONE, NULL, OPTION_HELP, "this help", NULL };
    rows[count] = (struct poptOption)POPT_TABLEEND;
}

static void print_options(const struct poptOption *rows)
{
    for (const struct poptOption *o = rows; o->longName != NULL; o++) {
        char left[64];
        bool setting = o->val >= OPTION_SETTING && o->val < OPTION_OWN;
        const struct setting_row *row = setting ? &setting_rows[o->val - OPTION_SETTING] : NULL;
        (void)snprintf(left, sizeof left, "--%s%s%s", o->longName, o->argDescrip != NULL ? " " : "",
                       o->argDescrip != NULL ? o->argDescrip : "");
        (void)printf("  %-30s %s", left, o->descrip);
        if (row != NULL && row->fallback != NULL)
            (void)printf(" [%s]", row->fallback);
        if (row != NULL)
            (void)printf(" (%s)", row->environment);
        (void)printf("\n");
    }
}

void command_help(const struct command *command)
{
    if (command != NULL) {
        struct poptOption rows[OPTIONS_MAX];
        build_options(command, rows);
        (void)printf("Usage: argosy %s%s%s [OPTION...]\n\n%s\n\n", command->name, command->arguments != NULL ? " " : "",
                     command->arguments != NULL ? command->arguments : "", command->summary);
        print_options(rows);
        return;
    }
    (void)printf("Argosy: an asynchronous job fleet for schema intelligence and database migration.\n\n"
                 "Usage: argosy COMMAND [ARGUMENT...] [OPTION...]\n\n");
    for (const struct command *c = command_rows; c->name != NULL; c++)
        if (!c->hidden)
            (void)printf("  %-18s %s\n", c->name, c->summary);
    (void)printf(
        "\n`argosy COMMAND --help` tells the options of one. Exit codes: 0 done, 1 failed, 2 usage, 3 not found,\n"
        "4 refused, 69 a server is away.\n");
}

const char *command_option(const struct context *context, const char *name)
{
    for (int i = 0; context->command->options != NULL && context->command->options[i].name != NULL; i++)
        if (strcmp(context->command->options[i].name, name) == 0)
            return context->option_values[i];
    return NULL;
}

bool command_switch(const struct context *context, const char *name)
{
    return command_option(context, name) != NULL;
}

enum error_class command_number(const struct context *context, const char *name, int64_t min, int64_t max,
                                int64_t fallback, int64_t *ret_value, struct error *e)
{
    const char *text = command_option(context, name);
    *ret_value = fallback;
    if (text != NULL && !text_to_int64(text, min, max, ret_value))
        return error_code(e, ERROR_INVALID, "usage", "--%s is \"%s\": it must be a number from %lld to %lld", name,
                          text, (long long)min, (long long)max);
    return ERROR_OK;
}

/* Everything between argv and run(). *ret_help: the help was asked for. */
static enum error_class parse(struct context *context, poptContext popt, const char **ret_config, bool *ret_help,
                              struct error *e)
{
    int id;
    while ((id = poptGetNextOpt(popt)) > 0) {
        char *value = poptGetOptArg(popt); /* ours to free; NULL for a switch */
        enum error_class class = ERROR_OK;
        if (id == OPTION_HELP)
            *ret_help = true;
        else if (id == OPTION_CONFIG)
            *ret_config = value;
        else if (id >= OPTION_OWN)
            context->option_values[id - OPTION_OWN] = value != NULL ? value : "";
        else
            class = settings_flag(context->settings, (enum setting)(id - OPTION_SETTING), value, e);
        if (id >= OPTION_SETTING && id < OPTION_OWN)
            free(value);
        if (class != ERROR_OK)
            return class;
    }
    if (id < -1)
        return error_code(e, ERROR_INVALID, "usage", "%s: %s; `argosy %s --help` lists the options",
                          poptBadOption(popt, POPT_BADOPTION_NOALIAS), poptStrerror(id), context->command->name);
    const char **left = poptGetArgs(popt);
    context->arguments = (const char *const *)left;
    while (left != NULL && left[context->argument_count] != NULL)
        context->argument_count++;
    const struct command *c = context->command;
    if (!*ret_help && (context->argument_count < c->arguments_min || context->argument_count > c->arguments_max))
        return error_code(e, ERROR_INVALID, "usage", "usage: argosy %s%s%s [OPTION...]", c->name,
                          c->arguments != NULL ? " " : "", c->arguments != NULL ? c->arguments : "");
    return ERROR_OK;
}

static int report(const struct error *e, bool json)
{
    if (!json) {
        (void)fprintf(stderr, "argosy: %s\n", e->message);
        return error_exit_code(e->class);
    }
    char now[CLOCK_TEXT_SIZE];
    clock_text(clock_wall_ms(), now);
    json_auto_t *line =
        json_pack("{s:s, s:s, s:{}, s:s}", "message", e->message, "error_code", e->code, "details", "timestamp", now);
    mem_auto char *text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    (void)fprintf(stderr, "%s\n", text != NULL ? text : "{}");
    return error_exit_code(e->class);
}

static void set_up_log(const struct context *context)
{
    enum log_level level = LOG_INFO;
    const char *format = settings_text(context->settings, SETTING_LOG_FORMAT);
    (void)log_level_from_name(settings_text(context->settings, SETTING_LOG_LEVEL), &level);
    log_setup(context->command->name, level, strcmp(format, "auto") == 0 ? NULL : format);
}

static enum error_class run(struct context *context, int argc, const char **argv, bool *ret_help, struct error *e)
{
    struct poptOption rows[OPTIONS_MAX];
    const char *config = NULL;
    build_options(context->command, rows);
    poptContext popt = poptGetContext("argosy", argc, argv, rows, 0);
    enum error_class class = parse(context, popt, &config, ret_help, e);
    if (class == ERROR_OK && !*ret_help)
        class = settings_load(context->settings, config, e);
    context->json = text_equal(settings_text(context->settings, SETTING_OUTPUT), "json");
    if (class == ERROR_OK && *ret_help)
        command_help(context->command);
    else if (class == ERROR_OK) {
        set_up_log(context);
        class = context->command->run(context, e);
    }
    (void)poptFreeContext(popt);
    return class;
}

int command_main(int argc, char **argv)
{
    struct error e = ERROR_NONE;
    int words = 0;
    (void)signal(SIGPIPE, SIG_IGN);
    const struct command *command = find(argc, argv, &words);
    if (command == NULL) {
        const char *word = argc > 1 ? argv[1] : "";
        bool asked = text_equal(word, "--help") || text_equal(word, "-h") || text_equal(word, "help");
        if (asked || argc < 2)
            command_help(NULL);
        else
            (void)fprintf(stderr, "argosy: there is no command \"%s%s%s\": `argosy help` lists them\n", word,
                          argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
        return asked ? 0 : error_exit_code(ERROR_INVALID);
    }
    const char *values[OPTIONS_MAX] = { NULL };
    struct context context = { .command = command, .settings = settings_create(), .option_values = values };
    bool help = false;
    enum error_class class = run(&context, argc - words, (const char **)(argv + words), &help, &e);
    int code = class == ERROR_OK ? 0 : report(&e, context.json);
    for (int i = 0; i < OPTIONS_MAX; i++)
        if (values[i] != NULL && *values[i] != '\0')
            free((char *)(uintptr_t)values[i]);
    context.settings = settings_destroy(context.settings);
    return code;
}
