/* SPDX-License-Identifier: Apache-2.0 */
/* pii_fits.c - may these values be what the name says? Wrong only where they plainly can't: values differ more than
 * any rule about them. */
#include "jobs/discovery/pii/pii_judge.h"

static double share(const struct profile_evidence *v, enum pii_shape shape)
{
    return profile_share(v, shape);
}

static double kind(const struct profile_evidence *v, enum profile_kind k)
{
    return v->values == 0 ? 0 : (double)v->kinds[k] / (double)v->values;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double limit(double value)
{
    return value > 1 ? 1 : value;
}

/* Machine-made things that no person's datum is. */
static double machine(const struct profile_evidence *v)
{
    return share(v, PII_SHAPE_UUID) + larger(share(v, PII_SHAPE_URL), share(v, PII_SHAPE_PATH)) +
           kind(v, PROFILE_BOOLEAN) + share(v, PII_SHAPE_MAC);
}

static double fits_name(const struct profile_evidence *v)
{
    if (machine(v) + share(v, PII_SHAPE_NUMBER) + share(v, PII_SHAPE_DATE) + share(v, PII_SHAPE_HEX) >= 0.5 ||
        share(v, PII_SHAPE_WORDS) >= 0.6 || v->length_mean > 80)
        return 0;
    double any = share(v, PII_SHAPE_NAME_ANY);
    if (share(v, PII_SHAPE_THING) >= 0.5 && any < 0.3)
        return 0.2;
    return limit(larger(any, larger(0.75 * share(v, PII_SHAPE_NAME_LIKE), 0.5)) + 0.1);
}

static double fits_phone(const struct profile_evidence *v)
{
    double phones = share(v, PII_SHAPE_PHONE) + share(v, PII_SHAPE_PHONE_DIGITS) + share(v, PII_SHAPE_MASKED);
    if (share(v, PII_SHAPE_DATE) >= 0.5 && v->length_mean != 8)
        return 0;
    if (phones >= 0.3)
        return limit(0.5 + phones);
    return share(v, PII_SHAPE_NUMBER) >= 0.5 && v->length_mean >= 4 ? 0.6 : 0;
}

static double fits_address(const struct profile_evidence *v)
{
    if (machine(v) + share(v, PII_SHAPE_EMAIL) + share(v, PII_SHAPE_DATE) + share(v, PII_SHAPE_HEX) +
            share(v, PII_SHAPE_IPV4) + share(v, PII_SHAPE_IPV6) >=
        0.5)
        return 0;
    if (share(v, PII_SHAPE_NUMBER) >= 0.9)
        return v->length_mean > 5 ? 0 : 0.6; /* house numbers are short */
    return limit(0.7 + share(v, PII_SHAPE_STREET));
}

static double fits_place(const struct profile_evidence *v)
{
    if (machine(v) + share(v, PII_SHAPE_EMAIL) + share(v, PII_SHAPE_DATE) + kind(v, PROFILE_DECIMAL) * 0.5 >= 0.5 ||
        share(v, PII_SHAPE_WORDS) >= 0.6)
        return 0;
    if (share(v, PII_SHAPE_NUMBER) >= 0.9)
        return v->length_mean >= 3 && v->length_mean <= 9 ? 0.9 : 0;
    return limit(0.75 + share(v, PII_SHAPE_CITY) + share(v, PII_SHAPE_ZIP));
}

static double fits_number(const struct profile_evidence *v)
{
    if (machine(v) + share(v, PII_SHAPE_EMAIL) >= 0.5 || share(v, PII_SHAPE_WORDS) >= 0.5 ||
        share(v, PII_SHAPE_NAME_LIKE) >= 0.7 || v->length_mean < 4)
        return 0;
    if (kind(v, PROFILE_DECIMAL) >= 0.5)
        return 0; /* amounts and rates */
    if (share(v, PII_SHAPE_CARD) >= 0.5)
        return 0.2; /* cards, then */
    return share(v, PII_SHAPE_DATE) >= 0.5 && v->length_mean >= 10 ? 0 : 0.9;
}

static double fits_card(const struct pii_name *name, const struct profile_evidence *v)
{
    if (name->expiry)
        return machine(v) >= 0.5 || share(v, PII_SHAPE_WORDS) >= 0.5 ? 0 : 0.9;
    double cards = share(v, PII_SHAPE_CARD_FORM) + share(v, PII_SHAPE_MASKED);
    if (cards >= 0.3)
        return limit(0.6 + cards);
    return share(v, PII_SHAPE_NUMBER) >= 0.5 && (v->length_mean >= 12 || v->length_mean == 4) ? 0.6 : 0;
}

static double fits_dob(const struct profile_evidence *v)
{
    double dates = share(v, PII_SHAPE_DATE);
    if (dates >= 0.5)
        return v->year_middle >= 1880 && v->year_middle <= 2030 ? limit(0.5 + dates) : 0.3;
    return share(v, PII_SHAPE_NUMBER) >= 0.9 && v->length_min == 4 && v->length_max == 4 ? 0.8 : 0;
}

static double fits_account(enum pii_class class, const struct profile_evidence *v)
{
    double wrong = kind(v, PROFILE_BOOLEAN) + share(v, PII_SHAPE_DATE);
    if (wrong >= 0.5 || share(v, PII_SHAPE_WORDS) >= 0.6)
        return 0;
    if (class == PII_PASSWORD || class == PII_SECRET)
        return v->length_mean < 3 ? 0 : 0.9;
    if (share(v, PII_SHAPE_EMAIL) >= 0.6 || share(v, PII_SHAPE_PERSON) >= 0.7)
        return 0; /* it is that, then */
    return share(v, PII_SHAPE_NUMBER) >= 0.9 ? 0.3 : 0.9;
}

double pii_judge_fits(enum pii_class class, const struct pii_name *name, const struct profile_evidence *v)
{
    switch (class) {
    case PII_NAME:
        return fits_name(v);
    case PII_EMAIL: {
        double mails = larger(share(v, PII_SHAPE_EMAIL), share(v, PII_SHAPE_EMAIL_INSIDE)) + share(v, PII_SHAPE_MASKED);
        return mails >= 0.3 ? limit(0.5 + mails) : 0;
    }
    case PII_PHONE:
        return fits_phone(v);
    case PII_ADDRESS:
        return fits_address(v);
    case PII_CITY_ZIP:
        return fits_place(v);
    case PII_DOB:
        return fits_dob(v);
    case PII_CREDIT_CARD:
        return fits_card(name, v);
    case PII_USERNAME:
    case PII_PASSWORD:
    case PII_SECRET:
        return fits_account(class, v);
    case PII_IP: {
        double addresses = share(v, PII_SHAPE_IPV4) + share(v, PII_SHAPE_IPV6);
        return addresses >= 0.3 ? limit(0.5 + addresses) : 0;
    }
    case PII_MAC_ADDRESS:
        return share(v, PII_SHAPE_MAC) >= 0.3 ? 1 : 0;
    case PII_IBAN:
        return share(v, PII_SHAPE_IBAN_FORM) + share(v, PII_SHAPE_MASKED) >= 0.3 ? 1 : 0;
    default:
        return fits_number(v);
    }
}
