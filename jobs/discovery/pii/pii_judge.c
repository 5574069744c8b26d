/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_judge.c - from values alone. What no other value looks like comes first (e-mail, hashes, check digits), what
 * needs the company of other columns last. Figures are shares of the sampled values.
 */
#include "jobs/discovery/pii/pii_judge.h"

static double share(const struct profile_evidence *v, enum pii_shape shape)
{
    return profile_share(v, shape);
}

static struct pii_verdict verdict(enum pii_class class, double confidence, double part, const char *why)
{
    return (struct pii_verdict){ .class = class, .confidence = confidence, .share = part, .why = why };
}

static const struct pii_verdict nothing = { .class = PII_NONE };

/* Enough values, and not the same few over and over. */
static bool varied(const struct profile_evidence *v, int64_t least)
{
    return v->sampled_distinct >= least && v->sampled_distinct * 20 >= v->sampled;
}

static struct pii_verdict by_machine(const struct profile_evidence *v, bool strict)
{
    double mail = share(v, PII_SHAPE_EMAIL), inside = share(v, PII_SHAPE_EMAIL_INSIDE);
    if (mail >= 0.6)
        return verdict(PII_EMAIL, 0.97, mail, "are e-mail addresses");
    if (inside >= 0.5 && v->length_mean < 120)
        return verdict(PII_EMAIL, 0.75, inside, "hold an e-mail address");
    if (share(v, PII_SHAPE_MAC) >= 0.8)
        return verdict(PII_MAC_ADDRESS, 0.9, share(v, PII_SHAPE_MAC), "are MAC addresses");
    double four = share(v, PII_SHAPE_IPV4), six = share(v, PII_SHAPE_IPV6);
    if (four + six >= 0.7 && share(v, PII_SHAPE_IPV4_VERSION) < 0.5 * four + (six > 0 ? 0.5 : 0))
        return verdict(PII_IP, strict ? 0.7 : 0.9, four + six, "are IP addresses");
    if (share(v, PII_SHAPE_IBAN) >= 0.6)
        return verdict(PII_IBAN, 0.97, share(v, PII_SHAPE_IBAN), "are IBANs with right check digits");
    if (share(v, PII_SHAPE_HASH) >= 0.6)
        return verdict(PII_PASSWORD, 0.95, share(v, PII_SHAPE_HASH), "are hashes made for passwords");
    if (share(v, PII_SHAPE_SECRET) >= 0.6)
        return verdict(PII_SECRET, 0.85, share(v, PII_SHAPE_SECRET), "are keys or tokens of a known form");
    double card = share(v, PII_SHAPE_CARD);
    if (card >= 0.5 && v->sampled_distinct >= 3)
        return verdict(PII_CREDIT_CARD, 0.93, card, "are card numbers of a known issuer with a right check digit");
    return nothing;
}

static struct pii_verdict by_national(const struct profile_evidence *v, bool strict)
{
    if (!varied(v, 5))
        return nothing;
    size_t best = 0;
    for (size_t i = 1; i < PII_NATIONAL_COUNT; i++)
        if (v->nationals[i] > v->nationals[best])
            best = i;
    double part = (double)v->nationals[best] / (double)v->sampled, mixed = share(v, PII_SHAPE_NATIONAL);
    bool form = pii_national_by_form((enum pii_national)best);
    if (form && part >= (strict ? 0.95 : 0.8))
        return verdict(PII_NATIONAL_ID, strict ? 0.75 : 0.88, part, pii_national_name((enum pii_national)best));
    if (!form && part >= 0.97 && v->sampled_distinct >= 20)
        return verdict(PII_NATIONAL_ID, 0.75, part, pii_national_name((enum pii_national)best));
    if (!strict && mixed >= 0.7 && v->sampled_distinct >= 10)
        return verdict(PII_NATIONAL_ID, 0.7, mixed, "have the form of some country's national number");
    return nothing;
}

