/* SPDX-License-Identifier: Apache-2.0 */
/* pii_shape.h - the shapes of values that need no list: addresses of machines and mail, numbers, hashes, dates. Pure;
 * whole values without blanks around them. Private to this folder. */
#ifndef JOBS_DISCOVERY_VALUES_PII_SHAPE_H
#define JOBS_DISCOVERY_VALUES_PII_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* pii_shape_net.c */
bool pii_shape_email(const char *text, size_t size);
bool pii_shape_email_inside(const char *text, size_t size);
bool pii_shape_ipv4(const char *text, size_t size, bool *ret_version); /* a port or a prefix length may follow */
bool pii_shape_ipv6(const char *text, size_t size);
bool pii_shape_mac(const char *text, size_t size);
bool pii_shape_url(const char *text, size_t size);
bool pii_shape_domain(const char *text, size_t size);

/* pii_shape_secret.c */
bool pii_shape_uuid(const char *text, size_t size);
bool pii_shape_hex(const char *text, size_t size);
bool pii_shape_hash(const char *text, size_t size);
bool pii_shape_secret(const char *text, size_t size);
bool pii_shape_password(const char *text, size_t size);
bool pii_shape_masked(const char *text, size_t size);
bool pii_shape_path(const char *text, size_t size);

/* pii_shape_number.c */
bool pii_shape_phone(const char *text, size_t size, bool *ret_loose); /* loose: codes are written so too */
bool pii_shape_phone_plan(const char *text, size_t size);
bool pii_shape_phone_digits(const char *text, size_t size);
bool pii_shape_zip(const char *text, size_t size);
bool pii_shape_zip_digits(const char *text, size_t size);
bool pii_shape_number(const char *text, size_t size);

/* pii_shape_date.c: ISO, 31.12.1999, 12/31/1999, 31-Dec-1999, "Dec 31, 1999", 19991231 and a time behind. */
enum pii_date_order { PII_DATE_CLEAR, PII_DATE_DAY_FIRST, PII_DATE_MONTH_FIRST, PII_DATE_EITHER };
struct pii_date {
    int year, month, day;
    enum pii_date_order order; /* what this value alone tells; EITHER is given as day first */
    bool time;                 /* a time of day follows that is not midnight */
};
bool pii_shape_date(const char *text, size_t size, struct pii_date *ret_date);

/* pii_shape_street.c: folded text. */
bool pii_shape_street(const char *folded, size_t size);
bool pii_shape_street_like(const char *text, size_t size); /* not folded */

#endif
