/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that lives exactly as long as one thing (a job, a request, a catalog).
 *
 * Nothing in it is freed alone. Over `max` bytes in total arena_alloc() aborts like mem_alloc(): whoever fills an arena
 * from foreign input checks arena_room() first and turns it into an error.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_create(size_t max);
struct arena *arena_destroy(struct arena *arena); /* NULL is fine; returns NULL */
size_t arena_used(const struct arena *arena);
size_t arena_room(const struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)); /* zeroed, aligned for anything */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
char *arena_text(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char *arena_text_n(struct arena *arena, const char *text, size_t size) __attribute__((returns_nonnull));
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((returns_nonnull, format(printf, 2, 3)));

#endif
