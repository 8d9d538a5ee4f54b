/* SOFTMAX along the last dimension: rows of `depth` numbers, each row a unit.
 *
 * Exponentials come from a table, by the difference of a number from the largest of its row.
 */
#ifndef INTACT_SOFTMAX_H
#define INTACT_SOFTMAX_H

#include "intact.h"

enum intact_softmax_result {
    INTACT_HELD, /* 8 bits, as they are held */
    INTACT_INT16,
};

/* Of 8 bits, in fixed point. out: the results, from the smallest of their type on; where doubts is set also a byte a row,
 * 1 where the row sums to 512 or more, which the rule has no number for. */
typedef struct {
    const int32_t *powers; /* 256, Q0.31 */
    const int32_t *terms;  /* the same in Q12.19, what is summed */
    int64_t depth;
    int32_t result;
    int32_t doubts;
} intact_softmax_fixed;

/* Of 8 bits, in float32. */
typedef struct {
    const float *powers; /* 256 */
    int64_t depth;
    float scale; /* of the result */
    int32_t away; /* results are rounded with halves away from zero; else cut after 1/2 is added */
    int32_t zero_point, low, high; /* of the result, as it is held */
    int32_t result;
} intact_softmax_float;

/* Of int16, by tables. */
typedef struct {
    const int16_t *powers; /* last + 1, Q0.15; larger differences have the last one's */
    const int16_t *inverses; /* 513, 1 / (1 + number) of numbers from 0 to 1, Q0.15 */
    int64_t last;
    int64_t depth;
} intact_softmax_lines;

intact_kernel intact_softmax_fixed_scalar, intact_softmax_fixed_avx2, intact_softmax_fixed_avx512;
intact_kernel intact_softmax_float_scalar, intact_softmax_float_avx2, intact_softmax_float_avx512;
intact_kernel intact_softmax_lines_scalar, intact_softmax_lines_avx2, intact_softmax_lines_avx512;

#endif
