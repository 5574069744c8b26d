/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args.h - are these the arguments that a kind takes? For the slot, which asks before each run: not every door checks.
 *
 * Blocking C of one thread; a kind's schema is compiled at the first question and kept.
 */
#ifndef JOBS_ARGS_H
#define JOBS_ARGS_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

/* On ERROR_OK *ret_args is a new reference. ERROR_INVALID "invalid_arguments": *ret_details is {"errors":[{"path",
 * "message"}]}, free() it, or NULL. */
enum error_class args_read(const char *kind, const char *text, size_t size, json_t **ret_args, char **ret_details,
                           struct error *e);

#endif
