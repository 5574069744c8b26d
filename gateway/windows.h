/* SPDX-License-Identifier: Apache-2.0 */
/*
 * windows.h - what to tell whoever submits into a queue that has windows: that its jobs would pass the end of one.
 *
 * Which queues have windows is known here (asked for once a second while somebody submits), so a submit into another
 * queue costs a look at a list of names. Called from the loop only.
 */
#ifndef GATEWAY_WINDOWS_H
#define GATEWAY_WINDOWS_H

#include <jansson.h>

#include "queue/store.h"

struct gateway;
struct windows;

struct windows *windows_create(struct gateway *g);
struct windows *windows_destroy(struct windows *w); /* nothing waits any more; NULL is fine; returns NULL */

void windows_changed(struct windows *w); /* a queue was set: what was known of windows may be wrong */

/* May one of these rows go to a queue with windows? */
bool windows_concern(struct windows *w, const struct submit_row *rows, unsigned count);

/* warnings: borrowed list of texts, NULL without any (also when the record did not answer: it is only a word to the
 * wise). The rows stay the caller's and must last until then. */
typedef void windows_on_warned(void *arg, const json_t *warnings);
void windows_warn(struct windows *w, const struct submit_row *rows, unsigned count, windows_on_warned *callback,
                  void *arg);

#endif
