/* DEPTHWISE_CONV_2D of 8 bits: each channel is filtered alone.
 *
 *     out[y, x, c * multiplier + m] = requantize(bias + sum over the window of in[.., .., c] * (weights + offset))
 *
 * The bias has the zero points folded in, as in gemm.h. The offset of an output is what its weights, without their zero
 * point, are beyond int8; it is 0 for nearly all.
 */
#ifndef INTACT_DEPTHWISE_H
#define INTACT_DEPTHWISE_H

#include "gemm.h"

#define INTACT_WIDENED 4 /* rows of positions that vector versions do at a time where the multiplier is not 1 */

/* Weights are [row of the window][column][outputs], outputs padded to a multiple of 64, as those of bias and offset are.
 * A unit is a row of positions, counted over images.
 * scratch: a row of the image, and 64 bytes more. Where the multiplier is not 1: as many rows of as many times the
 * channels as the windows of INTACT_WIDENED rows of positions reach over, one more, and 128 bytes more. */
typedef struct {
    void *prepared;
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *offset; /* NULL where it is 0 for all */
    int64_t multiplier;
    intact_window window;
    intact_requantize finish;
} intact_depthwise;

intact_kernel intact_depthwise_scalar, intact_depthwise_vnni, intact_depthwise_avx2, intact_depthwise_avx512,
    intact_depthwise_neon;
intact_prepare intact_depthwise_prepare_vnni, intact_depthwise_prepare_avx2, intact_depthwise_prepare_avx512,
    intact_depthwise_prepare_neon;

#endif
