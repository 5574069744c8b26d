/* SPDX-License-Identifier: Apache-2.0 */
/* redis_check.h - one blocking look at a Redis, for `argosy doctor` and start-up; never in a loop. */
#ifndef QUEUE_REDIS_CHECK_H
#define QUEUE_REDIS_CHECK_H

#include "base/error.h"

/* With Sentinel, the master that it names now. ret_text says version, memory limit and policy.
 * ERROR_UNAVAILABLE: does not answer; ERROR_DENIED: refuses the login; ERROR_REFUSED: "redis_evicts", it has a memory
 * limit and a policy that throws keys away when it is reached, so doorbells would vanish; "redis_unasked", it does not
 * let us look. */
enum error_class redis_check(const char *url, char *ret_text, unsigned size, struct error *e);

#endif
