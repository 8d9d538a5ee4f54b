/* Convolutions that are several ordinary ones, each of which makes a part of the result.
 *
 * CONV_2D in groups: a group reads channels of its own and makes channels of its own. An image of `columns` columns of
 * groups * channels is one of columns * groups columns of `channels`, so its window is one with wider strides.
 *
 * TRANSPOSE_CONV: with stride s, the rows of the result whose number, padding counted, is p modulo s see the rows p,
 * p + s, ... of the weights alone, and each such row sees the input in a window of stride 1. So there is a piece for
 * each of the stride's rows and columns, and nothing is added up in memory.
 */
#ifndef INTACT_PIECES_H
#define INTACT_PIECES_H

#include "gemm.h"
#include "gemm16.h"

typedef struct {
    intact_window window; /* its channels are those of bytes */
    int64_t start;        /* units of the pieces before */
    int64_t to;           /* where the numbers of its first position go in an image's result */
    int64_t step[2];      /* how far those of the next row and of the next column are from there */
} intact_piece;

/* One product a piece, then one a piece by which numbers from `cut` on in all results are made; where cut is INT64_MAX
 * there are no such. The rows and the units of products do not matter.
 * A unit is a position of a piece, counted over pieces, images, rows and columns.
 * scratch: INTACT_PIXELS times the bytes of the largest window and of a position's numbers, and 64 bytes more. */
typedef struct {
    void *prepared;
    const void *products; /* intact_dense, or intact_dense16 */
    const intact_piece *pieces;
    int64_t count;
    int64_t outputs; /* of a position */
    int64_t size;    /* numbers of an image's result */
    int64_t cut;
} intact_pieces;

typedef intact_pieces intact_pieces16;

/* Does the units by the products that one version of a kernel makes.
 * dense: intact_dense_<level> or intact_dense16_<level>. each: bytes of its params. element: bytes of a number. */
void intact_pieces_by(intact_kernel *dense, const void *products, size_t each, int64_t element, const intact_pieces *p,
                      const void *const *in, void *const *out, void *scratch, int64_t begin, int64_t end);

/* Prepares for products by intact_dense_<level>. */
size_t intact_pieces_prepare_by(intact_prepare *prepare, const intact_pieces *p, void *memory);

/* The kernel of 8 bits for a level. */
#define INTACT_PIECES_KERNEL(level)                                                                               \
    void intact_pieces_##level(const void *params, const void *const *in, void *const *out, void *scratch,        \
                               int64_t begin, int64_t end)                                                        \
    {                                                                                                             \
        const intact_pieces *p = params;                                                                          \
        intact_pieces_by(intact_dense_##level, p->prepared, sizeof(intact_dense), 1, p, in, out, scratch, begin,  \
                         end);                                                                                    \
    }                                                                                                             \
    size_t intact_pieces_prepare_##level(const void *params, void *memory)                                        \
    {                                                                                                             \
        return intact_pieces_prepare_by(intact_gemm_prepare_##level, params, memory);                             \
    }

intact_kernel intact_pieces_scalar, intact_pieces_avx2, intact_pieces_avx512, intact_pieces_vnni, intact_pieces_neon;
intact_prepare intact_pieces_prepare_avx2, intact_pieces_prepare_avx512, intact_pieces_prepare_vnni,
    intact_pieces_prepare_neon;
intact_kernel intact_pieces16_scalar, intact_pieces16_vnni;

#endif
