#include "depthwise_runs.h"

#include <string.h>

int intact_depthwise_is_left(const intact_depthwise *p)
{
    return p->window.size[0] * p->window.size[1] > INTACT_PLACES;
}

/* Finds what the window at column `left` shows; where that is padding, what is outside. */
static void find_places(const intact_window *w, const uint8_t *image, const uint8_t *outside, int64_t top, int64_t left,
                        const uint8_t **places)
{
    for (int64_t i = 0; i < w->size[0]; i++) {
        int64_t row = top + i * w->dilation[0];
        const uint8_t *line = row < 0 || row >= w->extent[0] ? outside : image + row * w->extent[1] * w->channels;
        for (int64_t j = 0; j < w->size[1]; j++) {
            int64_t column = left + j * w->dilation[1];
            *places++ = column < 0 || column >= w->extent[1] ? outside : line + column * w->channels;
        }
    }
    *places = places[-1];
}

void intact_depthwise_by(intact_positions *positions, const intact_depthwise *p, const void *const *in, void *const *out,
                         void *scratch, int64_t begin, int64_t end)
{
    const intact_window *w = &p->window;
    if (intact_depthwise_is_left(p)) {
        intact_depthwise_scalar(p, in, out, scratch, begin, end);
        return;
    }
    const uint8_t *places[INTACT_PLACES + 1];
    int64_t line = w->extent[1] * w->channels, reach = (w->size[1] - 1) * w->dilation[1];
    memset(scratch, (int)w->filler, (size_t)line);
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *image = (const uint8_t *)in[0] + unit / w->positions[0] * w->extent[0] * line;
        int64_t top = unit % w->positions[0] * w->stride[0] - w->before[0], count;
        for (int64_t x = 0; x < w->positions[1]; x += count) {
            int64_t left = x * w->stride[1] - w->before[1], room = w->extent[1] - 1 - reach - left;
            count = left < 0 || room < 0 ? 1 : room / w->stride[1] + 1;
            count = count < w->positions[1] - x ? count : w->positions[1] - x;
            find_places(w, image, scratch, top, left, places);
            intact_run run = {p, places, count, w->stride[1] * w->channels,
                              (uint8_t *)out[0] + (unit * w->positions[1] + x) * w->channels};
            positions(&run);
        }
    }
}
