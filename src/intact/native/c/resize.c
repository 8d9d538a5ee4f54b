/* The definition of resize.h: two rows of the image are blended to one, then its columns. In integers that is the same
 * sum, as nothing is rounded before the end; floats are multiplied and added in the order of the rule. */
#include "resize.h"

#include "fixed_point.h"

#ifndef PIXELS
#define PIXELS

/* Blends two pixels of rows that were blended before; a byte is made of the sum. */
static void fixed_pixel(const intact_bilinear *p, const int32_t *a, const int32_t *b, int32_t part, uint8_t *to)
{
    int32_t bits = p->bits, half = 1 << (2 * bits - 1), negative = p->away ? p->zero << 2 * bits : 0;
    for (int64_t c = 0; c < p->channels; c++) {
        int32_t sum = a[c] * ((1 << bits) - part) + b[c] * part;
        to[c] = (uint8_t)((uint32_t)(sum + half - (sum < negative)) >> 2 * bits);
    }
}

/* a and b of the row above times its part, c and d of the row below. */
static void float_pixel(int64_t channels, const float *a, const float *b, const float *c, const float *d, float part,
                        uint8_t *to)
{
    float rest = 1.0f - part;
    for (int64_t i = 0; i < channels; i++)
        to[i] = (uint8_t)(int32_t)(a[i] * rest + c[i] * rest + b[i] * part + d[i] * part + 0.5f);
}

static void weighted_pixel(int64_t channels, const float *a, const float *b, const float *c, const float *d,
                           const float weights[4], uint8_t *to)
{
    for (int64_t i = 0; i < channels; i++)
        to[i] = (uint8_t)(int32_t)(a[i] * weights[0] + b[i] * weights[1] + c[i] * weights[2] + d[i] * weights[3] + 0.5f);
}
#endif

static void fixed_row(const intact_bilinear *p, const uint8_t *above, const uint8_t *below, int32_t part, int32_t *blended,
                      uint8_t *to)
{
    int32_t rest = (1 << p->bits) - part;
    for (int64_t i = 0; i < p->columns.elements * p->channels; i++)
        blended[i] = above[i] * rest + below[i] * part;
    for (int64_t x = 0; x < p->columns.results; x++)
        fixed_pixel(p, blended + p->columns.before[x] * p->channels, blended + p->columns.after[x] * p->channels,
                    p->columns.parts[x], to + x * p->channels);
}

static void wide_row(const intact_bilinear *p, const int16_t *above, const int16_t *below, int32_t part, int64_t *blended,
                     int16_t *to)
{
    int64_t one = (int64_t)1 << p->bits, half = (int64_t)1 << (2 * p->bits - 1), channels = p->channels;
    for (int64_t i = 0; i < p->columns.elements * channels; i++)
        blended[i] = above[i] * (one - part) + below[i] * (int64_t)part;
    for (int64_t x = 0; x < p->columns.results; x++) {
        const int64_t *a = blended + p->columns.before[x] * channels, *b = blended + p->columns.after[x] * channels;
        int64_t column = p->columns.parts[x];
        for (int64_t c = 0; c < channels; c++) {
            int64_t sum = a[c] * (one - column) + b[c] * column;
            to[x * channels + c] = (int16_t)intact_floor_shift(sum + half - (p->away && sum < 0), 2 * p->bits);
        }
    }
}

static void float_row(const intact_bilinear *p, const uint8_t *above, const uint8_t *below, float part, float *blended,
                      uint8_t *to)
{
    int64_t width = p->columns.elements * p->channels;
    int apart = p->blend == INTACT_BLEND_WEIGHTS;
    float *top = blended, *bottom = blended + width, rest = 1.0f - part;
    for (int64_t i = 0; i < width; i++) {
        top[i] = apart ? (float)above[i] : (float)above[i] * rest;
        bottom[i] = apart ? (float)below[i] : (float)below[i] * part;
    }
    for (int64_t x = 0; x < p->columns.results; x++) {
        int64_t left = p->columns.before[x] * p->channels, right = p->columns.after[x] * p->channels;
        float column = p->columns.real_parts[x];
        const float weights[4] = {rest * (1.0f - column), rest * column, part * (1.0f - column), part * column};
        if (apart)
            weighted_pixel(p->channels, top + left, top + right, bottom + left, bottom + right, weights,
                           to + x * p->channels);
        else
            float_pixel(p->channels, top + left, top + right, bottom + left, bottom + right, column,
                        to + x * p->channels);
    }
}

void VERSION(intact_bilinear)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_bilinear *p = params;
    int64_t line = p->columns.elements * p->channels, results = p->columns.results * p->channels;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t y = unit % p->rows.results, image = unit / p->rows.results * p->rows.elements * line;
        int64_t above = image + p->rows.before[y] * line, below = image + p->rows.after[y] * line;
        const uint8_t *bytes = in[0];
        const int16_t *words = in[0];
        uint8_t *to = (uint8_t *)out[0] + unit * results;
        if (p->blend != INTACT_BLEND_FIXED)
            float_row(p, bytes + above, bytes + below, p->rows.real_parts[y], scratch, to);
        else if (p->wide)
            wide_row(p, words + above, words + below, p->rows.parts[y], scratch, (int16_t *)out[0] + unit * results);
        else
            fixed_row(p, bytes + above, bytes + below, p->rows.parts[y], scratch, to);
    }
}
