/* The definition of gemm.h. */
#include "gemm.h"

/* Does the rows begin to end, at outputs first to last. */
static void rows_by_weights(const intact_gemm *g, const uint8_t *in, int64_t stride, uint8_t *out, int64_t begin,
                            int64_t end, int64_t first, int64_t last)
{
    int64_t groups = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP;
    for (int64_t row = begin; row < end; row++) {
        const uint8_t *terms = in + row * stride;
        uint32_t total = 0;
        for (int64_t k = 0; k < g->depth; k++)
            total += terms[k];
        for (int64_t n = first; n < last; n++) {
            const int8_t *weights = g->weights + (n / INTACT_PANEL * groups * INTACT_PANEL + n % INTACT_PANEL) * INTACT_GROUP;
            uint32_t acc = (uint32_t)g->bias[n] + (uint32_t)g->filter_offset * total;
            for (int64_t k = 0; k < g->depth; k++)
                acc += (uint32_t)(terms[k] * weights[k / INTACT_GROUP * INTACT_PANEL * INTACT_GROUP + k % INTACT_GROUP]);
            out[row * g->outputs + n] = (uint8_t)intact_requantize_one(&g->finish, n, intact_wrap(acc));
        }
    }
}

void intact_dense_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    const intact_dense *p = params;
    const intact_gemm *g = &p->gemm;
    (void)scratch;
    if (p->by_panels) {
        int64_t last = end * INTACT_PANEL < g->outputs ? end * INTACT_PANEL : g->outputs;
        rows_by_weights(g, in[0], g->depth, out[0], 0, p->rows, begin * INTACT_PANEL, last);
    } else {
        rows_by_weights(g, in[0], g->depth, out[0], begin, end, 0, g->outputs);
    }
}

void intact_convolve_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_convolve *p = params;
    const intact_gemm *g = &p->gemm;
    int64_t stride = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP * INTACT_GROUP;
    for (int64_t at = begin; at < end; at += INTACT_PIXELS) {
        int64_t count = end - at < INTACT_PIXELS ? end - at : INTACT_PIXELS;
        intact_gather(&p->window, in[0], scratch, stride, at, at + count);
        rows_by_weights(g, scratch, stride, (uint8_t *)out[0] + at * g->outputs, 0, count, 0, g->outputs);
    }
}
