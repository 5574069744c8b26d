/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal_signs.c - days as Chinese, Japanese and Korean write them: a sign behind each number. Years of
 * Japanese eras are read as those of the common calendar.
 */
#include "catalog/parse/value/temporal_read.h"

#include <string.h>

/* Of the year, month, day; Japanese and Chinese, then Korean. Days have a third: 6号. */
static const char *const signs[][3] = { { "年", "月", "日" }, { "년", "월", "일" } };

static const struct {
    const char *name;
    int year; /* before its first */
} eras[] = { { "令和", 2018 }, { "平成", 1988 }, { "昭和", 1925 }, { "大正", 1911 }, { "明治", 1867 } };

static bool take_text(struct cursor *c, const char *wanted)
{
    size_t size = strlen(wanted);
    if ((size_t)(c->end - c->at) < size || memcmp(c->at, wanted, size) != 0)
        return false;
    c->at += size;
    return true;
}

static bool take_year(struct cursor *c, int *ret_year)
{
    int before = 0;
    for (size_t i = 0; i < sizeof eras / sizeof *eras && before == 0; i++)
        if (take_text(c, eras[i].name))
            before = eras[i].year;
    if (before > 0 && take_text(c, "元")) {
        *ret_year = before + 1;
        return true;
    }
    int digits = temporal_take_number(c, ret_year);
    *ret_year += before;
    return before > 0 ? digits == 1 || digits == 2 : digits == 4;
}

/* 星期三, (水), （水） */
static void take_weekday(struct cursor *c)
{
    static const char *const before[] = { "星期", "周", "(", "（" };
    struct cursor here = *c;
    take_blanks(&here);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        if (!take_text(&here, before[i]) || here.end - here.at < 3)
            continue;
        here.at += 3; /* one character of these languages */
        if (i >= 2 && !take_text(&here, ")") && !take_text(&here, "）"))
            return;
        *c = here;
        return;
    }
}

bool temporal_read_signs(struct cursor *c, struct temporal *t)
{
    struct cursor here = *c;
    int year, month = 0, day = 1;
    if (!take_year(&here, &year) || here.at == here.end || (unsigned char)*here.at < 0x80)
        return false;
    size_t language = take_text(&here, signs[0][0]) ? 0 : 1;
    if (language == 1 && !take_text(&here, signs[1][0]))
        return false;
    take_blanks(&here);
    int digits = temporal_take_number(&here, &month);
    if (digits < 1 || digits > 2 || !take_text(&here, signs[language][1]))
        return false;
    t->layout |= language == 0 ? TEMPORAL_HAN : TEMPORAL_HANGUL;
    t->layout |= here.at == here.end ? TEMPORAL_NO_DAY : 0;
    if (here.at < here.end) {
        take_blanks(&here);
        digits = temporal_take_number(&here, &day);
        if (digits < 1 || digits > 2 || (!take_text(&here, signs[language][2]) && !take_text(&here, "号")))
            return false;
        take_weekday(&here);
    }
    t->orders = TEMPORAL_YMD;
    t->parts[0] = year;
    t->parts[1] = month;
    t->parts[2] = day;
    *c = here;
    return true;
}
