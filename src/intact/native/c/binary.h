/* Products of rows of -1 and 1, one bit a number: 0 stands for 1 and 1 for -1, as Larq LCE packs them. */
#ifndef INTACT_BINARY_H
#define INTACT_BINARY_H

#include "intact.h"

/* in: uint64 (rows, words) and uint64 (outputs, words), bits beyond depth equal in both, 0 for example.
 * out: int32 (rows, outputs), depth - 2 * the number of bits that differ. A unit is a row. */
typedef struct {
    int64_t words, outputs, depth;
} intact_binary;

intact_kernel intact_binary_scalar, intact_binary_avx2;

#endif
