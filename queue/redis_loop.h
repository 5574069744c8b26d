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

#endif
