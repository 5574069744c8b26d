/* SPDX-License-Identifier: Apache-2.0 */
/* compliance.c - the table from class to regime, and the report that is read off it. */
#include "jobs/discovery/pii/compliance.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/profile.h"

/* One row a regime and a class (or kind of sensitive data); `health` only where the table is about health. */
struct rule {
    const char *class, *why, *act;
    bool health;
};

static const struct rule gdpr[] = {
    { "name", "Art. 4(1): identifies a person",
      "keep a purpose and a time limit; give access, rectification and erasure", false },
    { "email", "Art. 4(1): identifies a person", "keep consent for mailings; pseudonymise outside production", false },
    { "phone", "Art. 4(1): identifies a person", "pseudonymise outside production", false },
    { "address", "Art. 4(1): identifies a person", "pseudonymise outside production", false },
    { "city_zip", "Art. 4(1): identifies a person together with others", "coarsen where the exact place is not needed",
      false },
    { "dob", "Art. 4(1): identifies a person together with others", "keep the year alone where it is enough", false },
    { "credit_card", "Art. 4(1): relates to a person", "keep no more than the payment needs", false },
    { "national_id", "Art. 87: a national identification number", "process only where national law allows; encrypt",
      false },
    { "username", "Art. 4(1): an online identifier", "pseudonymise outside production", false },
    { "password", "Art. 32: security of processing", "store only a slow, salted hash; never export", false },
    { "ip", "Recital 30: an online identifier", "truncate or delete after a short time", false },
    { "mac_address", "Recital 30: identifies a person's device", "hash with a key or delete after a short time",
      false },
    { "iban", "Art. 4(1): relates to a person", "encrypt; restrict who reads it", false },
    { "bank_account", "Art. 4(1): relates to a person", "encrypt; restrict who reads it", false },
    { "tax_id", "Art. 87: a national identification number", "process only where national law allows; encrypt", false },
    { "passport", "Art. 87: a national identification number", "process only where national law allows; encrypt",
      false },
    { "driver_license", "Art. 87: a national identification number", "process only where national law allows; encrypt",
      false },
    { "license_plate", "Art. 4(1): identifies a person through the vehicle", "delete when the purpose is over", false },
    { "secret", "Art. 32: security of processing", "move to a secret store; rotate what was copied", false },
    { "gender", "Art. 4(1): relates to a person", "ask whether it is needed at all", false },
    { "age", "Art. 4(1): relates to a person", "use ranges where they are enough", false },
    { "income", "Art. 4(1): relates to a person", "restrict who reads it", false },
    { "location", "Art. 4(1): location data", "coarsen; delete after a short time", false },
    { "family", "Art. 4(1): relates to a person", "ask whether it is needed at all", false },
    { "photo", "Art. 4(1); Art. 9 when used to recognise people", "keep consent; restrict who reads it", false },
    { NULL, NULL, NULL, false },
};

static const struct rule special[] = {
    { "health", "Art. 9(1): data concerning health",
      "explicit consent or another ground of Art. 9(2); impact assessment", false },
    { "ethnicity", "Art. 9(1): racial or ethnic origin", "explicit consent or another ground of Art. 9(2)", false },
    { "religion", "Art. 9(1): religious beliefs", "explicit consent or another ground of Art. 9(2)", false },
    { "politics", "Art. 9(1): political opinions or union membership",
      "explicit consent or another ground of Art. 9(2)", false },
    { "orientation", "Art. 9(1): sex life or orientation", "explicit consent or another ground of Art. 9(2)", false },
    { "biometry", "Art. 9(1): biometric or genetic data", "explicit consent or another ground of Art. 9(2)", false },
    { "crime", "Art. 10: criminal convictions and offences", "only under official authority or where law allows",
      false },
    { NULL, NULL, NULL, false },
};

#define IDENTIFIER "45 CFR 164.514(b)(2): one of the eighteen identifiers, beside data of health"
static const struct rule hipaa[] = {
    { "health", "45 CFR 160.103: health information", "minimum necessary; log every access; encrypt", false },
    { "name", IDENTIFIER, "remove to de-identify", true },
    { "email", IDENTIFIER, "remove to de-identify", true },
    { "phone", IDENTIFIER, "remove to de-identify", true },
    { "address", IDENTIFIER, "remove to de-identify", true },
    { "city_zip", IDENTIFIER, "keep at most the first three digits of the ZIP code", true },
    { "dob", IDENTIFIER, "keep the year alone; no ages over 89", true },
    { "national_id", IDENTIFIER, "remove to de-identify", true },
    { "ip", IDENTIFIER, "remove to de-identify", true },
    { "mac_address", IDENTIFIER, "remove to de-identify", true },
    { "bank_account", IDENTIFIER, "remove to de-identify", true },
    { "iban", IDENTIFIER, "remove to de-identify", true },
    { "credit_card", IDENTIFIER, "remove to de-identify", true },
    { "driver_license", IDENTIFIER, "remove to de-identify", true },
    { "passport", IDENTIFIER, "remove to de-identify", true },
    { "license_plate", IDENTIFIER, "remove to de-identify", true },
    { "photo", IDENTIFIER, "remove to de-identify", true },
    { "biometry", IDENTIFIER, "remove to de-identify", true },
    { NULL, NULL, NULL, false },
};

