/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parse/value/temporal_words.h"

#include <string.h>
#include <strings.h>

#include "catalog/parse/value/temporal.h"

static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December" };
static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };

/* Beyond English: long names, and short ones that are not the first three letters of the English. */
static const struct {
    const char *name;
    int month;
    bool is_short;
} others[] = {
    { "Januar", 1, false },
    { "Februar", 2, false },
    { "M\xC3\xA4rz", 3, false },
    { "Mai", 5, false },
    { "Juni", 6, false },
    { "Juli", 7, false },
    { "Oktober", 10, false },
    { "Dezember", 12, false },
    { "janvier", 1, false },
    { "f\xC3\xA9vrier", 2, false },
    { "mars", 3, false },
    { "avril", 4, false },
    { "juin", 6, false },
    { "juillet", 7, false },
    { "ao\xC3\xBBt", 8, false },
    { "septembre", 9, false },
    { "octobre", 10, false },
    { "novembre", 11, false },
    { "d\xC3\xA9"
      "cembre",
      12, false },
    { "enero", 1, false },
    { "febrero", 2, false },
    { "marzo", 3, false },
    { "abril", 4, false },
    { "mayo", 5, false },
    { "junio", 6, false },
    { "julio", 7, false },
    { "agosto", 8, false },
    { "septiembre", 9, false },
    { "octubre", 10, false },
    { "noviembre", 11, false },
    { "diciembre", 12, false },
    { "januari", 1, false },
    { "februari", 2, false },
    { "maart", 3, false },
    { "mei", 5, false },
    { "augustus", 8, false },
    { "marts", 3, false },
    { "maj", 5, false },
    { "Okt", 10, true },
    { "Dez", 12, true },
    { "Sept", 9, true },
    { "M\xC3\xA4r", 3, true },
    { "ene", 1, true },
    { "abr", 4, true },
    { "ago", 8, true },
    { "dic", 12, true },
    { "mrt", 3, true },
};

static bool same(const char *word, size_t size, const char *name)
{
    return strncasecmp(word, name, size) == 0 && name[size] == '\0';
}

bool temporal_words_month(const char *word, size_t size, int *ret_month, uint32_t *ret_kind)
{
    if (size < 3 || size > 12)
        return false;
    for (int i = 0; i < 12; i++) {
        bool whole = same(word, size, months[i]);
        if (!whole && !(size == 3 && strncasecmp(word, months[i], 3) == 0))
            continue;
        *ret_month = i + 1;
        *ret_kind = (whole ? TEMPORAL_MONTH_LONG : 0U) | (size == 3 ? TEMPORAL_MONTH_SHORT : 0U);
        return true;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!same(word, size, others[i].name))
            continue;
        *ret_month = others[i].month;
        *ret_kind = others[i].is_short ? TEMPORAL_MONTH_SHORT : TEMPORAL_MONTH_LONG;
        if (size == 3 && !others[i].is_short)
            *ret_kind |= TEMPORAL_MONTH_SHORT;
        return true;
    }
    return false;
}

bool temporal_words_weekday(const char *word, size_t size, uint32_t *ret_kind)
{
    for (int i = 0; i < 7; i++) {
        if (size == 3 && strncasecmp(word, weekdays[i], 3) == 0) {
            *ret_kind = TEMPORAL_WEEKDAY_SHORT;
            return true;
        }
        if (same(word, size, weekdays[i])) {
            *ret_kind = TEMPORAL_WEEKDAY_LONG;
            return true;
        }
    }
    return false;
}

bool temporal_words_zone(const char *word, size_t size, int *ret_minutes)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = { { "UTC", 0 },    { "GMT", 0 },    { "EST", -300 }, { "EDT", -240 }, { "CST", -360 },
                  { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 }, { "PST", -480 }, { "PDT", -420 },
                  { "CET", 60 },   { "CEST", 120 }, { "BST", 60 },   { "WET", 0 },    { "EET", 120 } };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (strlen(zones[i].name) == size && memcmp(zones[i].name, word, size) == 0) {
            *ret_minutes = zones[i].minutes;
            return true;
        }
    }
    return false;
}

const char *temporal_words_month_name(int month)
{
    return months[month - 1];
}
