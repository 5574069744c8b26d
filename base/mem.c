/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*out_of_memory)(size_t size);

void mem_on_out_of_memory(void (*handler)(size_t size))
{
    out_of_memory = handler;
}

static void *or_abort(void *p, size_t size)
{
    if (p == NULL) {
        if (out_of_memory != NULL)
            out_of_memory(size);
        (void)fprintf(stderr, "argosy: out of memory (%zu bytes)\n", size);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return or_abort(malloc(size ? size : 1), size);
}

void *mem_zero(size_t count, size_t size)
{
    return or_abort(calloc(count ? count : 1, size ? size : 1), size);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return or_abort(NULL, SIZE_MAX);
    return or_abort(realloc(old, bytes ? bytes : 1), bytes);
}

char *mem_text(const char *text)
{
    return mem_text_n(text, strlen(text));
}

char *mem_text_n(const char *text, size_t size)
{
    char *copy = mem_alloc(size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *mem_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&text, format, args);
    va_end(args);
    return or_abort(size < 0 ? NULL : text, 0);
}

void *mem_grow(void *items, size_t *capacity, size_t needed, size_t item_size)
{
    if (needed <= *capacity && items != NULL)
        return items;
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < needed)
        if (__builtin_mul_overflow(wanted, (size_t)2, &wanted))
            return or_abort(NULL, SIZE_MAX);
    void *grown = mem_resize(items, wanted, item_size);
    *capacity = wanted;
    return grown;
}

void mem_auto_free(void *pointer_to_pointer)
{
    void *p;
    memcpy(&p, pointer_to_pointer, sizeof p);
    free(p);
}
