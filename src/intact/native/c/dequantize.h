/* Stored numbers to float32. */
#ifndef INTACT_DEQUANTIZE_H
#define INTACT_DEQUANTIZE_H

#include "channels.h"

/* (q - zero) * scale, all in float32; of elements before `boundary` q * scale + offset, the product rounded before the
 * sum, with the scale of channel 0. Units are elements. */
typedef struct {
    const float *scale, *zero; /* one a channel; zero as the model has it */
    intact_channels channels;
    int64_t boundary;
    float offset;
    int32_t held;  /* what was added to hold numbers unsigned: 128 for int8, else 0 */
    int32_t bytes; /* of a number: 1 without sign, 2 with */
} intact_dequantize;

intact_kernel intact_dequantize_scalar, intact_dequantize_avx2, intact_dequantize_avx512;

#endif
