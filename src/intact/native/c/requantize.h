/* Accumulator to stored integer: scaled, rounded, moved to the zero point and clamped.
 *
 * Rules of integers are all one formula, with x = acc << left in 32 bits and p = x * multiplier + offset in 64:
 *
 *     (p - (p < threshold ? away : 0)) >> shift
 *
 * Rounding twice, ties up, is floor((floor((x m + 2^30) / 2^31) + half) / 2^r) = floor((x m + 2^30 + half 2^31) /
 * 2^(31 + r)), as a floor of a floor is the floor of both divisions; so the offset is 2^30 + half 2^31. Ties away from
 * zero take one off the number before the second rounding where it is negative: x m + 2^30 < 0, that is p < half 2^31,
 * takes 2^31 off p. Rounding once has the offset 2^(shift - 1) alone.
 */
#ifndef INTACT_REQUANTIZE_H
#define INTACT_REQUANTIZE_H

#include "intact.h"

enum intact_rule {
    INTACT_FIXED,        /* the formula above */
    INTACT_FLOAT32_EVEN, /* acc and factor in float32, the product to the nearest, ties to even */
    INTACT_FLOAT64_AWAY, /* acc * factor in float64, ties away from zero */
};

/* Arrays have one element a channel, padded to a multiple of 64, with what does not matter beyond the last channel.
 * Where one factor serves all channels it is repeated. */
typedef struct {
    const int32_t *left;
    const int32_t *multiplier;
    const int64_t *offset;
    const int64_t *threshold;
    const int64_t *away;
    const int32_t *shift;
    const double *factor; /* of the rules that multiply in floating point */
    int32_t rule;
    int32_t zero_point; /* of the tensor, as the model says */
    int32_t low, high;  /* the same */
    int32_t held;       /* what is added to hold the integer unsigned: 128 for int8, else 0 */
    int32_t wraps;      /* the rounded number wraps in int32 */
    int32_t far;        /* the number may leave int32 on its way: vector versions leave it to the definition */
    int32_t plain;      /* vector versions may take the short cut: left is 0 and shift is 32 to 62 for all channels */
    int32_t up;         /* away is 0 for all channels, or what it changes is clamped */
    int32_t wide;       /* acc has 64 bits and does not wrap at 32 */
} intact_requantize;

/* Returns acc as int32 holds it after an overflow. */
static inline int32_t intact_wrap(int64_t number)
{
    uint32_t low = (uint32_t)(uint64_t)number;
    return low < 0x80000000u ? (int32_t)low : (int32_t)(low - 0x80000000u) + INT32_MIN;
}

/* Returns a number of 64 bits as int64 holds it after an overflow. */
static inline int64_t intact_wrap64(uint64_t number)
{
    return number <= INT64_MAX ? (int64_t)number : -(int64_t)(UINT64_MAX - number) - 1;
}

/* Returns the stored integer, as it is held, of one accumulator of a channel. */
int32_t intact_requantize_one(const intact_requantize *r, int64_t channel, int64_t acc);

#endif
