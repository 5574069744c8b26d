/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii.h - which columns hold personal data: from names, types, values, and what stands beside them. Private to this
 * folder. README.md says what each class means and how sure is how sure.
 *
 * A class tells one person from others or lets somebody reach one. What only says something about a person (health,
 * salary, gender, where somebody is) is `sensitive` and by itself no class.
 */
#ifndef JOBS_DISCOVERY_PII_PII_H
#define JOBS_DISCOVERY_PII_PII_H

#include "catalog/catalog.h"

#define PII_CLASSES(X)                  \
    X(NONE, "none")                     \
    X(NAME, "name")                     \
    X(EMAIL, "email")                   \
    X(PHONE, "phone")                   \
    X(ADDRESS, "address")               \
    X(CITY_ZIP, "city_zip")             \
    X(DOB, "dob")                       \
    X(CREDIT_CARD, "credit_card")       \
    X(NATIONAL_ID, "national_id")       \
    X(USERNAME, "username")             \
    X(PASSWORD, "password")             \
    X(IP, "ip")                         \
    X(MAC_ADDRESS, "mac_address")       \
    X(IBAN, "iban")                     \
    X(BANK_ACCOUNT, "bank_account")     \
    X(TAX_ID, "tax_id")                 \
    X(PASSPORT, "passport")             \
    X(DRIVER_LICENSE, "driver_license") \
    X(LICENSE_PLATE, "license_plate")   \
    X(SECRET, "secret")

enum pii_class {
#define X(id, text) PII_##id,
    PII_CLASSES(X)
#undef X
        PII_CLASS_COUNT
};

#define PII_SENSITIVES(X)         \
    X(NOTHING, "nothing")         \
    X(HEALTH, "health")           \
    X(GENDER, "gender")           \
    X(AGE, "age")                 \
    X(ETHNICITY, "ethnicity")     \
    X(RELIGION, "religion")       \
    X(POLITICS, "politics")       \
    X(ORIENTATION, "orientation") \
    X(BIOMETRY, "biometry")       \
    X(CRIME, "crime")             \
    X(INCOME, "income")           \
    X(LOCATION, "location")       \
    X(FAMILY, "family")           \
    X(PHOTO, "photo")

enum pii_sensitive {
#define X(id, text) PII_SENSITIVE_##id,
    PII_SENSITIVES(X)
#undef X
        PII_SENSITIVE_COUNT
};

const char *pii_class_text(enum pii_class class);
enum pii_class pii_class_from_text(const char *text); /* PII_NONE for NULL and what is not known */
const char *pii_sensitive_text(enum pii_sensitive sensitive);

/* Gives every column a class ("none" too), a confidence and the evidence in words; makes profiles where there are
 * none. */
void pii_find(struct catalog *c);

#endif
