/* SPDX-License-Identifier: Apache-2.0 */
/* temporal_words.h - names of months, weekdays and zones, in any case. Pure. This room only. */
#ifndef CATALOG_PARSE_VALUE_TEMPORAL_WORDS_H
#define CATALOG_PARSE_VALUE_TEMPORAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* English, German, French, Spanish, Dutch, Danish. *ret_kind: TEMPORAL_MONTH_SHORT or _LONG, both for May. */
bool temporal_words_month(const char *word, size_t size, int *ret_month, uint32_t *ret_kind);
/* English. *ret_kind: TEMPORAL_WEEKDAY_SHORT or _LONG. */
bool temporal_words_weekday(const char *word, size_t size, uint32_t *ret_kind);
bool temporal_words_zone(const char *word, size_t size, int *ret_minutes);
const char *temporal_words_month_name(int month); /* English, long; its first three letters are the short one */

#endif
