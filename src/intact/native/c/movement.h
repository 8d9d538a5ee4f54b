/* Elements moved as they are: whatever they stand for, bytes are copied.
 *
 * A box is what nested loops reach with one stride a loop in the operand and one in the result. All that pads, cuts,
 * joins, turns round or repeats tensors is a few boxes that make up the results, none of them twice.
 */
#ifndef INTACT_MOVEMENT_H
#define INTACT_MOVEMENT_H

#include "intact.h"

#define INTACT_BOX_RANK 8

/* A unit does a part of the last two loops; parts, and the other loops around them, count the units. */
typedef struct {
    int64_t from;        /* operand; -1 where `filler` is written */
    int64_t to;          /* result */
    int64_t from_at, to_at; /* bytes */
    int64_t extent[INTACT_BOX_RANK];
    int64_t from_stride[INTACT_BOX_RANK], to_stride[INTACT_BOX_RANK]; /* bytes */
    int64_t part[2];     /* at most so many times around the last two loops */
    int64_t run;         /* bytes next to each other in both */
    int64_t first;       /* unit */
    const uint8_t *table; /* of 256 bytes, in which each is looked up; NULL where they are copied */
    uint8_t filler[16];
} intact_box;

typedef struct {
    const intact_box *boxes; /* by their first unit */
    int64_t count;
    int64_t element; /* bytes of the filler */
} intact_move;

/* Rows and columns picked by table: out[o, r, c] is the run at o * stride + rows[r] + columns[c], all in bytes.
 * A unit is a row of one of the outer. */
typedef struct {
    const int64_t *rows, *columns;
    int64_t rows_count, columns_count;
    int64_t stride;
    int64_t run;
} intact_pick;

intact_kernel intact_move_scalar, intact_pick_scalar;

#endif
