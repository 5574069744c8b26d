/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.c - blocks, the newest in use: aligned things grow from its front, texts from its back, where they need no
 * padding.
 *
 * Blocks are asked for zeroed and never used twice, so nothing is cleared again. They grow with the arena: a small one
 * takes 16 KB at a time, a large one whole huge pages, since a page fault every 4 KB would be a tenth of the time that
 * it takes to fill them.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { BLOCK_MIN = 16 << 10, BLOCK_MAX = 256 << 10, HUGE_SIZE = 2 << 20, HUGE_FROM = 8 << 20 };

struct block {
    struct block *next;
    size_t used, end; /* data[used] to data[end] is free */
    size_t mapped;    /* bytes to munmap(); 0: free() it */
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
        if (b->mapped > 0)
            (void)munmap(b, b->mapped);
        else
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

/* Whole huge pages, at an address that can have them; NULL: the system has no such memory, take the usual. */
static struct block *map_block(size_t bytes)
{
    size_t rounded, wide;
    if (__builtin_add_overflow(bytes, HUGE_SIZE - 1, &rounded) ||
        __builtin_add_overflow(rounded &= ~(size_t)(HUGE_SIZE - 1), HUGE_SIZE, &wide))
        return NULL;
    unsigned char *mapped = mmap(NULL, wide, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)mapped & (HUGE_SIZE - 1), behind = HUGE_SIZE - before;
    if (before > 0)
        (void)munmap(mapped, before);
    (void)munmap(mapped + before + rounded, behind);
    struct block *b = (struct block *)(mapped + before);
    (void)madvise(b, rounded, MADV_HUGEPAGE); /* a wish */
    *b = (struct block){ .end = rounded - sizeof *b, .mapped = rounded };
    return b;
}

static struct block *block_add(struct arena *arena, size_t size)
{
    size_t room = arena->used / 8, bytes;
    room = room < BLOCK_MIN ? BLOCK_MIN : room > BLOCK_MAX ? BLOCK_MAX : room;
    room = size > room / 4 ? size : room;
    if (__builtin_add_overflow(sizeof(struct block), room, &bytes))
        bytes = SIZE_MAX; /* mem_zero() aborts on it */
    struct block *b = arena->used >= HUGE_FROM ? map_block(bytes) : NULL;
    if (b == NULL) {
        b = mem_zero(1, bytes);
        b->end = room;
    }
    b->next = arena->blocks;
    arena->blocks = b;
    return b;
}

/* The newest block has room for `size` more bytes. */
static struct block *block_for(struct arena *arena, size_t size)
{
    if (size > arena_room(arena)) {
        (void)fprintf(stderr, "argosy: arena over its limit of %zu bytes\n", arena->max);
        abort();
    }
    arena->used += size;
    struct block *b = arena->blocks;
    return b != NULL && b->end - b->used >= size ? b : block_add(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t), rounded;
    if (__builtin_add_overflow(size, align - 1, &rounded))
        rounded = SIZE_MAX; /* more than there can be room for */
    else
        rounded &= ~(align - 1);
    struct block *b = block_for(arena, rounded);
    void *p = b->data + b->used;
    b->used += rounded;
    return p;
}

/* For bytes: unaligned, from the back. */
static char *alloc_text(struct arena *arena, size_t size)
{
    struct block *b = block_for(arena, size);
    b->end -= size;
    return (char *)b->data + b->end;
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
    char *copy = alloc_text(arena, size + 1);
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
    char *text = alloc_text(arena, size < 0 ? 1 : (size_t)size + 1);
    if (size > 0)
        (void)vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}
