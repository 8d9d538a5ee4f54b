/* DEPTHWISE_CONV_2D of int16 with 8-bit weights: each channel is filtered alone.
 *
 *     out[y, x, c * multiplier + m] = requantize(bias + sum over the window of in[.., .., c] * weights)
 *
 * The bias has the zero point folded in. Sums are as in gemm16.h; int32 holds those of up to 511 places of a window,
 * as 511 * 128 * 32768 < 2^31.
 */
#ifndef INTACT_DEPTHWISE16_H
#define INTACT_DEPTHWISE16_H

#include "gemm.h"

#define INTACT_STRIP 8 /* positions that vector versions do at a time */

/* Weights are [row of the window][column][outputs], outputs padded to a multiple of 64, as those of bias are.
 * The window's channels and its filler are those of numbers, not of bytes.
 * A unit is a position, counted over images, rows and columns.
 * scratch: 8 * INTACT_STRIP bytes for each place of the window and one more, and a number for each output. Where the
 * multiplier is not 1: as many rows of the image as the window has, of as many times the channels, and 64 bytes more. */
typedef struct {
    void *prepared;
    const int8_t *weights;
    const int64_t *bias;
    int64_t multiplier;
    int64_t narrow; /* int32 holds every result, whatever the input */
    intact_window window;
    intact_requantize finish;
} intact_depthwise16;

intact_kernel intact_depthwise16_scalar, intact_depthwise16_vnni;
intact_prepare intact_depthwise16_prepare_vnni;

#endif
