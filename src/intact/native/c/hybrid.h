/* Hybrid kernels: float32 activations, quantized a row or an image at a time, with integer weights.
 *
 * What becomes of a sum is a few float32 operations, whose order and roundings are the runtime's; with s the scale of
 * the row, w that of the channel, b the bias, and acc the sum without the zero point:
 *
 *     INTACT_DYNAMIC       b + acc * (w * s)
 *     INTACT_FILTER_FIRST  acc * w * s + b, from left to right
 *     INTACT_LANES         the same in the channels that fill vectors of four, acc * s * w + b in the rest
 *     INTACT_ROUNDED       b + trunc(codes' sum - zero point * row sum, in float32) * (w * s)
 *     INTACT_QD8           fma(acc * s, w, b)
 *     INTACT_INT4          (offset * s * w + b) + (acc - offset) * s * w, with offset = -7 * (sum of the row's codes)
 *     INTACT_INT4_BLOCKS   ((sum over blocks of acc * w) - zero point * weight sum) * s + b, acc of codes
 *     INTACT_QB4           (zero point * weight sum, then for each block fma(acc, w, that)) * s + b, acc of codes
 *
 * and then a clamp. Sources: src/intact/ops/hybrid.py and src/intact/arith/four_bits.py.
 */
#ifndef INTACT_HYBRID_H
#define INTACT_HYBRID_H

#include "dynamic_range.h"
#include "sums.h"

#define INTACT_BAND 12 /* rows that are multiplied at a time */

enum intact_combination {
    INTACT_DYNAMIC,
    INTACT_FILTER_FIRST,
    INTACT_LANES,
    INTACT_ROUNDED,
    INTACT_QD8,
    INTACT_INT4,
    INTACT_INT4_BLOCKS,
    INTACT_QB4,
};

/* Arrays have an element a channel, padded to panels. */
typedef struct {
    intact_matrix matrix;    /* with blocks `bias` is that of each block in turn, or NULL */
    const int32_t *row_sum;  /* what zero points are multiplied by */
    const float *scale;      /* of the channels, or of each block's channels in turn */
    const float *weight_sum; /* of blocks */
    const float *bias;
    int64_t outputs;
    int64_t block; /* terms of a block, whole groups; `depth` where there are none */
    int32_t quantizer, combination;
    float low, high;
} intact_hybrid;

/* FULLY_CONNECTED and BATCH_MATMUL. in: float32 (rows, depth); out: float32 (rows, outputs), doubts. A unit is a row, or
 * with by_panels a panel of outputs of all rows. Doubts are a byte a unit, not 0 where intact_quantize_row has some.
 * scratch: INTACT_BAND rows of depth bytes and, twice, of int32 a channel, each rounded up to 64 bytes. */
typedef struct {
    intact_hybrid hybrid;
    int64_t rows;
    int64_t by_panels;
} intact_hybrid_dense;

/* CONV_2D, each image with one scale. in: images; out: float32 (positions, outputs), doubts. A unit is an image.
 * scratch: bytes of an image rounded up to 64, and that of intact_hybrid_dense. */
typedef struct {
    intact_hybrid hybrid;
    intact_window window; /* the filler is known when it runs */
} intact_hybrid_convolve;

/* DEPTHWISE_CONV_2D, each image with one scale. in and out as those of a convolution. hybrid.matrix.weights are
 * (size, size, outputs). scratch: bytes of an image rounded up to 64, and int32 a channel. */
typedef struct {
    intact_hybrid hybrid;
    intact_window window;
    int64_t multiplier;
} intact_hybrid_depthwise;

/* The float operations, on `count` outputs from `first` on: results of sums without blocks; and of blocks what is there
 * before the first, with one added, and results. w: scales of the block's outputs from `first` on. */
#define INTACT_COMBINATIONS(level)                                                                                   \
    void intact_combine_##level(const intact_hybrid *h, const intact_row *row, const int32_t *sums, int64_t first,   \
                                int64_t count, float *out);                                                          \
    void intact_begin_blocks_##level(const intact_hybrid *h, const intact_row *row, int64_t first, int64_t count,    \
                                     float *totals);                                                                 \
    void intact_add_block_##level(const intact_hybrid *h, const int32_t *sums, const float *w, int64_t count,        \
                                  float *totals);                                                                    \
    void intact_end_blocks_##level(const intact_hybrid *h, const intact_row *row, const float *totals, int64_t first, \
                                   int64_t count, float *out);
INTACT_COMBINATIONS(scalar)
INTACT_COMBINATIONS(avx2)
INTACT_COMBINATIONS(vnni)
INTACT_COMBINATIONS(neon)

intact_kernel intact_hybrid_dense_scalar, intact_hybrid_dense_avx2, intact_hybrid_dense_vnni, intact_hybrid_dense_neon;
intact_kernel intact_hybrid_convolve_scalar, intact_hybrid_convolve_avx2, intact_hybrid_convolve_vnni,
    intact_hybrid_convolve_neon;
intact_kernel intact_hybrid_depthwise_scalar, intact_hybrid_depthwise_avx2, intact_hybrid_depthwise_vnni,
    intact_hybrid_depthwise_neon;

#endif
