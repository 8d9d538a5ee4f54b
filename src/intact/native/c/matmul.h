/* Products of 8-bit matrices that are both computed: BATCH_MATMUL, and FULLY_CONNECTED and CONV_2D by a computed
 * filter.
 *
 *     out[i, j] = requantize(bias[j] + sum over k of (x[i, k] - x's zero point) * (y[k, j] - y's zero point))
 *
 * The second matrix is packed as weights are, in scratch, for the products of gemm.h.
 */
#ifndef INTACT_MATMUL_H
#define INTACT_MATMUL_H

#include "gemm.h"

#define INTACT_BATCHES 3 /* dimensions */

/* How the matrices of a result are numbered, and where those of the factors that make one begin: `step` is 0 along a
 * dimension that a factor has but once. */
typedef struct {
    int64_t size[INTACT_BATCHES];
    int64_t step[2][INTACT_BATCHES]; /* numbers */
    int64_t adjoint[2];              /* rows and columns are swapped: x is (depth, rows), y (outputs, depth) */
} intact_batches;

/* in: x (.., rows, depth), y (.., depth, outputs), int32 biases (outputs,) where `biased`. out: (.., rows, outputs).
 * dense.gemm has no weights and no bias; its filter_offset is 128 less y's zero point, as y is held. dense.by_panels is
 * set. A unit is a panel of outputs, counted over matrices.
 * scratch: a whole matrix y, packed, 4 bytes for each output, padded to panels, and if x is adjoint rows * depth bytes,
 * or with a window INTACT_PIXELS * depth. */
typedef struct {
    intact_dense dense;
    intact_batches batches;
    const intact_window *window; /* what is slid over in[0]: rows are its positions; NULL where they lie there */
    int64_t zero_point; /* x's, as it is held */
    int64_t biased;
} intact_matmul;

/* Returns where the matrix of a factor (0 or 1) begins that makes matrix number `matrix` of the result. */
int64_t intact_batch(const intact_batches *b, int factor, int64_t matrix);

/* Does the units by the products that one version of a kernel makes: intact_dense_<level>. */
void intact_matmul_by(intact_kernel *dense, const intact_matmul *p, const void *const *in, void *const *out,
                      void *scratch, int64_t begin, int64_t end);

/* The kernel for a level. */
#define INTACT_MATMUL_KERNEL(level)                                                                               \
    void intact_matmul_##level(const void *params, const void *const *in, void *const *out, void *scratch,        \
                               int64_t begin, int64_t end)                                                        \
    {                                                                                                             \
        intact_matmul_by(intact_dense_##level, params, in, out, scratch, begin, end);                             \
    }

intact_kernel intact_matmul_scalar, intact_matmul_avx2, intact_matmul_avx512, intact_matmul_vnni, intact_matmul_neon;

#endif
