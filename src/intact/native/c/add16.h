/* Sums and differences of two operands of 16 bits whose zero points are 0, each brought to a common scale first.
 *
 * A number is scaled as in requantize.h, by one multiplication in 64 bits and one shift:
 *
 *     x = (number >> right) << left, p = x * multiplier + offset, (p - (p < threshold ? away : 0)) >> (32 + shift)
 *
 * which rounds once or twice; all numbers are doubled, so that the shift is 32 or more and no half is lost on the way.
 */
#ifndef INTACT_ADD16_H
#define INTACT_ADD16_H

#include "broadcast.h"

typedef struct {
    int64_t offset, threshold, away;
    int32_t right, left; /* x fits 32 bits */
    int32_t multiplier;
    int32_t shift; /* 0 to 31 */
} intact_scaling;

/* clamp(total(first(a) +- second(b))). Of each `length` elements of the result the operands of the first `whole` are
 * scaled in one way, those of the others in another. Units are elements. */
typedef struct {
    intact_broadcast shape;
    intact_scaling operands[2][2]; /* by way and operand */
    intact_scaling total;
    int64_t length, whole;
    int32_t negative; /* 1 where the second operand is taken off */
    int32_t low, high;
} intact_add16;

/* Returns how many of `count` elements from `place` on are scaled in the same way, and which way that is. */
static inline int64_t intact_same_way(const intact_add16 *p, int64_t place, int64_t count, int *way)
{
    int64_t within = place % p->length;
    *way = within >= p->whole;
    int64_t same = (*way ? p->length : p->whole) - within;
    return same < count ? same : count;
}

intact_kernel intact_add16_scalar, intact_add16_avx512;

#endif
