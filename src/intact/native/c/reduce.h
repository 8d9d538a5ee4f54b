/* MEAN and SUM, REDUCE_MAX and REDUCE_MIN: one number of all those along some dimensions.
 *
 * Dimensions next to each other that are both kept or both reduced count as one, so that those that are kept and those
 * that are reduced take turns. The last of them is a run, of elements next to each other in memory.
 */
#ifndef INTACT_REDUCE_H
#define INTACT_REDUCE_H

#include "requantize.h"

#define INTACT_TURNS 4    /* dimensions of one kind, at most */
#define INTACT_OUTPUTS 256 /* results that are worked out together */

/* Loops over dimensions, the last one fastest. */
typedef struct {
    int64_t rank;
    int64_t extent[INTACT_TURNS];
    int64_t stride[INTACT_TURNS]; /* elements */
} intact_loops;

typedef struct {
    intact_loops kept, reduced; /* without the run */
    int64_t run;   /* elements next to each other */
    int64_t along; /* they become one; else each of them is kept */
} intact_axes;

enum intact_affine {
    INTACT_REQUANTIZED,
    INTACT_AFFINE_EVEN, /* sum * scale + shift in float32, to the nearest, ties to even */
    INTACT_AFFINE_AWAY, /* the same, ties away from zero, then the zero point added in 32 bits */
};

/* Sums, modulo 2^32. A unit is a result where the run is reduced, else a block of INTACT_OUTPUTS results of a run. */
typedef struct {
    intact_axes axes;
    int32_t wide;   /* int16 */
    int32_t flip;   /* what bytes are combined with, by exclusive or, before they are summed and after: 0 or 128 */
    int32_t offset; /* taken off each sum */
    int32_t way;    /* enum intact_affine */
    intact_requantize finish; /* of the results in front of `whole` in a run */
    intact_requantize rest;   /* of the others */
    int64_t whole;
    float scale, shift;
    int32_t zero_point, low, high; /* of the affine ways, as the model says */
    int32_t held;                  /* what is added to hold the integer unsigned */
} intact_reduce;

enum intact_element {
    INTACT_U8,
    INTACT_I16,
    INTACT_I32,
    INTACT_I64,
};

/* The largest or the smallest; units as of sums. */
typedef struct {
    intact_axes axes;
    int32_t element;  /* enum intact_element */
    int32_t smallest; /* else the largest */
} intact_extreme;

/* Returns where index number `number` of loops is, in elements. */
static inline int64_t intact_place(const intact_loops *loops, int64_t number)
{
    int64_t place = 0;
    for (int64_t d = loops->rank - 1; d > 0; d--) {
        place += number % loops->extent[d] * loops->stride[d];
        number /= loops->extent[d];
    }
    return loops->rank > 0 ? place + number * loops->stride[0] : 0;
}

/* Returns how many times loops go round. */
static inline int64_t intact_rounds(const intact_loops *loops)
{
    int64_t rounds = 1;
    for (int64_t d = 0; d < loops->rank; d++)
        rounds *= loops->extent[d];
    return rounds;
}

intact_kernel intact_reduce_scalar, intact_reduce_avx2, intact_reduce_avx512;
intact_kernel intact_extreme_scalar, intact_extreme_avx2, intact_extreme_avx512;

#endif
