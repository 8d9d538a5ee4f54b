/* Rows of int16 numbers times a matrix of 8-bit weights, requantized to int16: FULLY_CONNECTED, and CONV_2D.
 *
 *     out[r, n] = requantize(bias[n] + sum over k of in[r, k] * weights[n, k] + filter_offset * sum over k of in[r, k])
 *
 * The bias has the zero points folded in, as in gemm.h. Sums are modulo 2^64, of which requantization takes the lower
 * 32 bits unless finish.wide. Vector versions sum in 32 bits where that loses nothing: where finish.wide is not set, or
 * `narrow` says that int32 holds every result, whatever the input, so that it does not matter what partial sums do.
 * Otherwise they sum `block` terms in 32 bits, as many as int32 holds for all inputs, and blocks in 64.
 *
 * Weights are packed in panels of 16 outputs and groups of 2 terms, [panel][group][16][2]; what is beyond the last
 * output or term is 0.
 */
#ifndef INTACT_GEMM16_H
#define INTACT_GEMM16_H

#include "gemm.h"

#define INTACT_GROUP16 2 /* terms */

typedef struct {
    const int8_t *weights;
    const int64_t *bias; /* padded to panels */
    int64_t depth;       /* terms of a row */
    int64_t outputs;
    int64_t filter_offset;
    int64_t block; /* terms, a multiple of groups */
    int64_t narrow;
    intact_requantize finish;
} intact_gemm16;

/* in: rows (rows, depth); out: (rows, outputs). A unit is a row, or with by_panels a panel of outputs of all rows. */
typedef struct {
    intact_gemm16 gemm;
    int64_t rows;
    int64_t by_panels;
} intact_dense16;

/* CONV_2D. The window's channels and its filler are those of bytes: twice as many, and one of the two equal bytes of
 * the zero point. gemm.depth is size * size * channels of numbers. A unit is a position, counted over images, rows and
 * columns.
 * scratch: INTACT_PIXELS rows of depth numbers. */
typedef struct {
    intact_gemm16 gemm;
    intact_window window;
} intact_convolve16;

intact_kernel intact_dense16_scalar, intact_dense16_vnni;
intact_kernel intact_convolve16_scalar, intact_convolve16_vnni;

#endif
