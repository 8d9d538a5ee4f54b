/* RESIZE_BILINEAR: every result lies between four elements of an image, NHWC, and is their mean weighted by how near
 * they are. A unit is a row of results.
 */
#ifndef INTACT_RESIZE_H
#define INTACT_RESIZE_H

#include "intact.h"

enum intact_blend {
    INTACT_BLEND_FIXED,   /* parts are integers in units of 2^-bits; the sum is exact */
    INTACT_BLEND_FLOAT,   /* float32: a uy ux + c fy ux + b uy fx + d fy fx + 1/2, cut */
    INTACT_BLEND_WEIGHTS, /* float32: a (uy ux) + b (uy fx) + c (fy ux) + d (fy fx) + 1/2, cut */
};

/* Where results along one dimension lie: between two elements, and how far from the first. */
typedef struct {
    const int32_t *before, *after;
    const int32_t *parts;      /* of BLEND_FIXED */
    const float *real_parts;   /* of the others */
    int64_t elements, results;
} intact_line;

/* scratch: two rows of the image in elements of 4 bytes, of 8 for int16. */
typedef struct {
    intact_line rows, columns;
    int64_t images, channels;
    int32_t blend;
    int32_t bits;
    int32_t wide; /* int16, of BLEND_FIXED alone; else 8 bits */
    int32_t away; /* ties go away from zero, else up */
    int32_t zero; /* the number, as it is held, that is 0 to the model */
} intact_bilinear;

intact_kernel intact_bilinear_scalar, intact_bilinear_avx2, intact_bilinear_avx512;

#endif
