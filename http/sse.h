/* SPDX-License-Identifier: Apache-2.0 */
/* sse.h - the text of server-sent events. Pure. */
#ifndef HTTP_SSE_H
#define HTTP_SSE_H

#include "base/buffer.h"

/*
 * Adds one event: id and event may be NULL; both must hold no line break (what follows one is cut off). Line breaks in
 * data become further data lines. False when the buffer is full.
 */
bool sse_event(struct buffer *b, const char *id, const char *event, const char *data, size_t size);

/* A comment: keeps proxies from closing, is ignored by clients. */
bool sse_comment(struct buffer *b, const char *text);

#endif
