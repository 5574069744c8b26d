/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.h - a job as a client asks for it, checked before a row exists: members, limits, and the arguments against the
 * schema of its kind. Nothing here waits or writes.
 */
#ifndef GATEWAY_ORDER_H
#define GATEWAY_ORDER_H

#include <jansson.h>

#include "queue/store.h"

/* Compiles the schemas of all kinds once. ERROR_FATAL names the kind whose schema does not compile. */
enum error_class order_open(struct error *e);
void order_close(void);

/*
 * job: {"kind","args","queue","tenant","priority","run_at","attempts_max","timeout_s","unique","tags"}. On ERROR_OK
 * *ret_row points into job and into *ret_args (free()), and is the caller's for order_finish(). Else *ret_details may
 * be set (owned by the caller): [{"path","message"}] or
 * {"kinds": [...]}. at: where the job stands in the request, "" or "/jobs/3".
 */
enum error_class order_job(const json_t *job, const char *at, struct submit_row *ret_row, char **ret_args,
                           json_t **ret_details, struct error *e);

void order_finish(struct submit_row *row); /* one of zeros is fine */

/* ERROR_INVALID names the first member that is not in `known` (ends with NULL). */
enum error_class order_members(const json_t *object, const char *at, const char *const *known, struct error *e);

/* A pipeline's steps: the kinds and arguments of each; whether it is a DAG of well-named steps is the record's to say.
 */
enum error_class order_steps(const json_t *steps, json_t **ret_details, struct error *e);

#endif
