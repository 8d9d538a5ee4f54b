/* What the vector versions of gemm.h share: rows in blocks, panels in groups. */
#ifndef INTACT_GEMM_BLOCKS_H
#define INTACT_GEMM_BLOCKS_H

#include "gemm.h"

/* Up to INTACT_PIXELS rows, and where their results go. */
typedef struct {
    const intact_gemm *gemm;
    const uint8_t *in;
    int64_t stride; /* from one row to the next */
    int64_t whole;  /* groups of terms that may be read whole */
    uint8_t *out;
    int64_t rows;
    const int32_t *totals; /* what is added to all sums of a row: filter_offset times the sum of its terms; NULL where that is 0 */
} intact_block;

/* Does all rows of a block at the panels from one on. */
typedef void intact_columns(const intact_block *block, int64_t panel);

/* A version. Its groups of panels are as wide as lets all sums of a tile stay in registers. */
typedef struct {
    int64_t widest;             /* panels of a group, 4 at most */
    intact_columns *columns[4]; /* for 1 panel and more */
    int32_t (*sum)(const uint8_t *terms, int64_t count);
    int64_t filter_offset; /* what is added to gemm.filter_offset, where it takes weights to be higher than they are */
} intact_gemm_version;

void intact_dense_by(const intact_gemm_version *version, const intact_dense *p, const void *const *in, void *const *out,
                     int64_t begin, int64_t end);
void intact_convolve_by(const intact_gemm_version *version, const intact_convolve *p, const void *const *in,
                        void *const *out, void *scratch, int64_t begin, int64_t end);

/* The kernels of gemm.h for a level. */
#define INTACT_GEMM_KERNELS(level, version)                                                                         \
    void intact_dense_##level(const void *params, const void *const *in, void *const *out, void *scratch,           \
                              int64_t begin, int64_t end)                                                           \
    {                                                                                                               \
        (void)scratch;                                                                                              \
        intact_dense_by(version, params, in, out, begin, end);                                                      \
    }                                                                                                               \
    void intact_convolve_##level(const void *params, const void *const *in, void *const *out, void *scratch,        \
                                 int64_t begin, int64_t end)                                                        \
    {                                                                                                               \
        intact_convolve_by(version, params, in, out, scratch, begin, end);                                          \
    }

#endif
