/* SPDX-License-Identifier: Apache-2.0 */
/* value_add.c - two accumulators as if their values had been in one column, those of `sum` first. */
#include "catalog/parse/value/value.h"

#include <string.h>

#include "catalog/parse/value/temporal.h"

static void add_counts(struct infer *sum, const struct infer *i)
{
    for (int c = 0; c < INFER_CLASSES; c++) {
        if (sum->counts[c] == 0 && i->counts[c] > 0) {
            sum->first[c] = i->first[c] + sum->values;
            memcpy(sum->example[c], i->example[c], sizeof sum->example[c]);
        }
        sum->counts[c] += i->counts[c];
    }
    for (int type = 0; type <= TYPE_OBJECT; type++)
        sum->native[type] += i->native[type];
    sum->values += i->values;
    sum->nulls += i->nulls;
    sum->compact += i->compact;
    sum->compact_times += i->compact_times;
    sum->zoned += i->zoned;
    sum->unzoned += i->unzoned;
    sum->dates += i->dates;
    sum->times += i->times;
    sum->datetimes += i->datetimes;
}

/* As value.c takes the layout of one more value. */
static void add_layout(struct infer *sum, const struct infer *i, bool first)
{
    uint32_t theirs = i->layout, months = TEMPORAL_MONTH_SHORT | TEMPORAL_MONTH_LONG;
    sum->layout_varies |= i->layout_varies;
    sum->orders_not |= i->orders_not;
    if (first) {
        sum->layout = theirs;
        return;
    }
    uint32_t differs = sum->layout ^ theirs;
    if ((sum->layout & months) && (theirs & sum->layout & months)) {
        sum->layout &= theirs | ~months;
        differs &= ~months;
    }
    sum->layout_varies |= differs;
    sum->layout |= theirs & ~months;
}

void infer_add(struct infer *sum, const struct infer *i)
{
    if (i->counts[INFER_TEMPORAL] > 0)
        add_layout(sum, i, sum->counts[INFER_TEMPORAL] == 0);
    add_counts(sum, i);
    sum->styles_not |= i->styles_not;
    sum->loose_not |= i->loose_not;
    sum->styles_fraction |= i->styles_fraction;
    sum->units |= i->units;
    sum->exponent |= i->exponent;
    sum->leading_zeros |= i->leading_zeros;
    sum->plus |= i->plus;
    sum->too_long |= i->too_long;
    sum->spaced |= i->spaced;
    sum->bracketed |= i->bracketed;
    if (sum->digits_min == 0 || (i->digits_min > 0 && i->digits_min < sum->digits_min))
        sum->digits_min = i->digits_min;
    if (i->digits_max > sum->digits_max)
        sum->digits_max = i->digits_max;
    if (i->hour_max > sum->hour_max)
        sum->hour_max = i->hour_max;
    sum->hour_unpadded |= i->hour_unpadded;
    sum->booleans |= i->booleans;
    sum->pairs_not |= i->pairs_not;
    sum->text |= i->text;
}
