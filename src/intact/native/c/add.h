/* Sums of two operands of 8 bits, each with a multiplier, and one shift. */
#ifndef INTACT_ADD_H
#define INTACT_ADD_H

#include "broadcast.h"

/* Of codes a and b as they are held the result is
 *
 *     clamp(((a m0 + b m1 + offset) >> shift) + zero_point)
 *
 * in unsigned numbers of 32 bits up to the shift: `offset` has 2^31 in it, so that none is negative, and `zero_point`
 * takes it off again. Units are elements. */
typedef struct {
    intact_broadcast shape;
    int32_t multiplier[2]; /* magnitudes below 2^23 */
    uint32_t offset;
    int32_t shift; /* 1 to 30 */
    int32_t zero_point;
    int32_t low, high; /* of the result as it is held */
} intact_add;

intact_kernel intact_add_scalar, intact_add_avx2, intact_add_avx512;

#endif
