/* Drawn cases of kernels of no other family: SVDF, RESIZE_BILINEAR, ARG_MAX, reals to and from stored numbers,
 * products of signs. */
#ifndef DRAWN_MORE_H
#define DRAWN_MORE_H

#include "argmax.h"
#include "binary.h"
#include "dequantize.h"
#include "drawn.h"
#include "quantize.h"
#include "resize.h"
#include "svdf.h"

static application draw_svdf(void)
{
    intact_svdf *p = new_params(sizeof *p);
    int64_t batch = size(4), depth = size(100), units = size(40), groups = up_to(INTACT_GROUP, depth) / INTACT_GROUP;
    p->rank = size(4), p->length = size(30), p->filters = units * p->rank, p->narrow = chance(2);
    int64_t panels = up_to(INTACT_PANEL, p->filters) / INTACT_PANEL, memory = p->filters * p->length;
    int8_t *features = array(panels * groups * INTACT_PANEL * INTACT_GROUP);
    int32_t *fed = array(panels * INTACT_PANEL * 4), *bias = array(units * 4);
    int16_t *weights = array(memory * 2);
    fill(features, panels * groups * INTACT_PANEL * INTACT_GROUP, 1);
    fill_bias(fed, panels * INTACT_PANEL);
    fill_bias(bias, units);
    for (int64_t i = 0; i < memory; i++)
        weights[i] = (int16_t)((int64_t)(draw() % 511) - 255);
    p->features = (intact_matrix){features, fed, depth, groups, panels};
    p->time_weights = weights, p->bias = bias;
    p->memory_zero_point = p->narrow ? between(0, 255) : 0;
    draw_finish(&p->into_memory, 1, depth, 16, 0, 0);
    draw_finish(&p->finish, 1, p->rank * p->length * (p->narrow ? 1 : 256), 8, draw_held(), 0);
    application a = {.kernel = "svdf", .params = p, .units = batch, .scratch = panels * INTACT_PANEL * 4};
    give_bytes(&a, batch * depth);
    (p->narrow ? give_bytes : give_words)(&a, batch * memory);
    take(&a, batch * units);
    take(&a, batch * memory * (p->narrow ? 1 : 2));
    return a;
}

static void draw_line(intact_line *line, int32_t bits)
{
    line->elements = size(30), line->results = size(30);
    int32_t *before = array(line->results * 4), *after = array(line->results * 4), *parts = array(line->results * 4);
    float *real = array(line->results * 4);
    for (int64_t i = 0; i < line->results; i++) {
        before[i] = (int32_t)between(0, line->elements - 1);
        after[i] = before[i] + (before[i] < line->elements - 1 && chance(2));
        parts[i] = (int32_t)between(0, (INT64_C(1) << bits) - 1);
        real[i] = (float)between(0, 1 << 12) / 4096;
    }
    line->before = before, line->after = after, line->parts = parts, line->real_parts = real;
}

static application draw_bilinear(void)
{
    intact_bilinear *p = new_params(sizeof *p);
    p->blend = (int32_t)between(INTACT_BLEND_FIXED, INTACT_BLEND_WEIGHTS);
    p->wide = p->blend == INTACT_BLEND_FIXED && chance(3);
    p->bits = p->wide ? (int32_t)between(1, 16) : (int32_t)between(1, 11);
    p->images = size(3), p->channels = size(chance(3) ? 70 : 8);
    p->away = chance(2), p->zero = p->wide ? 0 : chance(2) ? 128 : 0;
    draw_line(&p->rows, p->bits);
    draw_line(&p->columns, p->bits);
    int64_t line = p->columns.elements * p->channels, results = p->columns.results * p->channels;
    application a = {.kernel = "bilinear", .params = p, .units = p->images * p->rows.results,
                     .scratch = 2 * line * (p->wide ? 8 : 4)};
    (p->wide ? give_words : give_bytes)(&a, p->images * p->rows.elements * line);
    take(&a, p->images * p->rows.results * results * (p->wide ? 2 : 1));
    return a;
}

