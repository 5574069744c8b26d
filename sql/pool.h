/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.h - a few sessions as one: each call goes to the least busy one that is up. For programs whose calls come from
 * many clients (gateway); who needs an order among its calls uses a session.
 *
 * Loop only. The pool owns its sessions.
 */
#ifndef SQL_POOL_H
#define SQL_POOL_H

#include "sql/session.h"

struct pool;

/* config as for session_create(), for each of `size` sessions (at least 1); on_state tells when the first is up and
 * when the last is down; channels are listened to by the first session only. */
struct pool *pool_create(const struct session_config *config, unsigned size);
void pool_close(struct pool *p, void (*on_closed)(void *arg), void *arg); /* as session_close(); frees itself */
bool pool_is_up(const struct pool *p);
unsigned pool_pending(const struct pool *p);

/* As session_run(). */
void pool_run(struct pool *p, const char *statement, const struct sql_param *params, unsigned count, int deadline_ms,
              session_on_result *callback, void *arg);

/* The session that the next call would take, for a struct store over it. */
struct session *pool_pick(struct pool *p);

#endif
