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

/* The pairs of one language or habit; a bit for yes, the next for no. */
enum {
    PAIR_TRUE,
    PAIR_T,
    PAIR_YES,
    PAIR_Y,
    PAIR_ON,
    PAIR_JA,
    PAIR_OUI,
    PAIR_VRAI,
    PAIR_WAHR,
    PAIR_SI,
    PAIR_SIM,
    PAIR_TAK,
    PAIR_ANO,
    PAIR_VERO,
    PAIR_WAAR,
    PAIR_DA,
    PAIR_END
};
_Static_assert((int)PAIR_END == (int)CODEWORDS_PAIRS, "each pair has its bits");
#define YES(pair) (UINT32_C(1) << (2 * (pair)))
#define NO(pair)  (UINT32_C(2) << (2 * (pair)))
enum { BOOLEAN_MAX = 10 };

/* By their size: few are compared. */
static const struct {
    char text[BOOLEAN_MAX + 1];
    uint32_t bits;
} booleans[BOOLEAN_MAX + 1][16] = {
    [1] = { { "t", YES(PAIR_T) }, { "f", NO(PAIR_T) }, { "y", YES(PAIR_Y) }, { "n", NO(PAIR_Y) } },
    [2] = { { "no", NO(PAIR_YES) | NO(PAIR_SI) },
            { "on", YES(PAIR_ON) },
            { "ja", YES(PAIR_JA) },
            { "si", YES(PAIR_SI) },
            { "ne", NO(PAIR_ANO) } },
    [3] = { { "yes", YES(PAIR_YES) },
            { "off", NO(PAIR_ON) },
            { "nee", NO(PAIR_JA) },
            { "nej", NO(PAIR_JA) },
            { "oui", YES(PAIR_OUI) },
            { "non", NO(PAIR_OUI) },
            { "s\xC3\xAD", YES(PAIR_SI) },
            { "s\xC3\xAC", YES(PAIR_SI) },
            { "sim", YES(PAIR_SIM) },
            { "nao", NO(PAIR_SIM) },
            { "tak", YES(PAIR_TAK) },
            { "nie", NO(PAIR_TAK) },
            { "ano", YES(PAIR_ANO) } },
    [4] = { { "true", YES(PAIR_TRUE) },
            { "nein", NO(PAIR_JA) },
            { "vrai", YES(PAIR_VRAI) },
            { "faux", NO(PAIR_VRAI) },
            { "wahr", YES(PAIR_WAHR) },
            { "n\xC3\xA3o", NO(PAIR_SIM) },
            { "vero", YES(PAIR_VERO) },
            { "waar", YES(PAIR_WAAR) },
            { "\xD0\xB4\xD0\xB0", YES(PAIR_DA) },
            { "\xD0\x94\xD0\xB0", YES(PAIR_DA) } },
    [5] = { { "false", NO(PAIR_TRUE) }, { "falso", NO(PAIR_VERO) } },
    [6] = { { "falsch", NO(PAIR_WAHR) },
            { "onwaar", NO(PAIR_WAAR) },
            { "\xD0\xBD\xD0\xB5\xD1\x82", NO(PAIR_DA) },
            { "\xD0\x9D\xD0\xB5\xD1\x82", NO(PAIR_DA) } },
    [9] = { { "verdadero", YES(PAIR_VERO) } },
    [10] = { { "verdadeiro", YES(PAIR_VERO) } },
};

static const struct word markers[] = {
    WORD("na"),     WORD("n/a"),   WORD("#n/a"),   WORD("null"),       WORD("(null)"),
    WORD("<null>"), WORD("none"),  WORD("nil"),    WORD("nan"),        WORD("-"),
    WORD("--"),     WORD("?"),     WORD("."),      WORD("#null!"),     WORD("\\N"),
    WORD("<na>"),   WORD("n.a."),  WORD(".."),     WORD("#div/0!"),    WORD("#value!"),
    WORD("#ref!"),  WORD("#num!"), WORD("#name?"), WORD("0000-00-00"), WORD("0000-00-00 00:00:00"),
};

