/* Requantization of sums to int16, of rows of up to 16 channels, for the versions with AVX-512. */
#ifndef INTACT_FINISH16_H
#define INTACT_FINISH16_H

#include "requantize.h"

/* channel: the first. sums: 16 a row, of which `count` are wanted. stride: from one row of the result to the next.
 * Those of 32 bits are what requantization takes, or all of it where finish.wide. */
void intact_finish16_avx512(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows,
                            const int32_t *sums, int16_t *out, int64_t stride);
void intact_finish16_wide_avx512(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows,
                                 const int64_t *sums, int16_t *out, int64_t stride);

#endif
