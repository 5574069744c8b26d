/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.h - stands between one client and a PostgreSQL on a unix socket, and cuts both off at the client's COMMIT.
 *
 * after: the COMMIT reaches the server and its answer is dropped; else it never arrives. A child process; proxy_stop()
 * waits for it to have done so.
 */
#ifndef TESTS_SUPPORT_PROXY_H
#define TESTS_SUPPORT_PROXY_H

#include <stdbool.h>

struct proxy;

struct proxy *proxy_start(const char *url, bool after);
const char *proxy_url(const struct proxy *p); /* the same database, through the proxy; for one connection */
void proxy_stop(struct proxy *p);             /* frees it */

#endif
