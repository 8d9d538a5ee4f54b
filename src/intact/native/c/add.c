#include "add.h"

static inline void add(const intact_add *p, const uint8_t *a, int64_t a_step, const uint8_t *b, int64_t b_step,
                       uint8_t *restrict out, int64_t count)
{
    const uint32_t a_multiplier = (uint32_t)p->multiplier[0], b_multiplier = (uint32_t)p->multiplier[1];
    const uint32_t offset = p->offset;
    const int32_t shift = p->shift, zero_point = p->zero_point, low = p->low, high = p->high;
    for (int64_t i = 0; i < count; i++) {
        uint32_t sum = a[i * a_step] * a_multiplier + b[i * b_step] * b_multiplier + offset;
        int32_t number = (int32_t)(sum >> shift) + zero_point;
        out[i] = (uint8_t)(number < low ? low : number > high ? high : number);
    }
}

void intact_add_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_add *p = params;
    int64_t last = p->shape.rank - 1, a_step = p->shape.stride[0][last], b_step = p->shape.stride[1][last];
    (void)scratch;
    for (intact_run run = intact_first_run(&p->shape, begin, end); run.count; intact_next_run(&run)) {
        const uint8_t *a = (const uint8_t *)in[0] + run.at[0], *b = (const uint8_t *)in[1] + run.at[1];
        uint8_t *to = (uint8_t *)out[0] + run.to;
        /* With steps that the compiler knows. */
        if (a_step && b_step)
            add(p, a, 1, b, 1, to, run.count);
        else if (a_step)
            add(p, a, 1, b, 0, to, run.count);
        else
            add(p, a, 0, b, b_step, to, run.count);
    }
}
