/* Drawn cases of the integer LSTM. */
#ifndef DRAWN_LSTM_H
#define DRAWN_LSTM_H

#include "drawn_products.h"
#include "lstm.h"

/* Returns a factor of sums of about `terms` products, to 16 bits. */
static intact_factor draw_factor(int64_t terms)
{
    int reach = 0;
    while (terms >> reach)
        reach++;
    int shift = (int)between(-reach - 8, chance(10) ? 3 : 1 - reach);
    return (intact_factor){(int32_t)between(1 << 30, INT32_MAX), shift > 0 ? shift : 0, shift < 0 ? -shift : 0};
}

static intact_product draw_product(int64_t count, int64_t outputs, int64_t depth)
{
    int64_t each = panels_of(outputs), panels = count * each;
    intact_factor *factors = array(panels * (int64_t)sizeof *factors);
    int32_t *bias = array(panels * INTACT_PANEL * 4);
    fill_bias(bias, panels * INTACT_PANEL);
    for (int64_t n = 0; n < count; n++) {
        intact_factor factor = draw_factor(depth);
        for (int64_t i = 0; i < each; i++)
            factors[n * each + i] = factor;
    }
    int8_t *weights = draw_weights(panels * INTACT_PANEL, depth, INTACT_GROUP);
    int64_t groups = up_to(INTACT_GROUP, depth) / INTACT_GROUP;
    return (intact_product){{weights, bias, depth, groups, panels}, factors, each};
}

static void draw_limits(int bits, int64_t *low, int64_t *high)
{
    int64_t most = (INT64_C(1) << (bits - 1)) - 1, clip = between(1, most);
    int is_clipped = chance(3);
    *low = is_clipped ? -clip : -most - 1;
    *high = is_clipped ? clip : most;
}

static application draw_lstm(void)
{
    intact_lstm *p = new_params(sizeof *p);
    int64_t depth = size(50);
    int has_projection = chance(2), has_peepholes = chance(3), has_norms = chance(3), time_first = chance(2);
    p->cells = size(70);
    p->width = has_projection ? size(has_peepholes ? p->cells : 70) : p->cells;
    p->gates = chance(3) ? 3 : 4, p->batch = size(4), p->steps = size(9);
    p->place = up_to(INTACT_WIDE, p->cells > p->width ? p->cells : p->width);
    p->input = draw_product(p->gates, p->cells, depth);
    p->recurrent = draw_product(p->gates, p->cells, p->width);
    if (has_projection)
        p->projection = draw_product(1, p->width, p->cells);
    for (int gate = 0; gate < p->gates; gate++) {
        if (has_peepholes && gate != INTACT_CELL) {
            int16_t *weights = array(2 * p->cells);
            fill_words(weights, p->cells);
            p->peepholes[gate] = (intact_peephole){weights, draw_factor(1 << 14)};
        }
        if (has_norms) {
            int16_t *weights = array(2 * p->cells);
            int32_t *bias = array(4 * p->cells);
            fill_words(weights, p->cells);
            fill_bias(bias, p->cells);
            p->norms[gate] = (intact_norm){weights, bias, draw_factor(1 << 8), between(1, 1000)};
        }
    }
    p->time_stride = time_first ? p->batch : 1;
    p->batch_stride = time_first ? 1 : p->steps;
    p->together = chance(2);
    p->integer_bits = between(0, 6);
    p->added_shift = 15 + p->integer_bits;
    draw_limits(16, &p->cell_low, &p->cell_high);
    p->hidden_factor = draw_factor(1 << 22);
    p->hidden_zero_point = between(-128, 127), p->output_zero_point = between(-128, 127);
    draw_limits(8, &p->output_low, &p->output_high);
    application a = {.kernel = "lstm", .params = p, .units = p->batch,
                     .scratch = padded(4 * INTACT_STEPS * p->gates * p->place) +
                                padded(2 * INTACT_STEPS * p->gates * p->place) + 2 * padded(2 * p->place) +
                                padded(p->cells) + padded(p->width)};
    give_bytes(&a, p->batch * p->steps * depth);
    give_bytes(&a, p->batch * p->width);
    give_words(&a, p->batch * p->cells);
    take(&a, p->batch * p->steps * p->width);
    take(&a, p->batch * p->width);
    take(&a, 2 * p->batch * p->cells);
    return a;
}

#endif