static struct pii_verdict by_phone(const struct profile_evidence *v, const struct pii_neighbours *n)
{
    double phone = share(v, PII_SHAPE_PHONE), digits = share(v, PII_SHAPE_PHONE_DIGITS);
    double zip = share(v, PII_SHAPE_ZIP), card = share(v, PII_SHAPE_CARD_FORM);
    if (!varied(v, 3) || card >= 0.5)
        return nothing;
    double loose = share(v, PII_SHAPE_PHONE_LOOSE), zero = share(v, PII_SHAPE_ZERO_FIRST);
    bool code = loose > 0.5 * phone && (n->people == 0 || (zero >= 0.02 && zero <= 0.3)); /* any digit comes first */
    if (phone >= 0.5 && phone + digits >= 0.75 && zip < 0.5 && !code)
        return verdict(PII_PHONE, 0.85, phone, "are written like telephone numbers");
    if (share(v, PII_SHAPE_PHONE_PLAN) >= 0.97 && v->sampled_distinct >= 20 && n->people > 0)
        return verdict(PII_PHONE, 0.65, phone + digits,
                       "have the form of telephone numbers, and people stand beside "
                       "them");
    double codes = v->values == 0 ? 0 : (double)v->kinds[PROFILE_CODE] / (double)v->values;
    if (phone + digits >= 0.9 && n->people > 0 && zip < 0.5 && v->length_min >= 9 && v->length_max <= 14 &&
        (phone >= 0.2 || codes >= 0.7))
        return verdict(PII_PHONE, 0.6, phone + digits, "may be telephone numbers, and people stand beside them");
    return nothing;
}

/* Days over a human life, none of them recent, under a name that says nothing: "date" is of something else. */
static struct pii_verdict by_birth(const struct pii_name *name, const struct profile_evidence *v,
                                   const struct pii_neighbours *n)
{
    double life = share(v, PII_SHAPE_DATE_LIFE);
    if (!name->unread || life < 0.8 || !varied(v, 5) || n->people == 0 || n->thing_table || v->length_mean < 6)
        return nothing;
    if (v->year_high - v->year_low < 20 || v->year_middle > 2000 || v->year_high > 2010)
        return nothing;
    return verdict(PII_DOB, 0.7, life, "are days spread like birthdays, and people stand beside them");
}

static struct pii_verdict by_address(const struct profile_evidence *v, const struct pii_neighbours *n)
{
    double street = share(v, PII_SHAPE_STREET);
    if (!varied(v, 3) || share(v, PII_SHAPE_DATE) >= 0.3 || share(v, PII_SHAPE_URL) >= 0.3)
        return nothing;
    if (street >= 0.6 || (street >= 0.35 && n->people + n->places > 0))
        return verdict(PII_ADDRESS, street >= 0.6 ? 0.8 : 0.65, street, "are streets with a number");
    double like = share(v, PII_SHAPE_STREET_LIKE);
    if (like >= 0.6 && n->people >= 2 && !n->thing_table && share(v, PII_SHAPE_THING) < 0.1 &&
        v->sampled_distinct * 10 >= v->sampled * 7)
        return verdict(PII_ADDRESS, 0.6, like, "are names with a number behind, and people stand beside them");
    return nothing;
}

static struct pii_verdict by_name(const struct pii_name *name, const struct profile_evidence *v, bool strict,
                                  const struct pii_neighbours *n)
{
    double person = share(v, PII_SHAPE_PERSON), given = share(v, PII_SHAPE_GIVEN),
           surname = share(v, PII_SHAPE_SURNAME);
    double any = share(v, PII_SHAPE_NAME_ANY), city = share(v, PII_SHAPE_CITY);
    if (!varied(v, 5) || name->credit || n->credit_table || share(v, PII_SHAPE_THING) >= 0.15 ||
        share(v, PII_SHAPE_COUNTRY) >= 0.1 || share(v, PII_SHAPE_WORDS) >= 0.3)
        return nothing;
    if (strict)
        return person >= 0.8 && given + surname >= 0 && n->people >= 2
                   ? verdict(PII_NAME, 0.6, person, "read like full names of people")
                   : nothing;
    double least = n->thing_table ? 0.8 : name->person || n->person_table ? 0.4 : 0.6;
    if (person >= least && city < person)
        return verdict(PII_NAME, n->thing_table ? 0.6 : 0.85, person, "read like full names of people");
    bool company = n->people > 0 || name->person || n->person_table;
    if (n->thing_table || share(v, PII_SHAPE_NAME_LIKE) < 0.8 || city > any * 0.7)
        return nothing;
    if (share(v, PII_SHAPE_INITIAL) >= 0.5) /* single letters are grades and codes, too */
        return company && share(v, PII_SHAPE_INITIAL) >= 0.95 && v->sampled_distinct >= 10
                   ? verdict(PII_NAME, 0.55, share(v, PII_SHAPE_INITIAL), "are initials, and people stand beside them")
                   : nothing;
    if (given >= (company ? 0.35 : 0.55))
        return verdict(PII_NAME, company ? 0.75 : 0.65, given, "are given names");
    if (surname >= (company ? 0.35 : 0.6))
        return verdict(PII_NAME, company ? 0.7 : 0.6, surname, "are surnames");
    if (any >= (company ? 0.45 : 0.65))
        return verdict(PII_NAME, 0.65, any, "read like names of people");
    return nothing;
}

