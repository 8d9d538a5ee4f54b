#include "gemm_blocks.h"

/* Returns how many of `left` panels come next. Five are three and two, not four and one. */
static int64_t width(int64_t left, int64_t widest)
{
    if (widest == 4 && (left == 5 || left == 6 || left == 9))
        return 3;
    return left < widest ? left : widest;
}

/* Does rows at the panels first to last; weights of a group of panels stay in the nearest cache while a block passes.
 * Between rows of `stride` bytes all may be read. */
static void do_rows(const intact_gemm_version *v, const intact_gemm *g, const uint8_t *in, int64_t stride, uint8_t *out,
                    int64_t rows, int64_t first, int64_t last)
{
    uint32_t offset = (uint32_t)(g->filter_offset + v->filter_offset);
    int32_t totals[INTACT_PIXELS];
    for (int64_t row = 0, blocks = (rows + INTACT_PIXELS - 1) / INTACT_PIXELS, count; row < rows; row += count, blocks--) {
        count = (rows - row + blocks - 1) / blocks;
        intact_block b = {g, in + row * stride, stride, stride / INTACT_GROUP, out + row * g->outputs, count,
                          offset ? totals : NULL};
        for (int64_t i = 0; offset && i < b.rows; i++)
            totals[i] = intact_wrap(offset * (uint32_t)v->sum(b.in + i * stride, g->depth));
        for (int64_t panel = first; panel < last;) {
            int64_t panels = width(last - panel, v->widest);
            v->columns[panels - 1](&b, panel);
            panel += panels;
        }
    }
}

void intact_dense_by(const intact_gemm_version *version, const intact_dense *p, const void *const *in, void *const *out,
                     int64_t begin, int64_t end)
{
    const intact_gemm *g = &p->gemm;
    if (p->by_panels)
        do_rows(version, g, in[0], g->depth, out[0], p->rows, begin, end);
    else
        do_rows(version, g, (const uint8_t *)in[0] + begin * g->depth, g->depth, (uint8_t *)out[0] + begin * g->outputs,
                end - begin, 0, (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL);
}

void intact_convolve_by(const intact_gemm_version *version, const intact_convolve *p, const void *const *in,
                        void *const *out, void *scratch, int64_t begin, int64_t end)
{
    const intact_gemm *g = &p->gemm;
    int64_t stride = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP * INTACT_GROUP;
    int64_t panels = (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL;
    for (int64_t at = begin; at < end; at += INTACT_PIXELS) {
        int64_t count = end - at < INTACT_PIXELS ? end - at : INTACT_PIXELS;
        intact_gather(&p->window, in[0], scratch, stride, at, at + count);
        do_rows(version, g, scratch, stride, (uint8_t *)out[0] + at * g->outputs, count, 0, panels);
    }
}
