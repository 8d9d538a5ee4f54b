/* Drawn cases of functions of single elements and of pairs, and of SOFTMAX. */
#ifndef DRAWN_ELEMENTS_H
#define DRAWN_ELEMENTS_H

#include "add.h"
#include "add16.h"
#include "drawn.h"
#include "larger.h"
#include "log_softmax.h"
#include "lut.h"
#include "mul.h"
#include "pairs.h"
#include "softmax.h"

static application draw_lut(void)
{
    intact_lut *p = new_params(sizeof *p);
    int64_t units = size(chance(4) ? 5000 : 200);
    p->from = chance(2) ? 1 : 2;
    p->to = chance(2) ? 1 : chance(2) ? 2 : 4;
    p->boundary = between(0, units);
    for (int i = 0; i < 2; i++) {
        int64_t bytes = (p->from == 1 ? 256 : 65536) * p->to;
        void *table = operand(bytes);
        fill(table, bytes, 0);
        p->table[i] = table;
    }
    application a = {.kernel = "lut", .params = p, .units = units};
    give_bytes(&a, units * p->from);
    take(&a, units * p->to);
    return a;
}

/* Draws shapes of two operands, one of which goes on in each dimension, or both. Returns the result's elements. */
static int64_t draw_shape(intact_broadcast *shape, int64_t elements[2])
{
    int64_t all = 1, goes_on[INTACT_DIMENSIONS];
    shape->rank = size(INTACT_DIMENSIONS);
    for (int64_t d = 0; d < shape->rank; d++) {
        shape->extent[d] = d == shape->rank - 1 && chance(3) ? size(700) : size(shape->rank < 3 ? 40 : 6);
        goes_on[d] = chance(2) ? 3 : between(1, 3);
        all *= shape->extent[d];
    }
    for (int i = 0; i < 2; i++) {
        elements[i] = 1;
        for (int64_t d = shape->rank - 1; d >= 0; d--)
            if (goes_on[d] >> i & 1) {
                shape->stride[i][d] = elements[i];
                elements[i] *= shape->extent[d];
            }
    }
    return all;
}

static application draw_add(void)
{
    intact_add *p = new_params(sizeof *p);
    int64_t elements[2], all = draw_shape(&p->shape, elements);
    int32_t limit = (int32_t)((INT64_C(1) << between(1, 23)) - 1), flip = draw_held();
    int64_t low = 0, high = 0;
    for (int i = 0; i < 2; i++) {
        p->multiplier[i] = (int32_t)between(-limit, limit);
        int64_t end = 255 * (int64_t)p->multiplier[i];
        low += end < 0 ? end : 0, high += end > 0 ? end : 0;
    }
    p->offset = (uint32_t)(between(INT32_MIN - low, INT32_MAX - high) + (INT64_C(1) << 31));
    p->shift = (int32_t)between(1, 30);
    p->zero_point = (int32_t)(between(-128, 255) + flip - (INT64_C(1) << (31 - p->shift)));
    p->low = (int32_t)between(0, 255), p->high = (int32_t)between(p->low, 255);
    application a = {.kernel = "add", .params = p, .units = all};
    give_bytes(&a, elements[0]);
    give_bytes(&a, elements[1]);
    take(&a, all);
    return a;
}

static intact_scaling draw_scaling(int32_t left)
{
    intact_scaling s = {.left = left, .multiplier = chance(8) ? 0 : (int32_t)between(1 << 30, INT32_MAX)};
    int64_t half = 0;
    s.shift = s.multiplier ? (int32_t)between(0, 31) : 0;
    if (s.shift)
        half = INT64_C(1) << (s.shift - 1), s.away = INT64_C(1) << 32;
    s.offset = (INT64_C(1) << 31) + half * (INT64_C(1) << 32);
    s.threshold = half * (INT64_C(1) << 32);
    return s;
}

static application draw_add16(void)
{
    intact_add16 *p = new_params(sizeof *p);
    int64_t elements[2], all = draw_shape(&p->shape, elements);
    for (int i = 0; i < 4; i++) {
        intact_scaling *s = &p->operands[i / 2][i % 2];
        *s = draw_scaling((int32_t)between(1, 15));
        s->right = chance(3) ? (int32_t)between(0, 16) : 0;
    }
    p->total = draw_scaling(1);
    p->length = chance(2) ? all : size(all);
    p->whole = between(0, p->length);
    p->negative = chance(2);
    p->low = (int32_t)between(INT16_MIN, INT16_MAX), p->high = (int32_t)between(p->low, INT16_MAX);
    application a = {.kernel = "add16", .params = p, .units = all};
    give_words(&a, elements[0]);
    give_words(&a, elements[1]);
    take(&a, 2 * all);
    return a;
}

static application draw_larger(void)
{
    intact_larger *p = new_params(sizeof *p);
    int64_t elements[2], all = draw_shape(&p->shape, elements);
    p->bytes = (int32_t)between(1, 2);
    p->smaller = chance(2);
    application a = {.kernel = "larger", .params = p, .units = all};
    for (int i = 0; i < 2; i++)
        (p->bytes == 2 ? give_words : give_bytes)(&a, elements[i]);
    take(&a, all * p->bytes);
    return a;
}

