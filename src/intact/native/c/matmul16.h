/* Products of computed matrices, int16 by int16 or int8: BATCH_MATMUL, and FULLY_CONNECTED by a computed filter.
 *
 *     out[i, j] = requantize(bias[j] + sum over k of (x[i, k] - x's zero point) * (y[k, j] - y's zero point))
 *
 * Sums are modulo 2^64, of which requantization takes the lower 32 bits unless finish.wide.
 */
#ifndef INTACT_MATMUL16_H
#define INTACT_MATMUL16_H

#include "matmul.h"

/* in: x (.., rows, depth), y (.., depth, outputs), biases (outputs,) where bias_bytes is not 0.
 * out: (.., rows, outputs). A unit is a panel of outputs, counted over matrices.
 * scratch: a panel of int16, depth * 32 bytes and 64 more, and if x is adjoint rows * depth * 2 bytes. */
typedef struct {
    intact_requantize finish;
    int64_t rows, depth, outputs;
    intact_batches batches;
    int64_t zero_point[2]; /* of x, and of y as it is held */
    int64_t bytes;         /* of a number of y: 1 or 2 */
    int64_t bias_bytes;    /* 0, 4 or 8 */
} intact_matmul16;

/* Returns x with its rows beside each other: as it is, or swapped in `memory`. */
const int16_t *intact_rows16(const intact_matmul16 *p, const int16_t *x, int16_t *memory);

/* Returns a bias. */
int64_t intact_bias16(const intact_matmul16 *p, const void *biases, int64_t output);

intact_kernel intact_matmul16_scalar, intact_matmul16_vnni;

#endif
