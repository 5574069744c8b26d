/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that are not options name the command ("job submit"), the rest are its arguments. Options are those of the
 * command, the settings it uses, and the common ones; all are read by popt from a table made of those rows.
 */
#include "cli/command.h"

#include <errno.h>
#include <popt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/suggest.h"

enum { OPTIONS_MAX = 64, OPTION_HELP = 1, OPTION_CONFIG = 2, OPTION_SETTING = 100, OPTION_OWN = 1000 };

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

static unsigned add_setting(struct poptOption *rows, unsigned count, enum setting id)
{
    const struct setting_row *row = &setting_rows[id];
    rows[count] = (struct poptOption){
        row->flag, '\0', POPT_ARG_STRING, NULL, OPTION_SETTING + (int)id, row->help, command_setting_argument(row)
    };
    return count + 1;
}

bool command_replaces(const struct command *command, enum setting id)
{
    for (const struct option_row *row = command->options; row != NULL && row->name != NULL; row++)
        if (strcmp(row->name, setting_rows[id].flag) == 0)
            return true;
    return false;
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
    for (int i = 0; command_common[i] != SETTING_MAX; i++)
        if (!command_replaces(command, command_common[i])) /* e.g. an --output that knows more words */
            count = add_setting(rows, count, command_common[i]);
    rows[count++] =
        (struct poptOption){ "config", '\0', POPT_ARG_STRING, NULL, OPTION_CONFIG, "settings file", "FILE" };
    rows[count++] = (struct poptOption){ "help", 'h', POPT_ARG_NONE, NULL, OPTION_HELP, "this help", NULL };
    rows[count] = (struct poptOption)POPT_TABLEEND;
}

/* What popt says of an option; for one that there is not, which may have been meant. */
static enum error_class bad_option(const struct command *command, const char *given, int id, struct error *e)
{
    struct poptOption rows[OPTIONS_MAX];
    const char *name = given + strspn(given, "-");
    struct suggest s = suggest_for(name, strcspn(name, "="));
    build_options(command, rows);
    for (unsigned i = 0; id == POPT_ERROR_BADOPT && rows[i].longName != NULL; i++)
        suggest_try(&s, rows[i].longName, strlen(rows[i].longName));
    mem_auto char *meant =
        s.nearest != NULL ? mem_format(", did you mean --%.*s?", (int)s.nearest_size, s.nearest) : mem_text(";");
    return error_code(e, ERROR_INVALID, "usage", "%s: %s%s `argosy %s --help` lists the options", given,
                      poptStrerror(id), meant, command->name);
}

