/* SPDX-License-Identifier: Apache-2.0 */
/*
 * submit.h - POST /api/v1/jobs: submits that arrive together are committed together.
 *
 * One call of the store is on its way at a time; what arrives meanwhile waits and goes with the next. Each request is
 * answered only after the COMMIT that holds its rows.
 */
#ifndef GATEWAY_SUBMIT_H
#define GATEWAY_SUBMIT_H

struct gateway;
struct submit;

struct submit *submit_create(struct gateway *g);
struct submit *submit_destroy(struct submit *s); /* nothing waits any more; NULL is fine; returns NULL */

#endif
