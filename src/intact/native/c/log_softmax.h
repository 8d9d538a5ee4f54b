/* LOG_SOFTMAX along the last dimension, of 8 bits in fixed point: rows of `depth` numbers, each row a unit. */
#ifndef INTACT_LOG_SOFTMAX_H
#define INTACT_LOG_SOFTMAX_H

#include "intact.h"

/* Tables are by the difference of a number from the largest of its row. Results are held: from 0, which is what is too
 * far from the largest, to 255. */
typedef struct {
    const int32_t *terms;       /* 256, exponentials in Q12.19, what is summed */
    const int32_t *differences; /* 256, Q5.26 */
    int64_t depth;              /* below 4096, so that the sum fits int32 */
    int32_t farthest;           /* difference */
    int32_t multiplier, shift;  /* from Q5.26 back to differences: multiplier / 2^31 / 2^shift */
} intact_log_softmax;

intact_kernel intact_log_softmax_scalar, intact_log_softmax_avx2, intact_log_softmax_avx512;

#endif
