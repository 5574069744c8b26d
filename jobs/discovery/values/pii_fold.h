/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_fold.h - text as it is compared: small letters without accents. Pure. Private to this folder.
 *
 * Latin letters become ASCII ("Köhler" kohler, "Straße" strasse, "Łódź" lodz), Cyrillic and Greek ones small ones
 * without accent; everything else stays as it is. Bytes that are no UTF-8 become '?'.
 */
#ifndef JOBS_DISCOVERY_VALUES_PII_FOLD_H
#define JOBS_DISCOVERY_VALUES_PII_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* Into ret_text, always terminated, cut at `ret_size`; returns the bytes written without the NUL. */
size_t pii_fold(const char *text, size_t size, char *ret_text, size_t ret_size);

/* The code point at text, its bytes in *ret_size; 0xFFFD and 1 for a byte that is no UTF-8. size > 0. */
uint32_t pii_fold_point(const char *text, size_t size, size_t *ret_size);

#endif
