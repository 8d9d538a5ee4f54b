#include "requantize.h"

#include <math.h>

/* Returns number / 2^bits rounded down. C leaves >> of a negative number to the compiler. */
static int64_t shifted(int64_t number, int32_t bits)
{
    return number >= 0 ? number >> bits : -((-(number + 1)) >> bits) - 1;
}

/* Returns a whole real as x86 makes an int32 of it: the smallest for NaN and all that int32 cannot hold. */
static int64_t to_int32(double real)
{
    return real >= -2147483648.0 && real < 2147483648.0 ? (int64_t)real : INT32_MIN;
}

static int64_t rounded(const intact_requantize *r, int64_t channel, int64_t acc)
{
    if (r->rule == INTACT_FLOAT32_EVEN) {
        float product = (float)acc * (float)r->factor[channel];
        float whole = rintf(product);
        float limit = (float)(r->high - r->zero_point);
        return to_int32(whole > limit ? limit : whole);
    }
    if (r->rule == INTACT_FLOAT64_AWAY)
        return to_int32(round((double)acc * r->factor[channel]));
    int64_t x = r->left[channel] ? intact_wrap((int64_t)((uint64_t)acc << r->left[channel])) : acc;
    int64_t p = intact_wrap64((uint64_t)x * (uint64_t)(int64_t)r->multiplier[channel] + (uint64_t)r->offset[channel]);
    if (p < r->threshold[channel])
        p -= r->away[channel];
    int64_t number = shifted(p, r->shift[channel]);
    return r->wraps ? intact_wrap(number) : number;
}

int32_t intact_requantize_one(const intact_requantize *r, int64_t channel, int64_t acc)
{
    int64_t number = rounded(r, channel, r->wide ? acc : intact_wrap(acc));
    if (r->zero_point) {
        number += r->zero_point;
        if (r->far)
            number = intact_wrap(number);
    }
    return (int32_t)(number < r->low ? r->low : number > r->high ? r->high : number) + r->held;
}
