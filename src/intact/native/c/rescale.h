/* Stored numbers at another scale. */
#ifndef INTACT_RESCALE_H
#define INTACT_RESCALE_H

#include "requantize.h"

/* Units are elements. */
typedef struct {
    int64_t zero_point; /* of the operand */
    int32_t from;       /* bytes of a number of the operand: 2 or 4 */
    int32_t to;         /* of the result: 1, 2 or 4 */
    int32_t magnitude;  /* of the magnitude of the operand without its zero point */
    intact_requantize finish; /* of one channel */
} intact_rescale;

intact_kernel intact_rescale_scalar, intact_rescale_avx512;

#endif
