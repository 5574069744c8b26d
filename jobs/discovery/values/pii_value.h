/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_value.h - one value, looked at for everything that a person can be told by. Pure. Private to this folder.
 *
 * Each shape is strict enough to mean something when most values of a column have it, and none means much for a single
 * value: pii.c decides about columns. Any bytes are fine; blanks around a value are left out.
 */
#ifndef JOBS_DISCOVERY_VALUES_PII_VALUE_H
#define JOBS_DISCOVERY_VALUES_PII_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/discovery/values/pii_people.h"

#define PII_SHAPES(X)                                                                               \
    X(EMAIL)                                                                                        \
    X(EMAIL_INSIDE) /* one stands somewhere in it */                                                \
    X(PHONE)        /* digits in groups, a +, brackets: no other number is written so */            \
    X(PHONE_LOOSE)  /* one without a +, a bracket or a 0 in front: codes are written so too */      \
    X(PHONE_PLAN)   /* digits in one piece as mobile numbers of China or numbers of America are */  \
    X(PHONE_DIGITS) /* seven to fifteen digits in one piece, none or one group apart */             \
    X(IPV4)                                                                                         \
    X(IPV4_VERSION) /* an IPv4 address that begins with a small number: rather a version */         \
    X(IPV6)                                                                                         \
    X(MAC)                                                                                          \
    X(UUID)                                                                                         \
    X(URL)                                                                                          \
    X(DOMAIN_NAME)                                                                                  \
    X(CARD)      /* issuer and check digit are right */                                             \
    X(CARD_FORM) /* issuer and length are */                                                        \
    X(IBAN)                                                                                         \
    X(IBAN_FORM)                                                                                    \
    X(DATE)        /* a day, maybe with a time */                                                   \
    X(DATE_TIME)   /* with a time of day that is not midnight */                                    \
    X(DATE_LIFE)   /* a day on which somebody alive may have been born */                           \
    X(HASH)        /* of a password, made for that: bcrypt, argon2, scrypt, pbkdf2, crypt */        \
    X(HEX)         /* 32, 40, 56, 64, 96 or 128 hexadecimal digits */                               \
    X(SECRET)      /* a key or token of a known maker, a JWT, a PEM block */                        \
    X(PASSWORD)    /* six to twenty signs without blank, of three sorts, no pattern of codes */     \
    X(STREET)      /* a street and a number, a post box */                                          \
    X(ZIP)         /* written as only postal codes are: "SW1A 1AA", "1234 AB", "12-345" */          \
    X(STREET_LIKE) /* words of a name, then the number of a house */                                \
    X(ZIP_DIGITS)  /* four to six digits */                                                         \
    X(ZERO_FIRST)  /* a digit behind a 0 */                                                         \
    X(YEAR)        /* four digits, 1900 to 2035 */                                                  \
    X(ROUND)       /* a whole number of hundreds */                                                 \
    X(PATH)        /* one word with a slash, an underscore or the ending of a file */               \
    X(PERSON)                                                                                       \
    X(GIVEN)                                                                                        \
    X(SURNAME)                                                                                      \
    X(NAME_ANY) /* a person, a given name, a surname or an initial */                               \
    X(NAME_LIKE)                                                                                    \
    X(NAME_WORD) /* NAME_LIKE, of one word */                                                       \
    X(INITIAL)                                                                                      \
    X(CITY)                                                                                         \
    X(COUNTRY)                                                                                      \
    X(THING)                                                                                        \
    X(HANDLE)                                                                                       \
    X(HANDLE_LIKE) /* one word of small letters and maybe digits, or a capital and digits behind */ \
    X(NUMBER)                                                                                       \
    X(WORDS)    /* five words or more */                                                            \
    X(MASKED)   /* stars or crosses where signs were */                                             \
    X(NATIONAL) /* some country's number by its form */

enum pii_shape {
#define X(id) PII_SHAPE_##id,
    PII_SHAPES(X)
#undef X
        PII_SHAPE_COUNT
};

struct pii_value {
    uint64_t shapes;    /* 1 << PII_SHAPE_... */
    uint64_t nationals; /* 1 << PII_NATIONAL_... */
    int year;           /* of a date; 0: none */
};

enum { PII_VALUE_MAX = 512 }; /* longer ones are looked at up to here */

void pii_value_read(const struct pii_people *people, const char *text, size_t size, struct pii_value *ret_value);

static inline bool pii_value_is(const struct pii_value *v, enum pii_shape shape)
{
    return (v->shapes >> shape & 1) != 0;
}

#endif
