/* SPDX-License-Identifier: Apache-2.0 */
/* redis_check.h - one blocking look at a Redis, for `argosy doctor` and start-up; never in a loop. */
#ifndef QUEUE_REDIS_CHECK_H
#define QUEUE_REDIS_CHECK_H

#include "base/error.h"

/* ERROR_UNAVAILABLE: does not answer; ERROR_REFUSED code "redis_evicts": its maxmemory-policy throws keys away, so a
 * doorbell could vanish silently. ret_text says version and policy. url: redis://[user:password@]host[:port][/db] or
 * unix://PATH. */
enum error_class redis_check(const char *url, char *ret_text, unsigned size, struct error *e);

#endif
