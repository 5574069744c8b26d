/* SPDX-License-Identifier: Apache-2.0 */
/* store_postgres.h - the record in PostgreSQL: store.h over a session. */
#ifndef QUEUE_STORE_POSTGRES_H
#define QUEUE_STORE_POSTGRES_H

#include "queue/store.h"

struct session;

/* The session is borrowed and outlives the store; destroy the store once the session is closed (every callback has run
 * by then). NULL is fine for destroy; it returns NULL. */
struct store *store_postgres_create(struct session *session);
struct store *store_postgres_destroy(struct store *store);

#endif
