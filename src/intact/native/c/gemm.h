/* Rows of 8-bit numbers times a matrix of weights, requantized: FULLY_CONNECTED, and CONV_2D by its window's rows.
 *
 *     out[r, n] = requantize(bias[n] + sum over k of in[r, k] * weights[n, k] + filter_offset * sum over k of in[r, k])
 *
 * The bias has the zero points folded in: with xz the input's, as held, and w = weights + filter_offset the filter
 * without its zero point, bias[n] = the model's bias - xz * sum over k of w[n, k]. Sums are modulo 2^32, so nothing is
 * lost by folding where an accumulator overflows.
 *
 * Weights are packed in panels of 16 outputs and groups of 4 terms, [panel][group][16][4]; what is beyond the last
 * output or term is 0.
 */
#ifndef INTACT_GEMM_H
#define INTACT_GEMM_H

#include "requantize.h"

#define INTACT_PANEL 16 /* outputs */
#define INTACT_GROUP 4  /* terms */
#define INTACT_PIXELS 48 /* rows that a convolution gathers at a time: a multiple of every tile's height */

typedef struct {
    void *prepared;
    const int8_t *weights;
    const int32_t *bias; /* padded to panels */
    int64_t depth;       /* terms of a row */
    int64_t outputs;
    int64_t filter_offset;
    intact_requantize finish;
} intact_gemm;

/* FULLY_CONNECTED, or a convolution of 1x1 windows with stride 1. in: rows (rows, depth); out: (rows, outputs).
 * A unit is a row, or with by_panels a panel of outputs of all rows. */
typedef struct {
    intact_gemm gemm;
    int64_t rows;
    int64_t by_panels;
} intact_dense;

/* A window slid over an image, NHWC; of pairs the first is rows, the second columns. */
typedef struct {
    int64_t images;
    int64_t extent[2];
    int64_t channels;
    int64_t size[2];
    int64_t stride[2];
    int64_t dilation[2];
    int64_t before[2]; /* padding above and to the left */
    int64_t positions[2];
    int64_t filler; /* what padding holds: the input's zero point, as held */
} intact_window;

/* CONV_2D. gemm.depth is size * size * channels. A unit is a position, counted over images, rows and columns.
 * scratch: INTACT_PIXELS rows of depth bytes, each rounded up to groups, and 64 bytes more. */
typedef struct {
    intact_gemm gemm;
    intact_window window;
} intact_convolve;

/* Copies the windows of positions begin to end into rows of `stride` bytes. */
void intact_gather(const intact_window *w, const uint8_t *image, uint8_t *rows, int64_t stride, int64_t begin,
                   int64_t end);

intact_kernel intact_dense_scalar, intact_dense_avx2, intact_dense_avx512, intact_dense_vnni, intact_dense_neon;
intact_kernel intact_convolve_scalar, intact_convolve_avx2, intact_convolve_avx512, intact_convolve_vnni,
    intact_convolve_neon;

/* params: an intact_dense or an intact_convolve; their first member is the intact_gemm. */
intact_prepare intact_gemm_prepare_avx2, intact_gemm_prepare_avx512, intact_gemm_prepare_vnni, intact_gemm_prepare_neon;

#endif
