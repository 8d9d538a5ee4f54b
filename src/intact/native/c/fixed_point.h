/* Fixed point as arith/fixed_point.py has it, which says what the formulas are. Numbers of 32 bits lie in 64, so that
 * nothing overflows on its way. */
#ifndef INTACT_FIXED_POINT_H
#define INTACT_FIXED_POINT_H

#include <stdint.h>

/* Returns number / 2^bits rounded down. C leaves >> of a negative number to the compiler. */
static inline int64_t intact_floor_shift(int64_t number, int bits)
{
    return number >= 0 ? number >> bits : -((-(number + 1)) >> bits) - 1;
}

/* Returns a * b / 2^31 to the nearest, halves up, saturated where both are the smallest integer. */
static inline int64_t intact_high_product(int64_t a, int64_t b)
{
    int64_t high = intact_floor_shift(a * b + (1 << 30), 31);
    return high > INT32_MAX ? INT32_MAX : high;
}

/* Returns number * 2^bits, saturated to 32 bits. */
static inline int64_t intact_shifted_left(int64_t number, int bits)
{
    int64_t far = number * ((int64_t)1 << bits);
    return far > INT32_MAX ? INT32_MAX : far < INT32_MIN ? INT32_MIN : far;
}

/* Returns how many of 32 bits are 0 before the first that is 1. */
static inline int intact_leading_zeros(uint32_t number)
{
    int zeros = 0;
    for (uint32_t bit = 0x80000000u; bit && !(number & bit); bit >>= 1)
        zeros++;
    return zeros;
}

/* Returns 1 / (1 + number) in Q0.31 for a number in Q0.31, from 0 on. */
static inline int64_t intact_one_over_one_plus(int64_t number)
{
    int64_t half = (number + ((int64_t)1 << 31)) >> 1;
    int64_t x = 1515870810 + intact_high_product(half, -1010580540); /* 48/17 - 32/17 half in Q2.29 */
    for (int step = 0; step < 3; step++)
        x += intact_shifted_left(intact_high_product(x, (1 << 29) - intact_high_product(half, x)), 2);
    return intact_shifted_left(x, 1);
}

#endif
