/* Real numbers of float32 to stored ones. */
#ifndef INTACT_QUANTIZE_H
#define INTACT_QUANTIZE_H

#include "channels.h"

enum intact_quantize_rule {
    INTACT_DIVIDE,     /* x / scale, halves away from zero */
    INTACT_RECIPROCAL, /* x * reciprocal, halves to even, saturated to int16; NaN is the largest */
    INTACT_BLOCKS,     /* x * reciprocal, halves to even; from `boundary` on x / scale in float64, halves away */
};

/* The rounded number, -2^31 where int32 does not hold it, plus the zero point, in 32 bits that wrap; then clamped.
 * Only the first rule has several channels. Units are elements. */
typedef struct {
    const float *scale;
    const int32_t *zero_point;
    intact_channels channels;
    int64_t boundary;
    float reciprocal;
    int32_t rule;
    int32_t low, high;
    int32_t held;  /* what is added to hold numbers unsigned: 128 for int8, else 0 */
    int32_t bytes; /* of a result: 1 without sign, 2 with */
} intact_quantize;

intact_kernel intact_quantize_scalar, intact_quantize_avx2, intact_quantize_avx512;

#endif
