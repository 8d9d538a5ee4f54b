/* Elements moved from or to places that operands name. */
#ifndef INTACT_POSITIONS_H
#define INTACT_POSITIONS_H

#include "intact.h"

#define INTACT_POSITION_RANK 8

/* in: a tensor, and positions of int32 or int64; out: the runs at these positions, doubts. A unit is one time that all
 * positions of a batch are gone through. Doubts are a byte a unit, not 0 where a position is none. */
typedef struct {
    int64_t rank;                         /* numbers of a position */
    int64_t extent[INTACT_POSITION_RANK]; /* of the dimension that each is about */
    int64_t step[INTACT_POSITION_RANK];   /* bytes from one of its elements to the next */
    int64_t count;                        /* positions of a batch */
    int64_t units;                        /* of a batch */
    int64_t stride;                       /* bytes from where one unit counts from to where the next does */
    int64_t run;                          /* bytes */
    int64_t bytes;                        /* of a number of a position: 4 or 8 */
} intact_fetch;

/* in: a tensor, a box, and the position of its first element, int32 or int64; out: the tensor with the box in it, which
 * is moved inward where it stands out. A unit is a row of the last dimension. */
typedef struct {
    int64_t rank;
    int64_t extent[INTACT_POSITION_RANK]; /* of the tensor; of the last dimension in bytes */
    int64_t box[INTACT_POSITION_RANK];    /* the same of the box */
    int64_t run;                          /* bytes of what the last number of the position counts */
    int64_t bytes;                        /* of a number of the position: 4 or 8 */
} intact_overlay;

intact_kernel intact_fetch_scalar, intact_overlay_scalar;

#endif
