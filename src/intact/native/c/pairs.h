/* Functions of two codes of 8 bits by a table of the results of all pairs. */
#ifndef INTACT_PAIRS_H
#define INTACT_PAIRS_H

#include "broadcast.h"

/* Of each `length` elements of the result the first `whole` have one table, the others another. Units are elements. */
typedef struct {
    intact_broadcast shape;
    const uint8_t *table[2]; /* the result of a and b at 256 a + b, codes as they are held */
    int64_t length, whole;
} intact_pairs;

intact_kernel intact_pairs_scalar;

#endif
