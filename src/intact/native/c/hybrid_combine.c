/* The float operations of hybrid.h. */
#include <math.h>
#include <string.h>

#include "hybrid.h"

/* Returns a * b + c rounded once. Without an instruction for it: the product is exact in float64, and their sum rounded to
 * odd there, so that rounding it to float32 is as if the sum were exact (arith/dynamic_range.py says more). */
static inline float fused(float a, float b, float c)
{
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
    return fmaf(a, b, c);
#else
    double product = (double)a * b, added = c, total = product + added;
    double back = total - product, error = (product - (total - back)) + (added - back);
    int64_t bits;
    memcpy(&bits, &total, sizeof bits);
    int64_t move = (error > 0) == (total > 0) ? 1 : -1;
    bits += error != 0 && !(bits & 1) ? move : 0;
    memcpy(&total, &bits, sizeof bits);
    return (float)total;
#endif
}

static inline float clamped(const intact_hybrid *h, float number)
{
    number = number > h->low ? number : h->low;
    return number < h->high ? number : h->high;
}

/* Does it for every output; `expression` names them by n. */
#define EACH(expression)                     \
    {                                        \
        for (int64_t n = 0; n < count; n++)  \
            out[n] = clamped(h, expression); \
        return;                              \
    }

/* The sum of output n without the zero point. */
#define ACC ((int32_t)((uint32_t)sums[n] - (uint32_t)zero * (uint32_t)weights[n]))

void VERSION(intact_combine)(const intact_hybrid *h, const intact_row *row, const int32_t *restrict sums, int64_t first,
                             int64_t count, float *restrict out)
{
    const float *restrict w = h->scale + first, *restrict b = h->bias + first;
    const int32_t *restrict weights = h->row_sum + first;
    const float s = row->scale;
    const int32_t zero = row->zero_point;
    const int32_t seven = intact_wrap(7 * (row->total - 128 * h->matrix.depth));
    const float offset = -(float)seven, code = (float)(zero - 128);
    switch (h->combination) {
    case INTACT_DYNAMIC:
        EACH(b[n] + (float)ACC * (w[n] * s))
    case INTACT_FILTER_FIRST:
        EACH((float)ACC * w[n] * s + b[n])
    case INTACT_LANES:
        for (int64_t n = 0, lanes = h->outputs / 4 * 4; n < count; n++)
            out[n] = clamped(h, (first + n < lanes ? (float)ACC * w[n] * s : (float)ACC * s * w[n]) + b[n]);
        return;
    case INTACT_ROUNDED:
        /* A zero may have a sign, which an integer has not. */
        EACH(b[n] + (truncf((float)sums[n] - (float)weights[n] * code) + 0.f) * (w[n] * s))
    case INTACT_QD8:
        EACH(fused((float)ACC * s, w[n], b[n]))
    case INTACT_INT4:
        EACH((offset * s * w[n] + b[n]) + (float)(int32_t)((uint32_t)ACC + (uint32_t)seven) * s * w[n])
    }
}

void VERSION(intact_begin_blocks)(const intact_hybrid *h, const intact_row *row, int64_t first, int64_t count,
                                  float *restrict totals)
{
    const float *restrict weight_sum = h->weight_sum + first;
    for (int64_t n = 0; n < count; n++)
        totals[n] = h->combination == INTACT_QB4 ? weight_sum[n] * (float)row->zero_point : 0.f;
}

void VERSION(intact_add_block)(const intact_hybrid *h, const int32_t *restrict sums, const float *restrict w,
                               int64_t count, float *restrict totals)
{
    if (h->combination == INTACT_QB4)
        for (int64_t n = 0; n < count; n++)
            totals[n] = fused((float)sums[n], w[n], totals[n]);
    else
        for (int64_t n = 0; n < count; n++)
            totals[n] += (float)sums[n] * w[n];
}

void VERSION(intact_end_blocks)(const intact_hybrid *h, const intact_row *row, const float *restrict totals,
                                int64_t first, int64_t count, float *restrict out)
{
    const float *restrict weight_sum = h->weight_sum + first, *restrict b = h->bias + first;
    const float s = row->scale, code = (float)(row->zero_point - 128);
    if (h->combination == INTACT_QB4)
        EACH(totals[n] * s + b[n])
    else
        EACH((totals[n] - code * weight_sum[n]) * s + b[n])
}
