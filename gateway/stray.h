/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stray.h - files in the folder of uploads that no row names: what a crash between the rename and the row left behind.
 *
 * Loop only. Owned by the gateway.
 */
#ifndef GATEWAY_STRAY_H
#define GATEWAY_STRAY_H

struct gateway;
struct stray;

/* Looks every `every_ms`, for the first time then. */
struct stray *stray_create(struct gateway *g, int every_ms);
void stray_close(struct stray *s, void (*on_closed)(void *arg), void *arg); /* frees it; on_closed from the loop */

#endif
