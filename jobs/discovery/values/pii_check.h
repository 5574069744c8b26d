/* SPDX-License-Identifier: Apache-2.0 */
/* pii_check.h - check digits: numbers that can be told from any other number. Pure. Private to this folder. */
#ifndef JOBS_DISCOVERY_VALUES_PII_CHECK_H
#define JOBS_DISCOVERY_VALUES_PII_CHECK_H

#include <stdbool.h>
#include <stddef.h>

bool pii_check_luhn(const char *digits, size_t count);     /* the last digit checks the others */
bool pii_check_verhoeff(const char *digits, size_t count); /* the same, finds swapped digits */
bool pii_check_mod11_10(const char *digits, size_t count); /* ISO 7064, the last digit checks */
/* Sum of digit * weight. */
int pii_check_weigh(const char *digits, const int *weights, size_t count);
int pii_check_mod97(const char *digits, size_t count); /* the remainder */

/* A payment card: 12 to 19 digits in one piece, or in groups parted all by blanks or all by hyphens; begins as an
 * issuer's numbers do. */
bool pii_check_card_form(const char *text, size_t size);
bool pii_check_card(const char *text, size_t size); /* and its check digit is right */
/* Letters of a country that has them, the length of that country; blanks between groups are fine. */
bool pii_check_iban_form(const char *text, size_t size);
bool pii_check_iban(const char *text, size_t size); /* and modulo 97 is 1 */

/* The digits of text into ret_digits (terminated). false when something else than digits and bytes of `between` stands
 * there, or when there are more than size - 1. */
bool pii_check_digits(const char *text, size_t text_size, const char *between, char *ret_digits, size_t size,
                      size_t *ret_count);

#endif