/* Last words of names whose columns hold codes, however much they look like numbers. */
static const struct {
    const char *text;
    bool glued; /* also with another word right before it: "homephone"; but "mean" is no EAN */
} code_names[] = {
    { "zip", true },      { "zipcode", true },  { "postcode", true }, { "postal", true },    { "plz", false },
    { "pincode", true },  { "cep", false },     { "phone", true },    { "telephone", true }, { "telefon", true },
    { "telefono", true }, { "telefone", true }, { "tel", false },     { "mobile", false },   { "cellphone", true },
    { "celular", false }, { "fax", false },     { "isbn", true },     { "ean", false },      { "gtin", false },
    { "upc", false },     { "ssn", false },     { "imei", false },    { "iban", false },     { "cpf", false },
    { "cnpj", false },    { "siret", false },   { "msisdn", false },
};

/* Of two letters or signs; others may be told as the same. */
static bool same_first(char a, char b)
{
    return ((unsigned char)a | 0x20U) == ((unsigned char)b | 0x20U);
}

static bool same(const struct word *w, const char *text, size_t size)
{
    return w->size == size && same_first(*w->text, *text) && strncasecmp(w->text, text, size) == 0;
}

uint32_t codewords_boolean(const char *text, size_t size)
{
    if (size > BOOLEAN_MAX || memchr("tfynojvwsaTFYNOJVWSA\xD0", *text, 21) == NULL)
        return 0;
    for (size_t i = 0; booleans[size][i].bits != 0; i++)
        if (same_first(*booleans[size][i].text, *text) && strncasecmp(booleans[size][i].text, text, size) == 0)
            return booleans[size][i].bits;
    return 0;
}

uint32_t codewords_pairs(uint32_t bits)
{
    uint32_t pairs = 0;
    for (unsigned i = 0; i < CODEWORDS_PAIRS; i++)
        pairs |= (uint32_t)((bits >> (2 * i) & 3) != 0) << i;
    return pairs;
}

bool codewords_are_boolean(uint32_t bits, uint32_t pairs_not)
{
    for (unsigned i = 0; i < CODEWORDS_PAIRS; i++) {
        uint32_t words = bits >> (2 * i) & 3;
        if (words != 0 && (pairs_not >> i & 1) == 0 && (words == 3 || i == PAIR_TRUE))
            return true;
    }
    return false;
}

bool codewords_marker(const char *text, size_t size)
{
    if (memchr("nN#(<-?.\\0", *text, 10) == NULL) /* what markers begin with: every value is asked */
        return false;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (same(&markers[i], text, size))
            return true;
    return false;
}

/* What else ends like one of them: numbers of these are counts and prices. */
static bool is_thing(const char *plain, size_t size)
{
    static const char *const things[] = { "headphone", "smartphone", "microphone", "gzip", "unzip" };
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        size_t length = strlen(things[i]);
        if (size >= length && memcmp(plain + size - length, things[i], length) == 0)
            return true;
    }
    return false;
}

/* "Ship to: ZIP code" is "shiptozipcode"; begins: where a word does. */
bool codewords_code_name(const char *name)
{
    char plain[64];
    bool begins[64] = { false };
    size_t size = 0;
    if (name == NULL)
        return false;
    for (char before = ' '; *name != '\0'; before = *name++) {
        if (!isalnum((unsigned char)*name) || size == sizeof plain - 1)
            continue;
        begins[size] =
            !isalnum((unsigned char)before) || (isupper((unsigned char)*name) && !isupper((unsigned char)before));
        plain[size++] = (char)tolower((unsigned char)*name);
    }
    static const char *const behind[] = { "number", "code", "no", "nr" };
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t length = strlen(behind[i]);
        if (size > length && memcmp(plain + size - length, behind[i], length) == 0) {
            size -= length;
            break;
        }
    }
    while (size > 1 && isdigit((unsigned char)plain[size - 1])) /* phone2 */
        size--;
    for (size_t i = 0; i < sizeof code_names / sizeof *code_names; i++) {
        size_t length = strlen(code_names[i].text);
        if (size >= length && memcmp(plain + size - length, code_names[i].text, length) == 0 &&
            (begins[size - length] || (code_names[i].glued && !is_thing(plain, size))))
            return true;
    }
    return false;
}
