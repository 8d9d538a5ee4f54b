/* The windows of a convolution, copied beside each other: a few rows at a time, so that the copy stays in the cache. */
#include <string.h>

#include "gemm.h"

void intact_gather(const intact_window *w, const uint8_t *image, uint8_t *rows, int64_t stride, int64_t begin,
                   int64_t end)
{
    int64_t height = w->extent[0], width = w->extent[1], channels = w->channels;
    int64_t line = w->size[1] * channels;
    for (int64_t at = begin; at < end; at++, rows += stride) {
        int64_t x = at % w->positions[1], y = at / w->positions[1] % w->positions[0];
        const uint8_t *source = image + at / w->positions[1] / w->positions[0] * height * width * channels;
        int64_t top = y * w->stride[0] - w->before[0], left = x * w->stride[1] - w->before[1];
        int whole = w->dilation[1] == 1 && left >= 0 && left + w->size[1] <= width;
        uint8_t *to = rows;
        for (int64_t i = 0; i < w->size[0]; i++, to += line) {
            int64_t row = top + i * w->dilation[0];
            if (row < 0 || row >= height) {
                memset(to, (int)w->filler, (size_t)line);
            } else if (whole) {
                memcpy(to, source + (row * width + left) * channels, (size_t)line);
            } else {
                for (int64_t j = 0; j < w->size[1]; j++) {
                    int64_t column = left + j * w->dilation[1];
                    if (column < 0 || column >= width)
                        memset(to + j * channels, (int)w->filler, (size_t)channels);
                    else
                        memcpy(to + j * channels, source + (row * width + column) * channels, (size_t)channels);
                }
            }
        }
        memset(to, 0, (size_t)(stride - w->size[0] * line));
    }
}
