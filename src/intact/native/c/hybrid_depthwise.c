/* The definition of the hybrid DEPTHWISE_CONV_2D of hybrid.h. */
#include <string.h>

#include "hybrid.h"

/* Adds the products of one place of the window: of each channel with its `multiplier` weights. */
static void add_place(const uint8_t *restrict codes, int32_t zero, const int8_t *restrict weights, int64_t channels,
                      int64_t multiplier, int32_t *restrict acc)
{
    if (multiplier == 1) {
        for (int64_t c = 0; c < channels; c++)
            acc[c] += (codes[c] - zero) * weights[c];
        return;
    }
    for (int64_t c = 0; c < channels; c++)
        for (int64_t m = c * multiplier; m < (c + 1) * multiplier; m++)
            acc[m] += (codes[c] - zero) * weights[m];
}

/* Sums the products of the window at row y and column x; padding is the zero point, so it is left out. */
static void sum_window(const intact_hybrid_depthwise *d, const uint8_t *image, int32_t zero, int64_t y, int64_t x,
                       int32_t *acc)
{
    const intact_window *w = &d->window;
    int64_t outputs = d->hybrid.outputs;
    memset(acc, 0, (size_t)outputs * sizeof *acc);
    for (int64_t i = 0; i < w->size[0]; i++) {
        int64_t row = y * w->stride[0] - w->before[0] + i * w->dilation[0];
        if (row < 0 || row >= w->extent[0])
            continue;
        for (int64_t j = 0; j < w->size[1]; j++) {
            int64_t column = x * w->stride[1] - w->before[1] + j * w->dilation[1];
            if (column >= 0 && column < w->extent[1])
                add_place(image + (row * w->extent[1] + column) * w->channels, zero,
                          d->hybrid.matrix.weights + (i * w->size[1] + j) * outputs, w->channels, d->multiplier, acc);
        }
    }
}

void VERSION(intact_hybrid_depthwise)(const void *params, const void *const *in, void *const *out, void *scratch,
                                      int64_t begin, int64_t end)
{
    const intact_hybrid_depthwise *d = params;
    const intact_hybrid *h = &d->hybrid;
    const intact_window *w = &d->window;
    int64_t size = w->extent[0] * w->extent[1] * w->channels;
    float *to = (float *)out[0] + begin * w->positions[0] * w->positions[1] * h->outputs;
    uint8_t *image = scratch, *doubts = out[1];
    int32_t *acc = (int32_t *)(image + (size + 63) / 64 * 64);
    for (int64_t number = begin; number < end; number++) {
        intact_row row;
        doubts[number] = (uint8_t)VERSION(intact_quantize_row)((enum intact_quantizer)h->quantizer,
                                                               (const float *)in[0] + number * size, size, image, &row);
        for (int64_t y = 0; y < w->positions[0]; y++)
            for (int64_t x = 0; x < w->positions[1]; x++, to += h->outputs) {
                sum_window(d, image, row.zero_point, y, x, acc);
                VERSION(intact_combine)(h, &row, acc, 0, h->outputs, to);
            }
    }
}
