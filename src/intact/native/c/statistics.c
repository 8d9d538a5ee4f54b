/* The definition of statistics.h. */
#include "statistics.h"

#include <float.h>
#include <math.h>
#include <string.h>

void intact_statistics_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_statistics *p = params;
    const float *numbers = in[0];
    int64_t *bins = p->bins ? out[1] : NULL;
    float low = INFINITY, high = -INFINITY;
    intact_summary found = {0};
    (void)scratch, (void)begin, (void)end;
    if (bins)
        memset(bins, 0, (size_t)(p->bins + 2) * sizeof *bins);
    for (int64_t i = 0; i < p->count; i++) {
        float x = numbers[i];
        if (!(fabsf(x) <= FLT_MAX)) {
            found.nans += x != x;
            found.positive += x > 0;
            found.negative += x < 0;
            continue;
        }
        low = x < low ? x : low;
        high = x > high ? x : high;
        if (bins) {
            float place = floorf((x - p->low) * p->factor);
            bins[!(place >= 0) ? p->bins : place >= (float)p->bins ? p->bins + 1 : (int64_t)place]++;
        }
    }
    /* Which zero of two signs is the smaller depends on which came first; adding 0 makes it positive. */
    found.min = low + 0.0, found.max = high + 0.0;
    memcpy(out[0], &found, sizeof found);
}
