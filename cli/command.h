/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.h - one subcommand of `argosy`: a row of the table in commands.c, and what it is handed.
 *
 * A command prints its result to stdout (text, or JSON with --output json), says what it does on stderr, and returns
 * the error it ended with; main() prints that error and exits with its class's code (0 done, 1 failed, 2 usage, 3 not
 * found, 4 refused, 69 away).
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/settings.h"

struct option_row {       /* an option of one command alone */
    const char *name;     /* long form without -- */
    const char *argument; /* what it takes ("N", "FILE"), or NULL for a switch */
    const char *help;
};

struct context {
    struct settings *settings;
    const struct command *command;
    const char *const *arguments; /* positional ones, NULL-terminated */
    unsigned argument_count;
    char **option_values; /* one per row of command->options: text, "" for a switch that is on, NULL: not given */
    bool json;            /* --output json */
    json_t *details;      /* of what the gateway refused; printed with the error */
};

struct command {
    const char *name;      /* "job submit" */
    const char *arguments; /* "KIND [ARGS]", or NULL */
    const char *summary;
    const enum setting *settings; /* ends with SETTING_MAX; NULL: none. --data-dir, --output, logs are always there */
    const struct option_row *options; /* ends with a NULL name; NULL: none */
    unsigned arguments_min, arguments_max;
    enum error_class (*run)(struct context *context, struct error *e);
    bool hidden; /* roles that only we start */
};

extern const struct command command_rows[]; /* sorted by name; ends with a NULL name */

/* ---- given.c ---- */
/* NULL: not given. */
const char *command_option(const struct context *context, const char *name);
bool command_switch(const struct context *context, const char *name);
/* The option as a number; `fallback` when it was not given. */
enum error_class command_number(const struct context *context, const char *name, int64_t min, int64_t max,
                                int64_t fallback, int64_t *ret_value, struct error *e);

/* ---- command.c ---- */
/* Has the command an option of its own by the name of that setting? */
bool command_replaces(const struct command *command, enum setting id);

/* Finds, parses, runs and reports. Returns the exit code. */
int command_main(int argc, char **argv);

/* ---- help.c ---- */
/* Help of one command (or of all, when NULL) on stdout. */
void command_help(const struct command *command);
/* Lists the commands that begin with those words; returns how many there are. */
unsigned command_help_family(const char *words);
void command_usage(const struct command *command); /* argosy NAME ARGUMENTS [OPTION...] on stdout */
/* There is none of that name; says which may have been meant. */
enum error_class command_unknown(const char *words, struct error *e);
/* Settings that every command takes; ends with SETTING_MAX. */
extern const enum setting command_common[];
const char *command_setting_argument(const struct setting_row *row); /* "URL", "N", ... */

#endif