/* Numbers that count: nearly no value twice, and the smallest and the largest next to one another. Codes of places are
 * far apart while they are few, and come again when they are many. */
static bool counts_up(const struct profile_evidence *v)
{
    int last = v->extremes - 1;
    return last >= 7 && (double)v->sampled_distinct >= 0.99 * (double)v->sampled &&
           v->low[last] - v->low[0] <= 2.0 * last && v->high[0] - v->high[last] <= 2.0 * last;
}

/* Digits that may be postal codes, by what they are and what stands in the table. */
static struct pii_verdict by_postal_digits(const struct profile_evidence *v, const struct pii_neighbours *n)
{
    double zip = share(v, PII_SHAPE_ZIP), digits = share(v, PII_SHAPE_ZIP_DIGITS),
           zero = share(v, PII_SHAPE_ZERO_FIRST);
    bool even = v->length_min == v->length_max && v->length_min >= 4, parted = zip > 0.1;
    bool mixed = zip >= 0.3 && zip + share(v, PII_SHAPE_PHONE_DIGITS) >= 0.95; /* the sign between was left out */
    if ((zip + digits < 0.9 && !mixed) || v->length_max > 10 || counts_up(v) || share(v, PII_SHAPE_YEAR) >= 0.7 ||
        share(v, PII_SHAPE_ROUND) >= 0.3 || share(v, PII_SHAPE_DATE) >= 0.5)
        return nothing;
    if (n->place_beside && (parted || (even && n->codes == 0)))
        return verdict(PII_CITY_ZIP, 0.6, zip + digits,
                       "may be postal codes, and an address or a city stands beside them");
    if (n->codes > 0 || n->people + n->places < 2 || n->thing_table || v->sampled_distinct < 20)
        return nothing;
    bool zeros = zero >= 0.02 && zero <= 0.5 && (v->length_max >= 5 || n->places > 0);
    if (zeros || mixed || (even && v->length_min >= 5 && n->places > 0 && n->people > 0))
        return verdict(PII_CITY_ZIP, 0.55, zip + digits, "may be postal codes, and people and places are in the table");
    return nothing;
}

static struct pii_verdict by_place(const struct pii_name *name, const struct profile_evidence *v,
                                   const struct pii_neighbours *n)
{
    double city = share(v, PII_SHAPE_CITY), zip = share(v, PII_SHAPE_ZIP), digits = share(v, PII_SHAPE_ZIP_DIGITS);
    if (!varied(v, 5))
        return nothing;
    bool telling = name->unread || n->place_beside; /* teams and tournaments are called after cities */
    if (city >= (n->place_beside            ? 0.2
                 : n->people > 0 && telling ? 0.35
                                            : 0.55) &&
        share(v, PII_SHAPE_COUNTRY) < 0.2 && share(v, PII_SHAPE_NAME_LIKE) >= 0.6 && share(v, PII_SHAPE_NAME_ANY) < 0.7)
        return verdict(PII_CITY_ZIP, city >= 0.55 ? 0.75 : 0.6, city, "are names of cities");
    if (n->place_beside && n->people > 0 && !n->thing_table && city >= 0.08 && share(v, PII_SHAPE_NAME_LIKE) >= 0.8 &&
        share(v, PII_SHAPE_NAME_ANY) < 0.6 && share(v, PII_SHAPE_THING) < 0.1 && share(v, PII_SHAPE_COUNTRY) < 0.1)
        return verdict(PII_CITY_ZIP, 0.55, city, "are names of cities, and an address stands beside them");
    if (zip >= 0.6 && zip + digits >= 0.8 && n->people + n->places > 0)
        return verdict(PII_CITY_ZIP, 0.7, zip,
                       "are written like postal codes, and people or addresses stand beside them");
    return name->unread ? by_postal_digits(v, n) : nothing;
}

