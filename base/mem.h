/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.h - allocation that can't be forgotten to be checked.
 *
 * Out of memory aborts the process: a slot that dies costs one attempt and the job comes back; a role that dies is
 * started again. That is fair only because every size that arrives has a limit before it gets here.
 * Sizes are multiplied with overflow checks. Free with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1, 2)));
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *mem_text(const char *text) __attribute__((malloc, returns_nonnull));
char *mem_text_n(const char *text, size_t size) __attribute__((malloc, returns_nonnull)); /* adds the NUL */
char *mem_format(const char *format, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* Called with the size that was refused, instead of the message and the abort; must not return. For a process that
 * tells somebody why it ends. */
void mem_on_out_of_memory(void (*handler)(size_t size));

/* Grows an array of *capacity items to hold at least `needed`, doubling. */
void *mem_grow(void *items, size_t *capacity, size_t needed, size_t item_size) __attribute__((returns_nonnull));

/* `mem_auto char *text = ...;` is freed at the end of its scope. */
void mem_auto_free(void *pointer_to_pointer);
#define mem_auto __attribute__((cleanup(mem_auto_free)))

#endif
