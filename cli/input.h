/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - what a command is given to send: text or JSON as an argument, from a file (@FILE) or from standard input
 * (-). */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <jansson.h>

#include "cli/command.h"

/* free(). */
enum error_class input_text(const char *given, char **ret_text, struct error *e);
/* NULL stands for {}. New reference. */
enum error_class input_json(const char *given, json_t **ret_json, struct error *e);

/* body[member] = text, unless that is NULL. */
void input_set_text(json_t *body, const char *member, const char *text);
/* "a,b" as a list, "none" as an empty one. New reference. */
json_t *input_list(const char *text, char separator);
/* body[member] = a list of text's parts between commas, unless that is NULL. */
void input_set_list(json_t *body, const char *member, const char *text);
/* body[member] = --option as a number from 1 to max, unless it was not given. */
enum error_class input_set_number(const struct context *context, json_t *body, const char *option, const char *member,
                                  int64_t max, struct error *e);

#endif
