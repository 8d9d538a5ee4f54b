/* Rows of bytes times packed weights, as sums of 32 bits: what kernels with roundings of their own begin with.
 *
 *     sums[r, n] = bias[n] + sum over k of rows[r, k] * weights[n, k]        modulo 2^32
 */
#ifndef INTACT_SUMS_H
#define INTACT_SUMS_H

#include "gemm.h"

typedef struct {
    const int8_t *weights; /* packed as in gemm.h */
    const int32_t *bias;   /* padded to panels; NULL for none */
    int64_t depth;         /* terms of a row */
    int64_t groups;        /* that a panel has in memory */
    int64_t panels;
} intact_matrix;

/* rows: `count` of them, `stride` bytes apart. sums: int32 (count, panels * INTACT_PANEL), 64-byte aligned or not. */
typedef void intact_sums(const intact_matrix *m, const uint8_t *rows, int64_t stride, int64_t count, int32_t *sums);

intact_sums intact_sums_scalar, intact_sums_avx2, intact_sums_vnni, intact_sums_neon;

#endif
