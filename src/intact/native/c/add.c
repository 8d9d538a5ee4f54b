#include "add.h"

INTACT_INLINE void add(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                       int64_t place, int64_t count)
{
    const intact_add p = *(const intact_add *)params;
    const uint32_t a_multiplier = (uint32_t)p.multiplier[0], b_multiplier = (uint32_t)p.multiplier[1];
    const uint8_t *first = a, *second = b;
    uint8_t *restrict to = out;
    (void)place;
    for (int64_t i = 0; i < count; i++) {
        uint32_t sum = first[i * a_step] * a_multiplier + second[i * b_step] * b_multiplier + p.offset;
        int32_t number = (int32_t)(sum >> p.shift) + p.zero_point;
        to[i] = (uint8_t)(number < p.low ? p.low : number > p.high ? p.high : number);
    }
}

void VERSION(intact_add)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    (void)scratch;
    intact_each_run(&((const intact_add *)params)->shape, add, params, in, out, 1, 1, 1, begin, end);
}
