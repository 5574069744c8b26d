/* SPDX-License-Identifier: Apache-2.0 */
/* temporal_words.h - names of months, weekdays and zones, in any case. Pure. This room only. */
#ifndef CATALOG_PARSE_VALUE_TEMPORAL_WORDS_H
#define CATALOG_PARSE_VALUE_TEMPORAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In some thirty languages, with or without accents. *ret_kind: TEMPORAL_MONTH_SHORT or _LONG, both for May. */
bool temporal_words_month(const char *word, size_t size, int *ret_month, uint32_t *ret_kind);
/* *ret_kind: TEMPORAL_WEEKDAY_SHORT or _LONG. */
bool temporal_words_weekday(const char *word, size_t size, uint32_t *ret_kind);
bool temporal_words_zone(const char *word, size_t size, int *ret_minutes);
bool temporal_words_of(const char *word, size_t size);   /* 3 de mayo, 3rd of May */
bool temporal_words_year(const char *word, size_t size); /* behind the number of one: 2016 roku */

#endif
