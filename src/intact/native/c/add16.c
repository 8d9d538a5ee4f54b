#include "add16.h"
#include "fixed_point.h"

static inline int64_t scaled(const intact_scaling *s, int64_t number)
{
    int64_t x = intact_floor_shift(number, s->right) * ((int64_t)1 << s->left);
    int64_t p = x * s->multiplier + s->offset;
    return intact_floor_shift(p < s->threshold ? p - s->away : p, 32 + s->shift);
}

INTACT_INLINE void add16(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                         int64_t place, int64_t count)
{
    const intact_add16 *p = params;
    const int16_t *first = a, *second = b;
    int64_t i = 0, end;
    for (int way; i < count; i = end) {
        end = i + intact_same_way(p, place + i, count - i, &way);
        for (int64_t n = i; n < end; n++) {
            int64_t x = scaled(&p->operands[way][0], first[n * a_step]);
            int64_t y = scaled(&p->operands[way][1], second[n * b_step]);
            int64_t number = scaled(&p->total, p->negative ? x - y : x + y);
            ((int16_t *)out)[n] = (int16_t)(number < p->low ? p->low : number > p->high ? p->high : number);
        }
    }
}

void intact_add16_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    (void)scratch;
    intact_each_run(&((const intact_add16 *)params)->shape, add16, params, in, out, 2, 2, 2, begin, end);
}
