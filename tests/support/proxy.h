/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.h - stands between one client and a PostgreSQL on a unix socket, and cuts both off at a word of the client's.
 *
 * word, size bytes of it. after: the word (COMMIT, say) reaches the server and its answer is dropped; else it never
 * arrives. A child process; proxy_stop() waits for it to have done so.
 */
#ifndef TESTS_SUPPORT_PROXY_H
#define TESTS_SUPPORT_PROXY_H

#include <stdbool.h>
#include <stddef.h>

struct proxy;

struct proxy *proxy_start(const char *url, const char *word, size_t size, bool after);
const char *proxy_url(const struct proxy *p); /* the same database, through the proxy; for one connection */
void proxy_stop(struct proxy *p);             /* frees it */

#endif
