/* Elements of a broadcast result in runs, along which each operand goes on or repeats a single element. */
#ifndef INTACT_BROADCAST_H
#define INTACT_BROADCAST_H

#include "intact.h"

#define INTACT_OPERANDS 3
#define INTACT_DIMENSIONS 6

typedef struct {
    int64_t rank;                                       /* 1 or more */
    int64_t extent[INTACT_DIMENSIONS];                  /* of the result */
    int64_t stride[INTACT_OPERANDS][INTACT_DIMENSIONS]; /* of operands, in elements; of the last dimension 1 or 0 */
} intact_broadcast;

typedef struct {
    const intact_broadcast *shape;
    int64_t count;               /* elements of this run */
    int64_t to;                  /* where the result has them */
    int64_t at[INTACT_OPERANDS]; /* where the operands have them */
    int64_t left;                /* elements from this run on */
    int64_t index[INTACT_DIMENSIONS];
} intact_run;

/* Returns the first run of elements begin to end of the result; its count is 0 where there are none. */
intact_run intact_first_run(const intact_broadcast *shape, int64_t begin, int64_t end);

/* Makes a run the next one; its count is 0 after the last. */
void intact_next_run(intact_run *run);

#endif
