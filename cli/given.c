/* SPDX-License-Identifier: Apache-2.0 */
/* given.c - the options that a command was given, as it asks for them. */
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

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
