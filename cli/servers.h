/* SPDX-License-Identifier: Apache-2.0 */
/*
 * servers.h - may a fleet stand on these servers? For start-up, which must not begin what would break a promise later.
 *
 * Blocking, a few seconds at most. A server that does not answer is no reason to refuse: roles wait for their servers.
 */
#ifndef CLI_SERVERS_H
#define CLI_SERVERS_H

#include "base/error.h"

/* ERROR_REFUSED: "database_pooled" (no NOTIFY is heard by that URL), "redis_evicts" or "redis_unasked" (it might).
 * ERROR_INCOMPATIBLE: the record's schema is too old, too new or another one for this program. NULL: not looked at. */
enum error_class servers_refuse(const char *listen_url, const char *redis_url, struct error *e);

#endif
