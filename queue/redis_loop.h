/* SPDX-License-Identifier: Apache-2.0 */
/* redis_loop.h - hiredis' asynchronous half on a libuv loop. Used by redis_link.c only. */
#ifndef QUEUE_REDIS_LOOP_H
#define QUEUE_REDIS_LOOP_H

#include <hiredis/async.h>
#include <uv.h>

#include "base/error.h"

/* From here on the loop serves the connection, until hiredis frees the context; then on_closed(arg) runs once. */
enum error_class redis_loop_attach(redisAsyncContext *context, uv_loop_t *loop, void (*on_closed)(void *arg), void *arg,
                                   struct error *e);

/* Writes what was asked for by now, instead of in the loop's next turn. A fault is met and told by that turn. */
void redis_loop_flush(redisAsyncContext *context);

#endif
