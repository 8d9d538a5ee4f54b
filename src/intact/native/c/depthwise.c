/* The definition of depthwise.h. */
#include "depthwise.h"

static uint32_t sum(const intact_depthwise *p, const uint8_t *image, int64_t y, int64_t x, int64_t output)
{
    const intact_window *w = &p->window;
    int64_t channel = output / p->multiplier, padded = (w->channels * p->multiplier + 63) / 64 * 64;
    int32_t offset = p->offset ? p->offset[output] : 0;
    uint32_t acc = (uint32_t)p->bias[output];
    for (int64_t i = 0; i < w->size[0]; i++) {
        int64_t row = y * w->stride[0] - w->before[0] + i * w->dilation[0];
        for (int64_t j = 0; j < w->size[1]; j++) {
            int64_t column = x * w->stride[1] - w->before[1] + j * w->dilation[1];
            int inside = row >= 0 && row < w->extent[0] && column >= 0 && column < w->extent[1];
            int32_t in = inside ? image[(row * w->extent[1] + column) * w->channels + channel] : (int32_t)w->filler;
            acc += (uint32_t)(in * (p->weights[(i * w->size[1] + j) * padded + output] + offset));
        }
    }
    return acc;
}

void intact_depthwise_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                             int64_t end)
{
    const intact_depthwise *p = params;
    const intact_window *w = &p->window;
    int64_t outputs = w->channels * p->multiplier;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *image = (const uint8_t *)in[0] + unit / w->positions[0] * w->extent[0] * w->extent[1] * w->channels;
        uint8_t *to = (uint8_t *)out[0] + unit * w->positions[1] * outputs;
        for (int64_t x = 0; x < w->positions[1]; x++)
            for (int64_t n = 0; n < outputs; n++)
                *to++ = (uint8_t)intact_requantize_one(&p->finish, n,
                                                       intact_wrap(sum(p, image, unit % w->positions[0], x, n)));
    }
}
