/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_SIZE = 16 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *blocks; /* the newest first: only that one has room */
    size_t used, max;
};

struct arena *arena_create(size_t max)
{
    struct arena *arena = mem_zero(1, sizeof *arena);
    arena->max = max;
    return arena;
}

struct arena *arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return NULL;
    for (struct block *b = arena->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
    return NULL;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

size_t arena_room(const struct arena *arena)
{
    return arena->max - arena->used;
}

static struct block *block_add(struct arena *arena, size_t size)
{
    size_t room = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE, bytes;
    if (__builtin_add_overflow(sizeof(struct block), room, &bytes))
        bytes = SIZE_MAX; /* mem_alloc() aborts on it */
    struct block *b = mem_alloc(bytes);
    *b = (struct block){ .next = arena->blocks, .size = room };
    arena->blocks = b;
    return b;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t), rounded;
    if (__builtin_add_overflow(size, align - 1, &rounded) || (rounded &= ~(align - 1)) > arena_room(arena)) {
        (void)fprintf(stderr, "argosy: arena over its limit of %zu bytes\n", arena->max);
        abort();
    }
    struct block *b = arena->blocks;
    if (b == NULL || b->size - b->used < rounded)
        b = block_add(arena, rounded);
    void *p = b->data + b->used;
    b->used += rounded;
    arena->used += rounded;
    return memset(p, 0, rounded);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return arena_alloc(arena, __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_n(arena, text, strlen(text));
}

char *arena_text_n(struct arena *arena, const char *text, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    memcpy(copy, text, size);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, size < 0 ? 1 : (size_t)size + 1);
    if (size > 0)
        (void)vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}
