/* Products of two operands, requantized. */
#ifndef INTACT_MUL_H
#define INTACT_MUL_H

#include "broadcast.h"
#include "requantize.h"

/* The numbers have 8 bits, with any zero points as they are held, or 16 with zero points of 0. Units are elements. */
typedef struct {
    intact_broadcast shape;
    int32_t zero_points[2]; /* of the operands */
    int32_t bytes;          /* of a number: 1 or 2 */
    intact_requantize finish; /* of one channel */
} intact_mul;

intact_kernel intact_mul_scalar, intact_mul_avx512;

#endif
