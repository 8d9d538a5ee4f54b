/* The larger or the smaller of two numbers, as they are held. */
#ifndef INTACT_LARGER_H
#define INTACT_LARGER_H

#include "broadcast.h"

/* Numbers are uint8 or int16. Units are elements. */
typedef struct {
    intact_broadcast shape;
    int32_t bytes;   /* of a number: 1 or 2 */
    int32_t smaller; /* 1 for the smaller */
} intact_larger;

intact_kernel intact_larger_scalar, intact_larger_avx2, intact_larger_avx512;

#endif
