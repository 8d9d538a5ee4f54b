#include "depthwise_widened.h"

intact_depthwise intact_depthwise_of_one(const intact_depthwise *p)
{
    intact_depthwise one = *p;
    one.multiplier = 1;
    one.window.channels *= p->multiplier;
    return one;
}

intact_depthwise16 intact_depthwise16_of_one(const intact_depthwise16 *p)
{
    intact_depthwise16 one = *p;
    one.multiplier = 1;
    one.window.channels *= p->multiplier;
    return one;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Loops of a known length are unrolled and vectorized. */
#define REPEAT(type, times)                                \
    for (int64_t i = 0; i < count; i++)                    \
        for (int64_t n = 0; n < (times); n++)              \
            to[i * (times) + n] = ((const type *)from)[i];

static void repeat_bytes(const uint8_t *restrict from, int64_t count, int64_t times, uint8_t *restrict to)
{
    switch (times) {
    case 2: REPEAT(uint8_t, 2) return;
    case 4: REPEAT(uint8_t, 4) return;
    case 8: REPEAT(uint8_t, 8) return;
    default: REPEAT(uint8_t, times)
    }
}

static void repeat_words(const int16_t *restrict from, int64_t count, int64_t times, int16_t *restrict to)
{
    switch (times) {
    case 2: REPEAT(int16_t, 2) return;
    case 4: REPEAT(int16_t, 4) return;
    case 8: REPEAT(int16_t, 8) return;
    default: REPEAT(int16_t, times)
    }
}

void intact_depthwise_widened(intact_kernel *version, const intact_depthwise *p, const void *const *in, void *const *out,
                              void *scratch, int64_t begin, int64_t end)
{
    const intact_window *w = &p->window;
    intact_depthwise one = intact_depthwise_of_one(p);
    int64_t line = w->extent[1] * w->channels, wide = line * p->multiplier, reach = (w->size[0] - 1) * w->dilation[0] + 1;
    one.window.before[0] = 0;
    one.window.images = 1;
    for (int64_t unit = begin, count; unit < end; unit += count) {
        int64_t y = unit % w->positions[0], top = y * w->stride[0] - w->before[0];
        count = least(least(INTACT_WIDENED, end - unit), w->positions[0] - y);
        one.window.extent[0] = (count - 1) * w->stride[0] + reach;
        one.window.positions[0] = count;
        const uint8_t *image = (const uint8_t *)in[0] + unit / w->positions[0] * w->extent[0] * line;
        uint8_t *rows = scratch;
        for (int64_t i = 0; i < one.window.extent[0]; i++, rows += wide) {
            if (top + i >= 0 && top + i < w->extent[0])
                repeat_bytes(image + (top + i) * line, line, p->multiplier, rows);
            else
                for (int64_t n = 0; n < wide; n++)
                    rows[n] = (uint8_t)w->filler;
        }
        rows = (uint8_t *)scratch + (one.window.extent[0] * wide + 63) / 64 * 64;
        const void *from[] = {scratch};
        void *to[] = {(uint8_t *)out[0] + unit * w->positions[1] * one.window.channels};
        version(&one, from, to, rows, 0, count);
    }
}

/* One row of positions at a time, or the part of it that is wanted: of the rows that its windows show. */
void intact_depthwise16_widened(intact_kernel *version, const intact_depthwise16 *p, const void *const *in,
                                void *const *out, void *scratch, int64_t begin, int64_t end)
{
    const intact_window *w = &p->window;
    intact_depthwise16 one = intact_depthwise16_of_one(p);
    int64_t line = w->extent[1] * w->channels, wide = line * p->multiplier;
    one.window.extent[0] = w->size[0];
    one.window.dilation[0] = 1;
    one.window.before[0] = 0;
    one.window.positions[0] = 1;
    one.window.images = 1;
    for (int64_t unit = begin, count; unit < end; unit += count) {
        int64_t x = unit % w->positions[1], y = unit / w->positions[1] % w->positions[0];
        count = least(end - unit, w->positions[1] - x);
        one.window.positions[1] = count;
        one.window.before[1] = w->before[1] - x * w->stride[1];
        const int16_t *image = (const int16_t *)in[0] + unit / w->positions[1] / w->positions[0] * w->extent[0] * line;
        int16_t *rows = scratch;
        for (int64_t i = 0; i < w->size[0]; i++, rows += wide) {
            int64_t row = y * w->stride[0] - w->before[0] + i * w->dilation[0];
            if (row >= 0 && row < w->extent[0])
                repeat_words(image + row * line, line, p->multiplier, rows);
            else
                for (int64_t n = 0; n < wide; n++)
                    rows[n] = (int16_t)w->filler;
        }
        rows = (int16_t *)scratch + (w->size[0] * wide + 31) / 32 * 32;
        const void *from[] = {scratch};
        void *to[] = {(int16_t *)out[0] + unit * one.window.channels};
        version(&one, from, to, rows, 0, count);
    }
}
