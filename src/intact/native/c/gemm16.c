/* The definition of gemm16.h. */
#include "gemm16.h"

/* Does the rows begin to end, at outputs first to last. */
static void rows_by_weights(const intact_gemm16 *g, const int16_t *in, int16_t *out, int64_t begin, int64_t end,
                            int64_t first, int64_t last)
{
    int64_t groups = (g->depth + INTACT_GROUP16 - 1) / INTACT_GROUP16;
    for (int64_t row = begin; row < end; row++) {
        const int16_t *terms = in + row * g->depth;
        int64_t total = 0;
        for (int64_t k = 0; k < g->depth; k++)
            total += terms[k];
        for (int64_t n = first; n < last; n++) {
            const int8_t *weights =
                g->weights + (n / INTACT_PANEL * groups * INTACT_PANEL + n % INTACT_PANEL) * INTACT_GROUP16;
            uint64_t acc = (uint64_t)g->bias[n] + (uint64_t)(g->filter_offset * total);
            for (int64_t k = 0; k < g->depth; k++)
                acc += (uint64_t)(int64_t)(terms[k] * weights[k / INTACT_GROUP16 * INTACT_PANEL * INTACT_GROUP16 +
                                                              k % INTACT_GROUP16]);
            out[row * g->outputs + n] = (int16_t)intact_requantize_one(&g->finish, n, intact_wrap64(acc));
        }
    }
}

void intact_dense16_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end)
{
    const intact_dense16 *p = params;
    const intact_gemm16 *g = &p->gemm;
    (void)scratch;
    if (p->by_panels) {
        int64_t last = end * INTACT_PANEL < g->outputs ? end * INTACT_PANEL : g->outputs;
        rows_by_weights(g, in[0], out[0], 0, p->rows, begin * INTACT_PANEL, last);
    } else {
        rows_by_weights(g, in[0], out[0], begin, end, 0, g->outputs);
    }
}

void intact_convolve16_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_convolve16 *p = params;
    const intact_gemm16 *g = &p->gemm;
    for (int64_t at = begin; at < end; at += INTACT_PIXELS) {
        int64_t count = end - at < INTACT_PIXELS ? end - at : INTACT_PIXELS;
        intact_gather(&p->window, in[0], scratch, g->depth * (int64_t)sizeof(int16_t), at, at + count);
        rows_by_weights(g, scratch, (int16_t *)out[0] + at * g->outputs, 0, count, 0, g->outputs);
    }
}