/* Everything between argv and run(). *ret_help: the help was asked for. */
static enum error_class parse(struct context *context, poptContext popt, char **ret_config, bool *ret_help,
                              struct error *e)
{
    int id;
    while ((id = poptGetNextOpt(popt)) > 0) {
        char *value = poptGetOptArg(popt); /* ours to free; NULL for a switch */
        enum error_class class = ERROR_OK;
        if (id == OPTION_HELP)
            *ret_help = true;
        else if (id == OPTION_CONFIG || id >= OPTION_OWN) { /* given twice: the last one counts */
            char **kept = id == OPTION_CONFIG ? ret_config : &context->option_values[id - OPTION_OWN];
            free(*kept);
            *kept = value != NULL ? value : mem_text("");
            value = NULL;
        } else
            class = settings_flag(context->settings, (enum setting)(id - OPTION_SETTING), value, e);
        free(value);
        if (class != ERROR_OK)
            return class;
    }
    if (id < -1)
        return bad_option(context->command, poptBadOption(popt, POPT_BADOPTION_NOALIAS), id, e);
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

/* What the message does not say yet: further points of a list, members of an object. */
static void report_details(const json_t *details)
{
    size_t index;
    json_t *point;
    const char *name;
    json_array_foreach(details, index, point)
    {
        mem_auto char *path = print_value(json_object_get(point, "path"));
        mem_auto char *text = print_value(json_object_get(point, "message"));
        if (index > 0)
            (void)fprintf(stderr, "  %s: %s\n", path, text);
    }
    json_object_foreach((json_t *)(uintptr_t)details, name, point)
    {
        mem_auto char *member = print_clean(name);
        mem_auto char *text = print_value(point);
        (void)fprintf(stderr, "  %s: %s\n", member, text);
    }
}

/* To stderr. details: NULL or what the gateway added. Returns the exit code. */
static int report(const struct error *e, json_t *details, bool json)
{
    (void)fflush(stdout); /* behind what was printed, also where both streams go into one file */
    if (!json) {
        mem_auto char *clean = print_clean(e->message); /* it may hold what a server or a file said */
        (void)fprintf(stderr, "argosy: %s\n", clean);
        report_details(details);
        return error_exit_code(e->class);
    }
    char now[CLOCK_TEXT_SIZE];
    clock_text(clock_wall_ms(), now);
    json_auto_t *line =
        json_pack("{s:s, s:s, s:o, s:s}", "message", e->message, "error_code", e->code, "details",
                  details != NULL && !json_is_null(details) ? json_incref(details) : json_object(), "timestamp", now);
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
    mem_auto char *config = NULL;
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

/* No command is spelled: the list, a family ("job" has submit, list, ...), or what is wrong. */
static int no_command(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "", *last = argv[argc - 1];
    bool asked =
        text_equal(word, "--help") || text_equal(word, "-h") || text_equal(last, "--help") || text_equal(last, "-h");
    if (argc < 2 || (asked && *word == '-')) {
        command_help(NULL);
        return asked ? 0 : error_exit_code(ERROR_INVALID);
    }
    if ((argc == 2 || asked) && command_help_family(word) > 0)
        return asked ? 0 : error_exit_code(ERROR_INVALID);
    struct error e;
    bool json = false;
    for (int i = 1; i < argc; i++)
        json = json || text_equal(argv[i], "--output=json") ||
               (i + 1 < argc && text_equal(argv[i], "--output") && text_equal(argv[i + 1], "json"));
    if (*word == '-') {
        (void)error_code(&e, ERROR_INVALID, "usage", "the command comes first: argosy COMMAND %s ...", word);
    } else {
        bool second = argc > 2 && argv[2][0] != '-';
        mem_auto char *words = mem_format("%.200s%s%.200s", word, second ? " " : "", second ? argv[2] : "");
        (void)command_unknown(words, &e);
    }
    return report(&e, NULL, json);
}

int command_main(int argc, char **argv)
{
    struct error e = ERROR_NONE;
    int words = 0;
    (void)signal(SIGPIPE, SIG_IGN);
    static char version[] = "version";
    if (argc == 2 && text_equal(argv[1], "--version")) /* as other programs have it */
        return command_main(argc, (char *[]){ argv[0], version, NULL });
    const struct command *command = find(argc, argv, &words);
    if (command == NULL)
        return no_command(argc, argv);
    char *values[OPTIONS_MAX] = { NULL };
    struct context context = { .command = command, .settings = settings_create(), .option_values = values };
    bool help = false;
    enum error_class class = run(&context, argc - words, (const char **)(argv + words), &help, &e);
    int code = class == ERROR_OK ? 0 : report(&e, context.details, context.json);
    if (fflush(stdout) != 0 && code == 0) { /* a full disk or a reader that left: what was asked for is not there */
        bool left = errno == EPIPE;         /* `| head`: it knows */
        (void)error_set(&e, ERROR_FATAL, "can't write the result: %m");
        code = left ? error_exit_code(e.class) : report(&e, context.details, context.json);
    }
    for (int i = 0; i < OPTIONS_MAX; i++)
        free(values[i]);
    json_decref(context.details);
    context.settings = settings_destroy(context.settings);
    return code;
}
