/* The definition of depthwise16.h. */
#include "depthwise16.h"

static int64_t sum(const intact_depthwise16 *p, const int16_t *image, int64_t y, int64_t x, int64_t output)
{
    const intact_window *w = &p->window;
    int64_t channel = output / p->multiplier, padded = (w->channels * p->multiplier + 63) / 64 * 64, products = 0;
    for (int64_t i = 0; i < w->size[0]; i++) {
        int64_t row = y * w->stride[0] - w->before[0] + i * w->dilation[0];
        for (int64_t j = 0; j < w->size[1]; j++) {
            int64_t column = x * w->stride[1] - w->before[1] + j * w->dilation[1];
            int inside = row >= 0 && row < w->extent[0] && column >= 0 && column < w->extent[1];
            int64_t in = inside ? image[(row * w->extent[1] + column) * w->channels + channel] : w->filler;
            products += in * p->weights[(i * w->size[1] + j) * padded + output];
        }
    }
    return intact_wrap64((uint64_t)products + (uint64_t)p->bias[output]);
}

void intact_depthwise16_scalar(const void *params, const void *const *in, void *const *out, void *scratch,
                               int64_t begin, int64_t end)
{
    const intact_depthwise16 *p = params;
    const intact_window *w = &p->window;
    int64_t outputs = w->channels * p->multiplier, size = w->extent[0] * w->extent[1] * w->channels;
    int16_t *to = (int16_t *)out[0] + begin * outputs;
    (void)scratch;
    for (int64_t at = begin; at < end; at++) {
        int64_t x = at % w->positions[1], y = at / w->positions[1] % w->positions[0];
        const int16_t *image = (const int16_t *)in[0] + at / w->positions[1] / w->positions[0] * size;
        for (int64_t n = 0; n < outputs; n++)
            *to++ = (int16_t)intact_requantize_one(&p->finish, n, sum(p, image, y, x, n));
    }
}
