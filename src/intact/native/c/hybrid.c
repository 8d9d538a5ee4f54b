/* The definition of hybrid.h: FULLY_CONNECTED, BATCH_MATMUL and CONV_2D. Versions have sums of their own; the rest is
 * for compilers to vectorize. */
#include "hybrid.h"

#include <string.h>

static int64_t rounded_up(int64_t bytes) { return (bytes + 63) / 64 * 64; }

/* Some panels of outputs, and memory. */
typedef struct {
    const intact_hybrid *hybrid;
    int64_t first, count; /* outputs */
    intact_matrix matrix;
    int32_t *sums;
    float *totals;
} part;

static part part_of(const intact_hybrid *h, int64_t begin, int64_t end, void *scratch)
{
    int64_t all = h->matrix.panels * INTACT_PANEL, first = begin * INTACT_PANEL, last = end * INTACT_PANEL;
    part p = {h, first, (last < h->outputs ? last : h->outputs) - first, h->matrix, scratch, NULL};
    p.totals = (float *)(p.sums + INTACT_BAND * all);
    p.matrix.weights += begin * h->matrix.groups * INTACT_PANEL * INTACT_GROUP;
    p.matrix.bias = h->matrix.bias ? h->matrix.bias + first : NULL;
    p.matrix.panels = end - begin;
    return p;
}

static void multiply_blocks(const part *p, const uint8_t *codes, int64_t stride, const intact_row *rows, int64_t count,
                            float *out)
{
    const intact_hybrid *h = p->hybrid;
    int64_t all = h->matrix.panels * INTACT_PANEL, width = p->matrix.panels * INTACT_PANEL;
    intact_matrix m = p->matrix;
    const float *scale = h->scale + p->first;
    m.depth = h->block;
    for (int64_t r = 0; r < count; r++)
        VERSION(intact_begin_blocks)(h, &rows[r], p->first, p->count, p->totals + r * width);
    for (int64_t at = 0; at < h->matrix.depth; at += h->block, scale += all) {
        VERSION(intact_sums)(&m, codes + at, stride, count, p->sums);
        for (int64_t r = 0; r < count; r++)
            VERSION(intact_add_block)(h, p->sums + r * width, scale, p->count, p->totals + r * width);
        m.weights += h->block * INTACT_PANEL;
        m.bias = m.bias ? m.bias + all : NULL;
    }
    for (int64_t r = 0; r < count; r++)
        VERSION(intact_end_blocks)(h, &rows[r], p->totals + r * width, p->first, p->count, out + r * h->outputs + p->first);
}

/* Makes the results of up to INTACT_BAND rows of codes; of a row `apart` numbers from that of the one before, 0 or 1. */
static void multiply(const part *p, const uint8_t *codes, int64_t stride, const intact_row *rows, int64_t apart,
                     int64_t count, float *out)
{
    const intact_hybrid *h = p->hybrid;
    int64_t width = p->matrix.panels * INTACT_PANEL;
    if (h->combination == INTACT_INT4_BLOCKS || h->combination == INTACT_QB4) {
        multiply_blocks(p, codes, stride, rows, count, out);
        return;
    }
    VERSION(intact_sums)(&p->matrix, codes, stride, count, p->sums);
    for (int64_t r = 0; r < count; r++)
        VERSION(intact_combine)(h, &rows[r * apart], p->sums + r * width, p->first, p->count,
                                out + r * h->outputs + p->first);
}

void VERSION(intact_hybrid_dense)(const void *params, const void *const *in, void *const *out, void *scratch,
                                  int64_t begin, int64_t end)
{
    const intact_hybrid_dense *d = params;
    const intact_hybrid *h = &d->hybrid;
    int64_t depth = h->matrix.depth, first = d->by_panels ? 0 : begin, last = d->by_panels ? d->rows : end;
    uint8_t *codes = scratch, *doubts = out[1];
    part p = part_of(h, d->by_panels ? begin : 0, d->by_panels ? end : h->matrix.panels,
                     codes + rounded_up(INTACT_BAND * depth));
    memset(doubts + begin, 0, (size_t)(end - begin));
    for (int64_t row = first; row < last; row += INTACT_BAND) {
        int64_t count = last - row < INTACT_BAND ? last - row : INTACT_BAND;
        intact_row rows[INTACT_BAND];
        for (int64_t r = 0; r < count; r++) {
            const float *from = (const float *)in[0] + (row + r) * depth;
            int doubt = VERSION(intact_quantize_row)((enum intact_quantizer)h->quantizer, from, depth, codes + r * depth,
                                                     &rows[r]);
            if (doubt && d->by_panels)
                memset(doubts + begin, 1, (size_t)(end - begin));
            else if (doubt)
                doubts[row + r] = 1;
        }
        multiply(&p, codes, depth, rows, 1, count, (float *)out[0] + row * h->outputs);
    }
}

void VERSION(intact_hybrid_convolve)(const void *params, const void *const *in, void *const *out, void *scratch,
                                     int64_t begin, int64_t end)
{
    const intact_hybrid_convolve *c = params;
    const intact_hybrid *h = &c->hybrid;
    intact_window window = c->window;
    int64_t size = window.extent[0] * window.extent[1] * window.channels;
    int64_t positions = window.positions[0] * window.positions[1];
    int64_t stride = (h->matrix.depth + INTACT_GROUP - 1) / INTACT_GROUP * INTACT_GROUP;
    uint8_t *image = scratch, *codes = image + rounded_up(size), *doubts = out[1];
    part p = part_of(h, 0, h->matrix.panels, codes + rounded_up(INTACT_BAND * stride));
    for (int64_t number = begin; number < end; number++) {
        const float *from = (const float *)in[0] + number * size;
        float *to = (float *)out[0] + number * positions * h->outputs;
        intact_row row;
        doubts[number] =
            (uint8_t)VERSION(intact_quantize_row)((enum intact_quantizer)h->quantizer, from, size, image, &row);
        window.filler = row.zero_point;
        for (int64_t at = 0; at < positions; at += INTACT_BAND, to += INTACT_BAND * h->outputs) {
            int64_t count = positions - at < INTACT_BAND ? positions - at : INTACT_BAND;
            intact_gather(&window, image, codes, stride, at, at + count);
            multiply(&p, codes, stride, &row, 0, count, to);
        }
    }
}
