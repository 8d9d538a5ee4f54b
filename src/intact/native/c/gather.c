/* The windows of a convolution, copied beside each other: a few rows at a time, so that the copy stays in the cache. */
#include <string.h>

#include "gemm.h"

/* Copies one row of a window: `left` is the column of its first place. */
static void gather_line(const intact_window *w, const uint8_t *line, int64_t left, uint8_t *to)
{
    int64_t channels = w->channels;
    if (w->dilation[1] == 1 && left >= 0 && left + w->size[1] <= w->extent[1]) {
        memcpy(to, line + left * channels, (size_t)(w->size[1] * channels));
        return;
    }
    for (int64_t j = 0; j < w->size[1]; j++) {
        int64_t column = left + j * w->dilation[1];
        if (column < 0 || column >= w->extent[1])
            memset(to + j * channels, (int)w->filler, (size_t)channels);
        else
            memcpy(to + j * channels, line + column * channels, (size_t)channels);
    }
}

void intact_gather(const intact_window *w, const uint8_t *images, uint8_t *rows, int64_t stride, int64_t begin,
                   int64_t end)
{
    int64_t line = w->extent[1] * w->channels, width = w->size[1] * w->channels;
    int64_t x = begin % w->positions[1], y = begin / w->positions[1] % w->positions[0];
    const uint8_t *image = images + begin / w->positions[1] / w->positions[0] * w->extent[0] * line;
    for (int64_t at = begin; at < end; at++, rows += stride) {
        int64_t top = y * w->stride[0] - w->before[0], left = x * w->stride[1] - w->before[1];
        uint8_t *to = rows;
        for (int64_t i = 0; i < w->size[0]; i++, to += width) {
            int64_t row = top + i * w->dilation[0];
            if (row < 0 || row >= w->extent[0])
                memset(to, (int)w->filler, (size_t)width);
            else
                gather_line(w, image + row * line, left, to);
        }
        for (; to < rows + stride; to++)
            *to = 0;
        if (++x == w->positions[1]) {
            x = 0;
            if (++y == w->positions[0])
                y = 0, image += w->extent[0] * line;
        }
    }
}