static const struct rule pci[] = {
    { "credit_card", "Req. 3: account data",
      "tokenise or encrypt; show at most the first six and last four digits; never keep the "
      "verification value",
      false },
    { NULL, NULL, NULL, false },
};

static const struct {
    const char *regime, *name;
    const struct rule *rules;
} regimes[] = {
    { "GDPR", "General Data Protection Regulation (EU) 2016/679", gdpr },
    { "GDPR_SPECIAL", "GDPR, special categories (Art. 9) and convictions (Art. 10)", special },
    { "HIPAA", "Health Insurance Portability and Accountability Act, Privacy Rule", hipaa },
    { "PCI_DSS", "Payment Card Industry Data Security Standard 4.0", pci },
};

/* Does the table hold something of health, by a column or by its name? */
static bool is_health(const struct catalog_table *t)
{
    static const char *const words[] = { "patient",  "diagnos",   "medical",   "clinic", "hospital",
                                         "prescri",  "admission", "treatment", "health", "icu",
                                         "labevent", "encounter", "immuniz" };
    for (size_t i = 0; i < t->column_count; i++) {
        const struct catalog_profile *p = t->columns[i].profile;
        if (p != NULL && p->pii_sensitive != NULL && strcmp(p->pii_sensitive, "health") == 0)
            return true;
    }
    char name[128];
    size_t size = 0;
    for (; t->name[size] != '\0' && size + 1 < sizeof name; size++)
        name[size] = (char)(t->name[size] >= 'A' && t->name[size] <= 'Z' ? t->name[size] | 0x20 : t->name[size]);
    name[size] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(name, words[i]) != NULL)
            return true;
    return false;
}

static const struct rule *rule_for(const struct rule *rules, const struct catalog_profile *p, bool health)
{
    for (; rules->class != NULL; rules++) {
        if (rules->health && !health)
            continue;
        bool class = p->pii_class != NULL && strcmp(p->pii_class, rules->class) == 0;
        bool sensitive = p->pii_sensitive != NULL && strcmp(p->pii_sensitive, rules->class) == 0;
        if (class || sensitive)
            return rules;
    }
    return NULL;
}

/* Most columns say nothing about anybody. */
static bool is_found(const struct catalog_profile *p)
{
    return p != NULL && ((p->pii_class != NULL && strcmp(p->pii_class, "none") != 0) || p->pii_sensitive != NULL);
}

/* health: of each table. */
static json_t *regime_report(const struct catalog *c, const bool *health, size_t regime)
{
    json_t *columns = json_array();
    size_t tables = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        bool any = false;
        for (size_t j = 0; j < t->column_count; j++) {
            const struct catalog_profile *p = t->columns[j].profile;
            const struct rule *rule = is_found(p) ? rule_for(regimes[regime].rules, p, health[i]) : NULL;
            if (rule == NULL)
                continue;
            any = true;
            json_array_append_new(columns, json_pack("{s:s, s:s, s:s, s:s, s:f, s:s, s:s}", "schema",
                                                     t->schema == NULL ? "" : t->schema, "table", t->name, "column",
                                                     t->columns[j].name, "class", rule->class, "confidence",
                                                     p->pii_confidence, "why", rule->why, "do", rule->act));
        }
        tables += any;
    }
    return json_pack("{s:s, s:s, s:o, s:I}", "regime", regimes[regime].regime, "name", regimes[regime].name, "columns",
                     columns, "tables", (json_int_t)tables);
}

json_t *compliance_report(const struct catalog *c)
{
    json_t *list = json_array();
    json_int_t found = 0;
    bool *health = mem_zero(c->table_count + 1, sizeof *health);
    for (size_t i = 0; i < c->table_count; i++) {
        json_int_t here = 0;
        for (size_t j = 0; j < c->tables[i].column_count; j++)
            here += is_found(c->tables[i].columns[j].profile);
        health[i] = here > 0 && is_health(&c->tables[i]);
        found += here;
    }
    for (size_t i = 0; i < sizeof regimes / sizeof *regimes; i++)
        json_array_append_new(list, regime_report(c, health, i));
    free(health);
    return json_pack("{s:o, s:I, s:s}", "regimes", list, "columns", found, "note",
                     "found by names and values: a help for finding personal data, no legal advice");
}
