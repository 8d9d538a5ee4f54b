#include "pairs.h"

static inline void look_up(const uint8_t *table, const uint8_t *a, int64_t a_step, const uint8_t *b, int64_t b_step,
                           uint8_t *restrict out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = table[a[i * a_step] * 256 + b[i * b_step]];
}

/* The same with steps that the compiler knows. */
static void look_up_run(const uint8_t *table, const uint8_t *a, int64_t a_step, const uint8_t *b, int64_t b_step,
                        uint8_t *out, int64_t count)
{
    if (a_step && b_step)
        look_up(table, a, 1, b, 1, out, count);
    else if (a_step)
        look_up(table, a, 1, b, 0, out, count);
    else
        look_up(table, a, 0, b, b_step, out, count);
}

void intact_pairs_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    const intact_pairs *p = params;
    int64_t last = p->shape.rank - 1, a_step = p->shape.stride[0][last], b_step = p->shape.stride[1][last];
    (void)scratch;
    for (intact_run run = intact_first_run(&p->shape, begin, end); run.count; intact_next_run(&run)) {
        const uint8_t *a = (const uint8_t *)in[0] + run.at[0], *b = (const uint8_t *)in[1] + run.at[1];
        uint8_t *to = (uint8_t *)out[0] + run.to;
        for (int64_t i = 0; i < run.count;) {
            int64_t place = (run.to + i) % p->length;
            const uint8_t *table = p->table[place >= p->whole];
            int64_t stop = i + (place < p->whole ? p->whole : p->length) - place;
            stop = stop < run.count ? stop : run.count;
            look_up_run(table, a + i * a_step, a_step, b + i * b_step, b_step, to + i, stop - i);
            i = stop;
        }
    }
}
