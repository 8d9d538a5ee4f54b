#include "select.h"

#include <string.h>

/* With `bytes` written out as a number compilers copy without a call. */
INTACT_INLINE void choose(const intact_run *run, int64_t bytes, const void *const *in, void *const *out)
{
    const intact_broadcast *shape = run->shape;
    const uint8_t *condition = (const uint8_t *)in[0] + run->at[0];
    const uint8_t *x = (const uint8_t *)in[1] + run->at[1] * bytes, *y = (const uint8_t *)in[2] + run->at[2] * bytes;
    uint8_t *to = (uint8_t *)out[0] + run->to * bytes;
    int64_t inner = shape->rank - 1, step = shape->stride[0][inner];
    int64_t x_step = shape->stride[1][inner] * bytes, y_step = shape->stride[2][inner] * bytes;
    for (int64_t i = 0; i < run->count; i++)
        memcpy(to + i * bytes, condition[i * step] ? x + i * x_step : y + i * y_step, (size_t)bytes);
}

void intact_select_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_select *p = params;
    (void)scratch;
    for (intact_run run = intact_first_run(&p->shape, begin, end); run.count; intact_next_run(&run))
        switch (p->bytes) {
        case 1: choose(&run, 1, in, out); break;
        case 2: choose(&run, 2, in, out); break;
        case 4: choose(&run, 4, in, out); break;
        case 8: choose(&run, 8, in, out); break;
        default: choose(&run, 16, in, out);
        }
}
