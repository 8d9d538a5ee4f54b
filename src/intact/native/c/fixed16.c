/* The definition of fixed16.h. */
#include "fixed16.h"

static int32_t at_most_one(int32_t number) { return number > INT16_MAX ? INT16_MAX : number; }

static int32_t product(int32_t a, int32_t b)
{
    /* 2^31 makes the sum positive, so that the shift is a division rounded down. */
    int64_t sum = (int64_t)a * b + (1 << 14) + (INT64_C(1) << 31);
    return (int32_t)(sum >> 15) - (1 << 16);
}

static int32_t divided(int32_t number, int bits)
{
    int32_t half = 1 << (bits - 1);
    return number < 0 ? -((-number + half) >> bits) : (number + half) >> bits;
}

/* Returns exp(number) for a number from -1/4 to 0, in Q0. */
static int32_t exp_of_quarter(int32_t number)
{
    int32_t x = number + (1 << 12); /* from -1/8 to 1/8 */
    int32_t x2 = product(x, x), x3 = product(x2, x), x4 = product(x2, x2);
    int32_t tail = divided(product(divided(x4, 2) + x3, INTACT_THIRD) + x2, 1);
    return at_most_one(INTACT_EXP_EIGHTH + product(x + tail, INTACT_EXP_EIGHTH));
}

/* Returns exp(-magnitude) in Q0, of a magnitude in Q(integer_bits), from 0 to 2^15. */
static int32_t exp_of_minus(int32_t magnitude, int integer_bits)
{
    static const int16_t powers[] = INTACT_EXP_POWERS;
    int fraction = 15 - integer_bits;
    int32_t quarter = 1 << (fraction - 2);
    if (magnitude == 0)
        return INT16_MAX;
    if (integer_bits > 5 && magnitude > 32 << fraction)
        return 0;
    /* Of the magnitude, more than 0 and at most a quarter, and the rest. */
    int32_t within = (magnitude - 1) % quarter + 1, rest = magnitude - within;
    int32_t result = exp_of_quarter(-within * (1 << integer_bits));
    for (int k = INTACT_EXP_FIRST; k < integer_bits && k <= 4; k++)
        if (rest >> (fraction + k) & 1)
            result = product(result, powers[k - INTACT_EXP_FIRST]);
    return result;
}

/* Returns 2 / (1 + number) in Q2, of a number in Q0 that is not negative. */
static int32_t two_over_one_plus(int32_t number)
{
    int32_t half = (number + (1 << 15)) >> 1;
    /* Halves go up: not the same as less the product with 32/17. */
    int32_t x = INTACT_48_17 + product(half, -INTACT_32_17);
    for (int i = 0; i < 3; i++)
        x += product(x, (1 << 13) - product(half, x)) * 4;
    return x;
}

int16_t intact_logistic16(int16_t number)
{
    if (number == 0)
        return 1 << 14;
    int32_t positive = at_most_one(2 * two_over_one_plus(exp_of_minus(number < 0 ? -number : number, 3)));
    return (int16_t)(number > 0 ? positive : INT16_MAX - positive);
}

int16_t intact_tanh16(int16_t number, int integer_bits)
{
    int32_t falling = exp_of_minus(number < 0 ? -(int32_t)number : number, integer_bits + 1);
    int32_t magnitude = at_most_one(4 * (two_over_one_plus(falling) - (1 << 13)));
    return (int16_t)(number > 0 ? magnitude : number < 0 ? -magnitude : 0);
}
