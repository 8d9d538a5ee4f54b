#include "larger.h"

#define CHOOSE(name, type, is_chosen)                                                                            \
    INTACT_INLINE void name(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step,    \
                            void *out, int64_t place, int64_t count)                                             \
    {                                                                                                            \
        const type *first = a, *second = b;                                                                      \
        type *restrict to = out;                                                                                 \
        (void)params, (void)place;                                                                               \
        for (int64_t i = 0; i < count; i++) {                                                                    \
            type x = first[i * a_step], y = second[i * b_step];                                                  \
            to[i] = x is_chosen y ? x : y;                                                                       \
        }                                                                                                        \
    }
CHOOSE(larger8, uint8_t, >)
CHOOSE(smaller8, uint8_t, <)
CHOOSE(larger16, int16_t, >)
CHOOSE(smaller16, int16_t, <)

void VERSION(intact_larger)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_larger *p = params;
    (void)scratch;
    if (p->bytes == 1 && p->smaller)
        intact_each_run(&p->shape, smaller8, p, in, out, 1, 1, 1, begin, end);
    else if (p->bytes == 1)
        intact_each_run(&p->shape, larger8, p, in, out, 1, 1, 1, begin, end);
    else if (p->smaller)
        intact_each_run(&p->shape, smaller16, p, in, out, 2, 2, 2, begin, end);
    else
        intact_each_run(&p->shape, larger16, p, in, out, 2, 2, 2, begin, end);
}