/* Single words with a capital, nearly none twice, no things among them, a part of them known: beside people they are
 * names or places, and which of both the known ones say. */
static struct pii_verdict by_company(const struct profile_evidence *v, const struct pii_neighbours *n)
{
    double city = share(v, PII_SHAPE_CITY), any = share(v, PII_SHAPE_NAME_ANY), word = share(v, PII_SHAPE_NAME_WORD);
    double wrong =
        share(v, PII_SHAPE_THING) + share(v, PII_SHAPE_COUNTRY) + share(v, PII_SHAPE_WORDS) + share(v, PII_SHAPE_PATH);
    if (n->people < 2 || n->thing_table || n->credit_table || share(v, PII_SHAPE_NAME_LIKE) < 0.8 || word < 0.6 ||
        wrong >= 0.05 || v->sampled_distinct < 20 || v->sampled_distinct * 3 < v->sampled || any + city < 0.15)
        return nothing;
    if (city > any)
        return verdict(PII_CITY_ZIP, 0.55, city, "are names of cities, and people stand beside them");
    return verdict(PII_NAME, 0.55, any, "read like names, and people stand beside them");
}

static struct pii_verdict by_account(const struct profile_evidence *v, const struct pii_neighbours *n)
{
    double handle = share(v, PII_SHAPE_HANDLE), like = share(v, PII_SHAPE_HANDLE_LIKE);
    double domain = share(v, PII_SHAPE_DOMAIN_NAME), password = share(v, PII_SHAPE_PASSWORD);
    if (!varied(v, 10) || share(v, PII_SHAPE_UUID) >= 0.3 || share(v, PII_SHAPE_URL) >= 0.3)
        return nothing;
    bool unique = v->sampled_distinct * 10 >= v->sampled * 8;
    if (handle >= 0.5 && unique && domain < 0.9)
        return verdict(PII_USERNAME, n->people > 0 ? 0.75 : 0.6, handle, "are names of people made to user names");
    if (like >= 0.9 && handle >= (n->people >= 2 && share(v, PII_SHAPE_PATH) < 0.1 ? 0.08 : 0.25) && unique &&
        n->contact && domain < 0.5)
        return verdict(PII_USERNAME, 0.6, like, "look like user names, and people stand beside them");
    if (password >= 0.8 && unique && (n->contact || n->people >= 2))
        return verdict(PII_PASSWORD, 0.6, password, "look like passwords, and accounts stand beside them");
    return nothing;
}

struct pii_verdict pii_judge_values(const struct pii_name *name, const struct profile_evidence *v, bool strict,
                                    const struct pii_neighbours *n)
{
    if (v == NULL || v->sampled == 0)
        return nothing;
    struct pii_verdict found = by_machine(v, strict);
    if (found.class == PII_NONE)
        found = by_national(v, strict);
    if (found.class == PII_NONE && !strict)
        found = by_phone(v, n);
    if (found.class == PII_NONE && !strict)
        found = by_birth(name, v, n);
    if (found.class == PII_NONE && !strict)
        found = by_address(v, n);
    if (found.class == PII_NONE)
        found = by_name(name, v, strict, n);
    if (found.class == PII_NONE && !strict)
        found = by_place(name, v, n);
    if (found.class == PII_NONE && !strict)
        found = by_company(v, n);
    if (found.class == PII_NONE && !strict)
        found = by_account(v, n);
    return found;
}