static application draw_mul(void)
{
    intact_mul *p = new_params(sizeof *p);
    int64_t elements[2], all = draw_shape(&p->shape, elements);
    p->bytes = chance(2) ? 1 : 2;
    for (int i = 0; i < 2; i++)
        p->zero_points[i] = p->bytes == 2 ? 0 : chance(4) ? (int32_t)between(-1024, 1024) : (int32_t)between(0, 255);
    draw_finish(&p->finish, 1, p->bytes == 2 ? 1 << 12 : 1, 8 * p->bytes, p->bytes == 2 ? 0 : draw_held(), 0);
    application a = {.kernel = "mul", .params = p, .units = all};
    for (int i = 0; i < 2; i++)
        (p->bytes == 2 ? give_words : give_bytes)(&a, elements[i]);
    take(&a, all * p->bytes);
    return a;
}

static application draw_pairs(void)
{
    intact_pairs *p = new_params(sizeof *p);
    int64_t elements[2], all = draw_shape(&p->shape, elements);
    for (int i = 0; i < 2; i++) {
        uint8_t *table = operand(65536);
        fill(table, 65536, 0);
        p->table[i] = table;
    }
    p->length = chance(2) ? all : size(all);
    p->whole = between(0, p->length);
    application a = {.kernel = "pairs", .params = p, .units = all};
    give_bytes(&a, elements[0]);
    give_bytes(&a, elements[1]);
    take(&a, all);
    return a;
}

static int64_t draw_depth(void) { return chance(4) ? size(2000) : size(70); }

static application draw_softmax_fixed(void)
{
    intact_softmax_fixed *p = new_params(sizeof *p);
    int32_t *powers = operand(256 * 4), *terms = operand(256 * 4);
    int64_t rows = size(6), number = INT32_MAX, slow = between(0, 400);
    for (int i = 0; i < 256; i++) {
        powers[i] = (int32_t)number;
        terms[i] = (int32_t)((number + (1 << 11)) >> 12);
        number -= number * (int64_t)(draw() % 400) / (400 + slow * slow);
    }
    p->powers = powers, p->terms = terms, p->depth = draw_depth();
    p->result = chance(2) ? INTACT_HELD : INTACT_INT16;
    p->doubts = p->result == INTACT_HELD && p->depth >= 512;
    application a = {.kernel = "softmax_fixed", .params = p, .units = rows, .doubts = p->doubts};
    give_bytes(&a, rows * p->depth);
    take(&a, rows * p->depth * (p->result == INTACT_HELD ? 1 : 2));
    if (p->doubts)
        take(&a, rows);
    return a;
}

static application draw_log_softmax(void)
{
    intact_log_softmax *p = new_params(sizeof *p);
    int32_t *terms = operand(256 * 4), *differences = operand(256 * 4);
    int64_t rows = size(6), step = between(1, 1 << between(1, 29));
    p->farthest = (int32_t)between(0, 255);
    for (int i = 0; i < 256; i++) {
        int64_t far = i <= p->farthest ? i * step : 0;
        differences[i] = (int32_t)-(far < (INT64_C(31) << 26) ? far : INT64_C(31) << 26);
        terms[i] = i ? (int32_t)between(0, terms[i - 1]) : 1 << 19;
    }
    p->terms = terms, p->differences = differences, p->depth = size(chance(4) ? 4095 : 70);
    p->multiplier = (int32_t)between(1 << 30, INT32_MAX), p->shift = (int32_t)between(0, 31);
    application a = {.kernel = "log_softmax", .params = p, .units = rows};
    give_bytes(&a, rows * p->depth);
    take(&a, rows * p->depth);
    return a;
}

static application draw_softmax_float(void)
{
    intact_softmax_float *p = new_params(sizeof *p);
    float *powers = operand(256 * 4), number = 1;
    int64_t rows = size(6);
    float step = 1 - 1 / (float)size(1000);
    for (int i = 0; i < 256; i++, number *= step)
        powers[i] = number;
    p->powers = powers, p->depth = draw_depth(), p->away = chance(2);
    p->scale = chance(2) ? 1.0f / 256 : 1 / (float)between(1, 1000000);
    p->result = chance(2) ? INTACT_HELD : INTACT_INT16;
    int32_t lowest = p->result == INTACT_HELD ? 0 : INT16_MIN, highest = p->result == INTACT_HELD ? 255 : INT16_MAX;
    p->zero_point = p->away ? (int32_t)between(lowest, highest) : 0;
    p->low = chance(2) ? lowest : (int32_t)between(lowest, highest);
    p->high = chance(2) ? highest : (int32_t)between(p->low, highest);
    application a = {.kernel = "softmax_float", .params = p, .units = rows};
    give_bytes(&a, rows * p->depth);
    take(&a, rows * p->depth * (p->result == INTACT_HELD ? 1 : 2));
    return a;
}

static application draw_softmax_lines(void)
{
    intact_softmax_lines *p = new_params(sizeof *p);
    p->last = chance(2) ? between(0, 65535) : size(300);
    int16_t *powers = operand((p->last + 1) * 2), *inverses = operand(513 * 2);
    int64_t rows = size(6), number = INT16_MAX, slow = between(0, 400);
    for (int64_t i = 0; i <= p->last; i++) {
        powers[i] = (int16_t)number;
        number -= number * (int64_t)(draw() % 400) / (400 + slow * slow);
    }
    for (int i = 0; i < 513; i++)
        inverses[i] = (int16_t)(32767.0 / (1 + i / 512.0));
    p->powers = powers, p->inverses = inverses, p->depth = draw_depth();
    application a = {.kernel = "softmax_lines", .params = p, .units = rows};
    give_words(&a, rows * p->depth);
    take(&a, 2 * rows * p->depth);
    return a;
}

#endif
