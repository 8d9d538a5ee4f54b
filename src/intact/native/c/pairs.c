#include "pairs.h"

/* Looks up elements that have the same table. */
INTACT_INLINE void look_up(const uint8_t *table, const uint8_t *a, int64_t a_step, const uint8_t *b, int64_t b_step,
                           uint8_t *restrict out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = table[a[i * a_step] * 256 + b[i * b_step]];
}

INTACT_INLINE void pairs(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                         int64_t place, int64_t count)
{
    const intact_pairs *p = params;
    for (int64_t i = 0; i < count;) {
        int64_t within = (place + i) % p->length;
        int rest = within >= p->whole;
        int64_t same = (rest ? p->length : p->whole) - within;
        same = same < count - i ? same : count - i;
        look_up(p->table[rest], (const uint8_t *)a + i * a_step, a_step, (const uint8_t *)b + i * b_step, b_step,
                (uint8_t *)out + i, same);
        i += same;
    }
}

void intact_pairs_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    (void)scratch;
    intact_each_run(&((const intact_pairs *)params)->shape, pairs, params, in, out, 1, 1, 1, begin, end);
}
