#include "mul.h"

INTACT_INLINE void mul8(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                        int64_t place, int64_t count)
{
    const intact_mul *p = params;
    const uint8_t *first = a, *second = b;
    (void)place;
    for (int64_t i = 0; i < count; i++) {
        int32_t product = (first[i * a_step] - p->zero_points[0]) * (second[i * b_step] - p->zero_points[1]);
        ((uint8_t *)out)[i] = (uint8_t)intact_requantize_one(&p->finish, 0, product);
    }
}

INTACT_INLINE void mul16(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                         int64_t place, int64_t count)
{
    const intact_mul *p = params;
    const int16_t *first = a, *second = b;
    (void)place;
    for (int64_t i = 0; i < count; i++)
        ((int16_t *)out)[i] = (int16_t)intact_requantize_one(&p->finish, 0, first[i * a_step] * second[i * b_step]);
}

void intact_mul_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_mul *p = params;
    (void)scratch;
    if (p->bytes == 1)
        intact_each_run(&p->shape, mul8, p, in, out, 1, 1, 1, begin, end);
    else
        intact_each_run(&p->shape, mul16, p, in, out, 2, 2, 2, begin, end);
}
