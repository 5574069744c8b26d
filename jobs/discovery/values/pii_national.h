/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_national.h - numbers by which countries know their people. Pure. Private to this folder.
 *
 * The countries are those of the table below (README.md says what of each is checked). A number that is told by its
 * check digits alone fits one text in ten by chance, so a column counts only when nearly all its values fit the same
 * country; one that is told by its form too counts by itself.
 */
#ifndef JOBS_DISCOVERY_VALUES_PII_NATIONAL_H
#define JOBS_DISCOVERY_VALUES_PII_NATIONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(id, what it is called, told by its form: letters, separators or a date in it) */
#define PII_NATIONAL(X)                                        \
    X(US, "US social security number", true)                   \
    X(ES, "Spanish DNI or NIE", true)                          \
    X(FR, "French social security number", true)               \
    X(IT, "Italian tax code", true)                            \
    X(BR, "Brazilian CPF", false)                              \
    X(BR_FORM, "Brazilian CPF with its points", true)          \
    X(PL, "Polish PESEL", true)                                \
    X(SE, "Swedish personal number", true)                     \
    X(NO, "Norwegian birth number", true)                      \
    X(DK, "Danish CPR or Icelandic number", true)              \
    X(FI, "Finnish personal code", true)                       \
    X(NL, "Dutch BSN", false)                                  \
    X(BE, "Belgian national number", true)                     \
    X(DE, "German tax number", false)                          \
    X(UK, "UK national insurance number", true)                \
    X(ZA, "South African id", true)                            \
    X(CN, "Chinese resident id", true)                         \
    X(IN, "Indian Aadhaar", false)                             \
    X(IN_PAN, "Indian PAN", true)                              \
    X(CZ, "Czech or Slovak birth number", true)                \
    X(RO, "Romanian CNP", true)                                \
    X(BG, "Bulgarian EGN", true)                               \
    X(EE, "Estonian or Lithuanian code", true)                 \
    X(HR, "Croatian OIB", false)                               \
    X(YU, "JMBG or EMSO of Slovenia and its neighbours", true) \
    X(CH, "Swiss AHV number", true)                            \
    X(PT, "Portuguese NIF", false)                             \
    X(TR, "Turkish identity number", false)                    \
    X(KR, "Korean resident number", true)                      \
    X(MX, "Mexican CURP", true)                                \
    X(CL, "Chilean RUT", true)                                 \
    X(CA, "Canadian SIN with its blanks", true)

enum pii_national {
#define X(id, name, form) PII_NATIONAL_##id,
    PII_NATIONAL(X)
#undef X
        PII_NATIONAL_COUNT
};

/* Bit 1 << PII_NATIONAL_... for each country whose number it may be. */
uint64_t pii_national_read(const char *text, size_t size);
const char *pii_national_name(enum pii_national national);
bool pii_national_by_form(enum pii_national national);

#endif
