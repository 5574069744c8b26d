/* SPDX-License-Identifier: Apache-2.0 */
/* csv_mask.h - which of 64 bytes are special, as bits: with SSE2 where there is one, by arithmetic elsewhere. */
#ifndef CATALOG_PARSE_CSV_CSV_MASK_H
#define CATALOG_PARSE_CSV_CSV_MASK_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t csv_mask(const char *at, char a, char b, char c)
{
    const __m128i va = _mm_set1_epi8(a), vb = _mm_set1_epi8(b), vc = _mm_set1_epi8(c);
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(at + i * 16));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb)), _mm_cmpeq_epi8(v, vc));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (i * 16);
    }
    return mask;
}
#else
static inline uint64_t csv_mask(const char *at, char a, char b, char c)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++)
        mask |= (uint64_t)(at[i] == a || at[i] == b || at[i] == c) << i;
    return mask;
}
#endif

#endif
