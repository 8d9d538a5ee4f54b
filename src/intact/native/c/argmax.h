/* ARG_MAX and ARG_MIN along one dimension: the index of the first of the largest or smallest numbers.
 *
 * in: (outer, count, inner) elements; out: (outer, inner) indices, int32 or int64. A unit is one of the outer.
 */
#ifndef INTACT_ARGMAX_H
#define INTACT_ARGMAX_H

#include "intact.h"

typedef struct {
    int64_t count, inner;
    int32_t wide;     /* elements are int32, else 8 bits */
    int32_t smallest; /* else the largest */
    int32_t longs;    /* indices are int64 */
} intact_argmax;

intact_kernel intact_argmax_scalar, intact_argmax_avx2, intact_argmax_avx512;

#endif
