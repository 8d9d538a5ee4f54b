/* fixed16.h in vectors, for versions that define LANES, the bytes of a vector, and PRODUCT(a, b), the processor's
 * a * b / 2^15 to the nearest, halves up. The vectors are those of GCC and Clang. */
#ifndef INTACT_FIXED16_LANES_H
#define INTACT_FIXED16_LANES_H

#include "fixed16.h"

#define INLINE static inline __attribute__((always_inline))

typedef int16_t lanes16 __attribute__((vector_size(LANES)));

INLINE lanes16 all16(int16_t number) { return number - (lanes16){0}; }

INLINE lanes16 chosen(lanes16 mask, lanes16 yes, lanes16 no) { return (mask & yes) | (~mask & no); }

/* Returns minus the magnitudes of numbers, which the smallest has too. */
INLINE lanes16 falling(lanes16 number)
{
    lanes16 sign = number >> 15;
    return sign - (number ^ sign);
}

/* Returns number * 2^bits, at most 1. */
INLINE lanes16 times_power(lanes16 number, int bits)
{
    return chosen(number > all16((int16_t)(INT16_MAX >> bits)), all16(INT16_MAX), number << (int16_t)bits);
}

INLINE lanes16 halved(lanes16 number) { return (number + 1 + (number >> 15)) >> 1; }

INLINE lanes16 exp_of_quarter(lanes16 number)
{
    const lanes16 most = all16(INT16_MAX - INTACT_EXP_EIGHTH);
    lanes16 x = number + (1 << 12);
    lanes16 x2 = PRODUCT(x, x), x3 = PRODUCT(x2, x), x4 = PRODUCT(x2, x2);
    /* A fourth power is not negative. */
    lanes16 tail = halved(PRODUCT(((x4 + 2) >> 2) + x3, all16(INTACT_THIRD)) + x2);
    lanes16 result = PRODUCT(x + tail, all16(INTACT_EXP_EIGHTH));
    return chosen(result > most, most, result) + INTACT_EXP_EIGHTH;
}

/* Returns exp(number) of numbers that are not positive, among them the smallest. */
INLINE lanes16 exp_of_negative(lanes16 number, int integer_bits)
{
    static const int16_t powers[] = INTACT_EXP_POWERS;
    const int fraction = 15 - integer_bits, quarter = 1 << (fraction - 2);
    lanes16 within = (number & (int16_t)(quarter - 1)) - (int16_t)quarter, rest = within - number;
    lanes16 result = exp_of_quarter(within << (int16_t)integer_bits);
#pragma GCC unroll 7
    for (int k = INTACT_EXP_FIRST; k <= 4; k++) {
        if (k >= integer_bits)
            break;
        lanes16 bit = rest << (int16_t)(15 - fraction - k) >> 15;
        result = chosen(bit, PRODUCT(result, all16(powers[k - INTACT_EXP_FIRST])), result);
    }
    if (integer_bits > 5)
        result &= number >= all16((int16_t)-(32 << fraction));
    return chosen(number == 0, all16(INT16_MAX), result);
}

INLINE lanes16 two_over_one_plus(lanes16 number)
{
    lanes16 half = (number >> 1) + (1 << 14);
    lanes16 x = PRODUCT(half, all16(-INTACT_32_17)) + INTACT_48_17;
    for (int i = 0; i < 3; i++)
        x += PRODUCT(x, (1 << 13) - PRODUCT(half, x)) << 2;
    return x;
}

INLINE lanes16 logistic_lanes(lanes16 number)
{
    lanes16 positive = times_power(two_over_one_plus(exp_of_negative(falling(number), 3)), 1);
    /* 32767 less a number that is not negative is all its bits turned but for the sign. */
    return chosen(number == 0, all16(1 << 14), positive ^ (number >> 15 & INT16_MAX));
}

INLINE lanes16 tanh_lanes(lanes16 number, int integer_bits)
{
    lanes16 less = two_over_one_plus(exp_of_negative(falling(number), integer_bits + 1)) - (1 << 13);
    lanes16 magnitude = times_power(less, 2), sign = number >> 15;
    return ((magnitude ^ sign) - sign) & (number != 0);
}

#endif
