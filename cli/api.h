/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - the gateway as the commands see it: where it is and with which key is found once, by settings or data folder.
 *
 * The commands go through the same door as everybody: one set of checks, one shape of JSON.
 */
#ifndef CLI_API_H
#define CLI_API_H

#include <jansson.h>

#include "base/buffer.h"
#include "cli/command.h"
#include "cli/print.h"
#include "remote/http_client.h"

struct api {
    struct http_client *client;
    char *url;
};

enum error_class api_open(struct context *context, struct api *ret_api, struct error *e);
void api_close(struct api *api);

/* Opens, calls once, closes. path is used as it is. *ret_answer: new reference. */
enum error_class api_call(struct context *context, const char *method, const char *path, const json_t *body,
                          json_t **ret_answer, struct error *e);

/* The same for work that is submitted, with --idempotency-key: shows its id, says what there is to warn of. */
enum error_class api_submit(struct context *context, const char *path, const json_t *body, json_t **ret_answer,
                            struct error *e);

/* name=value as the next parameter of a path; value (NULL: nothing is added) is what users type, so it is escaped. */
void api_parameter(struct buffer *path, const char *name, const char *value);

/* Shows one object as the user asked: JSON as it came, or a line a column. */
void api_show_object(const struct context *context, const json_t *answer, const struct print_column *columns);

/* One number of the answer, which is all that a script wants of it; or JSON as it came. */
void api_show_id(const struct context *context, const json_t *answer, const char *member);

/* An id from the command line; of: "job", "connection", ... */
enum error_class api_id(const char *text, const char *of, int64_t *ret_id, struct error *e);

#endif
