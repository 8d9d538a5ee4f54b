/* How often floats of each size occur: what percentiles are read from. */
#ifndef INTACT_SKETCH_H
#define INTACT_SKETCH_H

#include "intact.h"

enum {
    INTACT_SKETCH_BITS = 7, /* of the mantissa that tell buckets apart */
    INTACT_SKETCH_SPAN = 16 << INTACT_SKETCH_BITS, /* buckets of each sign */
    INTACT_SKETCH_TABLES = 4, /* in turn, so that equal neighbours do not wait for each other */
};

/* in: float32 (count), all finite. out: int64 (2, SPAN + 1), to which is added. There is one unit.
 * scratch: uint32 (TABLES, 2, SPAN + 1).
 *
 * A number's bucket is its representation without its sign and without all but the first 7 bits of its mantissa. It is
 * counted by its sign and by how far that bucket is below `top`, the bucket of the largest magnitude; bucket 0 and what
 * is SPAN or more below count in the last place. */
typedef struct {
    int64_t count;
    int64_t top; /* no number's bucket is above it */
} intact_sketch;

intact_kernel intact_sketch_scalar, intact_sketch_avx2, intact_sketch_avx512;

#endif
