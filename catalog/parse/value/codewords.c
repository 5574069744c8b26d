/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parse/value/codewords.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct word {
    const char *text;
    size_t size;
};
#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

/* yes before no; CODEWORDS_PAIRS pairs */
static const struct word booleans[CODEWORDS_PAIRS * 2] = {
    WORD("true"), WORD("false"), WORD("t"),    WORD("f"),    WORD("yes"),  WORD("no"),
    WORD("y"),    WORD("n"),     WORD("on"),   WORD("off"),  WORD("ja"),   WORD("nein"),
    WORD("oui"),  WORD("non"),   WORD("vrai"), WORD("faux"), WORD("wahr"), WORD("falsch"),
};

static const struct word markers[] = {
    WORD("na"),
    WORD("n/a"),
    WORD("#n/a"),
    WORD("null"),
    WORD("(null)"),
    WORD("<null>"),
    WORD("none"),
    WORD("nil"),
    WORD("nan"),
    WORD("-"),
    WORD("--"),
    WORD("?"),
    WORD("."),
    WORD("#null!"),
    WORD("\\N"),
    WORD("<na>"),
    WORD("n.a."),
    WORD("0000-00-00"),
    WORD("0000-00-00 00:00:00"),
};

/* Last words of names whose columns hold codes, however much they look like numbers. */
static const char *const code_names[] = { "zip",  "zipcode", "postcode", "plz", "phone", "telephone", "mobile", "fax",
                                          "isbn", "ean",     "gtin",     "upc", "ssn",   "imei",      "iban" };

static bool same(const struct word *w, const char *text, size_t size)
{
    return w->size == size && strncasecmp(w->text, text, size) == 0;
}

uint32_t codewords_boolean(const char *text, size_t size)
{
    if (size > 6 || memchr("tfynojvwTFYNOJVW", *text, 16) == NULL)
        return 0;
    for (unsigned i = 0; i < CODEWORDS_PAIRS * 2; i++)
        if (same(&booleans[i], text, size))
            return UINT32_C(1) << i;
    return 0;
}

bool codewords_are_boolean(uint32_t bits)
{
    for (unsigned i = 0; i < CODEWORDS_PAIRS * 2; i += 2) {
        uint32_t pair = UINT32_C(3) << i;
        if (bits != 0 && (bits & ~pair) == 0)
            return (bits & pair) == pair || i == 0;
    }
    return false;
}

bool codewords_marker(const char *text, size_t size)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (same(&markers[i], text, size))
            return true;
    return false;
}

/* "Ship to: ZIP code" is "shiptozipcode". */
bool codewords_code_name(const char *name)
{
    char plain[64];
    size_t size = 0;
    if (name == NULL)
        return false;
    for (; *name != '\0'; name++)
        if (isalnum((unsigned char)*name) && size < sizeof plain - 1)
            plain[size++] = (char)tolower((unsigned char)*name);
    static const char *const behind[] = { "number", "code", "no", "nr" };
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t length = strlen(behind[i]);
        if (size > length && memcmp(plain + size - length, behind[i], length) == 0) {
            size -= length;
            break;
        }
    }
    for (size_t i = 0; i < sizeof code_names / sizeof *code_names; i++) {
        size_t length = strlen(code_names[i]);
        if (size >= length && memcmp(plain + size - length, code_names[i], length) == 0)
            return true;
    }
    static const char postal[] = "postal"; /* postal code */
    return size >= 6 && memcmp(plain + size - 6, postal, 6) == 0;
}
