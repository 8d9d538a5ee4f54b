/* SVDF: each filter feeds one number a run into its memory, and a unit adds its filters' memories weighted over time.
 *
 *     newest[f] = requantize(features[f] * x) + zero point of the memory, which wraps
 *     out[u] = requantize(bias[u] + sum over the filters f of u and over time of time_weights[f, t] * memory[f, t])
 *
 * The biases have the zero points folded in.
 */
#ifndef INTACT_SVDF_H
#define INTACT_SVDF_H

#include "sums.h"

/* in: x (batch, depth), memory (batch, filters, length); out: (batch, units), memory. The memory is of int16, or with
 * `narrow` of bytes as they are held. A unit of work is a row of the batch. scratch: int32 a filter, in whole panels. */
typedef struct {
    intact_matrix features;
    intact_requantize into_memory, finish; /* one factor each */
    const int16_t *time_weights;           /* (filters, length) */
    const int32_t *bias;
    int64_t filters, length, rank;
    int64_t memory_zero_point; /* as it is held */
    int64_t narrow;
} intact_svdf;

intact_kernel intact_svdf_scalar, intact_svdf_avx2, intact_svdf_vnni, intact_svdf_neon;

#endif
