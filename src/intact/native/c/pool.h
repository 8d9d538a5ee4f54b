/* AVERAGE_POOL_2D and MAX_POOL_2D: one number for each window of an image, channel by channel, NHWC.
 *
 * What lies outside of the image takes no part; every window has something inside. A unit is a row of positions.
 */
#ifndef INTACT_POOL_H
#define INTACT_POOL_H

#include "gemm.h"

/* An average is sum / count to the nearest integer, ties away from zero, of the integers as the model says them. Their
 * sums stay within 31 bits. */
typedef struct {
    intact_window window;
    int32_t held;      /* what is added to hold the integers unsigned: 128 for int8, else 0 */
    int32_t low, high; /* smallest and largest result, as the model says */
    int32_t wide;      /* int16 */
} intact_average_pool;

typedef struct {
    intact_window window;
    int32_t low, high; /* smallest and largest result, as they are held */
    int32_t wide;
} intact_max_pool;

/* The part of a window that is inside of the image: rows and columns from `first` on, before `last`. */
typedef struct {
    int64_t first[2], last[2];
} intact_inside;

static inline intact_inside intact_inside_of(const intact_window *w, int64_t y, int64_t x)
{
    intact_inside found;
    const int64_t at[2] = {y, x};
    for (int d = 0; d < 2; d++) {
        int64_t start = at[d] * w->stride[d] - w->before[d], end = start + w->size[d];
        found.first[d] = start > 0 ? start : 0;
        found.last[d] = end < w->extent[d] ? end : w->extent[d];
    }
    return found;
}

static inline int64_t intact_inside_count(const intact_inside *part)
{
    return (part->last[0] - part->first[0]) * (part->last[1] - part->first[1]);
}

intact_kernel intact_average_pool_scalar, intact_average_pool_avx2, intact_average_pool_avx512;
intact_kernel intact_max_pool_scalar, intact_max_pool_avx2, intact_max_pool_avx512;

#endif
