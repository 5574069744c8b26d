/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_lists.h - the word lists that tell names of people, places and things apart. Private to this folder.
 *
 * Small ones, written from general knowledge and not from any register of people: names that are common in some thirty
 * languages, without a person behind them. Each line is folded words with one blank between; a line of places may
 * hold names of several words, parted by commas. What is in no list is told by endings (pii_people.c) or not at all.
 */
#ifndef JOBS_DISCOVERY_VALUES_PII_LISTS_H
#define JOBS_DISCOVERY_VALUES_PII_LISTS_H

/* NULL-terminated. */
extern const char *const pii_given_names[];
extern const char *const pii_given_names_more[];
extern const char *const pii_surnames[];
extern const char *const pii_surnames_more[];
extern const char *const pii_cities[];
extern const char *const pii_countries[];
extern const char *const pii_things[]; /* words that stand in names of things, never of people */

#endif
