/* What calibration asks of numbers, in one pass over them. */
#ifndef INTACT_STATISTICS_H
#define INTACT_STATISTICS_H

#include "intact.h"

/* in: float32 (count). out: an intact_summary, and int64 (bins + 2) where there are bins. There is one unit.
 *
 * Bin b counts the finite numbers x with floor((x - low) * factor) = b, each step rounded to float32; the last but one
 * counts those below bin 0 and those whose place is no number, the last those above the bins. */
typedef struct {
    int64_t count;
    int64_t bins; /* 0 for none */
    float low, factor;
} intact_statistics;

typedef struct {
    double min, max; /* of the finite numbers; infinity and -infinity where there are none */
    int64_t nans, positive, negative; /* NaN and the infinities */
} intact_summary;

intact_kernel intact_statistics_scalar, intact_statistics_avx512;

#endif
