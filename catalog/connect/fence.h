/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fence.h - the row in a customer's target that says which epoch may write there.
 *
 * Table argosy_fence (job, part, epoch, chunk, cursor) in the target. A new epoch first calls fence_advance() in a
 * transaction of its own and goes on from the chunk and cursor it returns, never from what our database says. Each
 * chunk's transaction begins with fence_step(); ERROR_FENCED = a newer epoch was here or the chunk is already in: roll
 * back and look again with fence_advance(). The row outlives the job. Sealing is fence_advance() with the sealing epoch
 * on every part of the job. (design: "Into a customer's database")
 */
#ifndef CATALOG_CONNECT_FENCE_H
#define CATALOG_CONNECT_FENCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/connect/connect.h"

struct fence {
    int64_t job;
    const char *part; /* "ddl", "rows/\"main\".\"Track\"/0", "keys": what is written by one chain of chunks */
    int64_t epoch;
};

/* "argosy job 17 epoch 3": the application_name of every session that writes under a fence. A newer epoch finds by it
 * what an older one, stopped or gone, still has open in the target, and ends it (same role only). */
enum { FENCE_APPLICATION_SIZE = 64 };
void fence_application(int64_t job, int64_t epoch, char ret_text[static FENCE_APPLICATION_SIZE]);

/* Makes the table when it is not there (repeatable, safe when several come at once). No transaction may be open. */
enum error_class fence_prepare(struct connect *target, struct error *e);

/* Own transaction: claims the part for f->epoch. ERROR_FENCED when a higher epoch has been here.
 * *ret_chunk: chunks already applied; *ret_cursor: what the last one left (JSON text in the arena, NULL at the start).
 */
enum error_class fence_advance(struct connect *target, struct arena *arena, const struct fence *f, int64_t *ret_chunk,
                               const char **ret_cursor, struct error *e);

/* First statement of the chunk's open transaction: compare-and-set chunk-1 -> chunk. */
enum error_class fence_step(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                            struct error *e);

/* Last statement of a chunk whose last key is known only now: sets the cursor in the row that fence_step() holds. */
enum error_class fence_cursor(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                              struct error *e);

/* Own transaction: raises every part of the job below `epoch` to it; also leaves a row for part "" so that a part begun
 * later is fenced too (fence_advance() looks at it). */
enum error_class fence_seal(struct connect *target, int64_t job, int64_t epoch, struct error *e);

#endif