static application draw_argmax(void)
{
    intact_argmax *p = new_params(sizeof *p);
    int64_t outer = size(20);
    p->count = size(chance(3) ? 700 : 40), p->inner = chance(2) ? 1 : size(70);
    p->wide = chance(2), p->smallest = chance(2), p->longs = chance(2);
    application a = {.kernel = "argmax", .params = p, .units = outer};
    give_bytes(&a, outer * p->count * p->inner * (p->wide ? 4 : 1));
    take(&a, outer * p->inner * (p->longs ? 8 : 4));
    return a;
}

/* Draws one parameter a channel, or one for all, of so many elements. */
static intact_channels draw_channels(int64_t *units, int several)
{
    intact_channels c = {several && chance(2) ? size(40) : 1, 1};
    c.inner = c.channels > 1 && chance(2) ? 1 : size(40);
    *units = c.channels * c.inner * size(20);
    return c;
}

static float draw_scale(void) { return (float)between(1, 1 << 20) / (float)(INT64_C(1) << between(0, 40)); }

/* Numbers near ties of a scale, far ones, and those that are no numbers. */
static void give_reals(application *a, int64_t count, float scale)
{
    float *to = operand(4 * count);
    for (int64_t i = 0; i < count; i++) {
        uint64_t x = draw();
        uint32_t bits = (uint32_t)(x >> 32);
        if (x % 3)
            to[i] = ((float)((int64_t)(bits % 2048) - 1024) + (x % 2 ? 0.5f : 0.0f)) * scale;
        else
            memcpy(to + i, &bits, sizeof bits);
    }
    a->in[a->ins++] = to;
}

static application draw_quantize(void)
{
    intact_quantize *p = new_params(sizeof *p);
    int64_t units;
    p->rule = (int32_t)between(INTACT_DIVIDE, INTACT_BLOCKS);
    p->channels = draw_channels(&units, p->rule == INTACT_DIVIDE);
    p->bytes = chance(2) ? 1 : 2, p->held = p->bytes == 1 ? draw_held() : 0;
    int32_t lowest = p->bytes == 2 ? INT16_MIN : -p->held, highest = p->bytes == 2 ? INT16_MAX : 255 - p->held;
    float *scale = array(p->channels.channels * 4);
    int32_t *zero = array(p->channels.channels * 4);
    for (int64_t c = 0; c < p->channels.channels; c++)
        scale[c] = draw_scale(), zero[c] = (int32_t)between(lowest, highest);
    p->scale = scale, p->zero_point = zero, p->reciprocal = 1 / scale[0];
    p->boundary = between(0, units);
    p->low = lowest, p->high = highest;
    application a = {.kernel = "quantize", .params = p, .units = units};
    give_reals(&a, units, scale[0]);
    take(&a, units * p->bytes);
    return a;
}

static application draw_dequantize(void)
{
    intact_dequantize *p = new_params(sizeof *p);
    int64_t units;
    p->channels = draw_channels(&units, 1);
    p->bytes = chance(2) ? 1 : 2, p->held = p->bytes == 1 ? draw_held() : 0;
    float *scale = array(p->channels.channels * 4), *zero = array(p->channels.channels * 4);
    for (int64_t c = 0; c < p->channels.channels; c++)
        scale[c] = draw_scale(), zero[c] = (float)between(-128, 127);
    p->scale = scale, p->zero = zero, p->offset = -zero[0] * scale[0];
    p->boundary = p->channels.channels == 1 ? between(0, units) : 0;
    application a = {.kernel = "dequantize", .params = p, .units = units};
    (p->bytes == 1 ? give_bytes : give_words)(&a, units);
    take(&a, units * 4);
    return a;
}

static application draw_binary(void)
{
    intact_binary *p = new_params(sizeof *p);
    int64_t rows = size(60);
    p->words = size(20), p->outputs = size(60), p->depth = p->words * 64 - between(0, 63);
    application a = {.kernel = "binary", .params = p, .units = rows};
    give_bytes(&a, rows * p->words * 8);
    give_bytes(&a, p->outputs * p->words * 8);
    take(&a, rows * p->outputs * 4);
    return a;
}

#endif
