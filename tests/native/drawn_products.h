/* Drawn cases of matrix products and convolutions. */
#ifndef DRAWN_PRODUCTS_H
#define DRAWN_PRODUCTS_H

#include "depthwise.h"
#include "depthwise16.h"
#include "drawn.h"
#include "gemm16.h"

/* Returns weights (outputs, depth) packed in panels and groups, zero beyond both. */
static int8_t *draw_weights(int64_t outputs, int64_t depth, int64_t group)
{
    int64_t panels = (outputs + INTACT_PANEL - 1) / INTACT_PANEL, groups = (depth + group - 1) / group;
    int8_t *weights = array(panels * groups * INTACT_PANEL * group);
    fill(weights, panels * groups * INTACT_PANEL * group, 1);
    for (int64_t n = 0; n < panels * INTACT_PANEL; n++) {
        int8_t *panel = weights + n / INTACT_PANEL * groups * INTACT_PANEL * group;
        for (int64_t k = n < outputs ? depth : 0; k < groups * group; k++)
            panel[(k / group * INTACT_PANEL + n % INTACT_PANEL) * group + k % group] = 0;
    }
    return weights;
}

static void draw_gemm(intact_gemm *g, int64_t depth, int64_t outputs)
{
    int32_t *bias = array(padded(outputs) * 4);
    fill_bias(bias, padded(outputs));
    g->weights = draw_weights(outputs, depth, INTACT_GROUP);
    g->bias = bias, g->depth = depth, g->outputs = outputs;
    g->filter_offset = is_small || chance(2) ? 0 : between(-255, 255);
    draw_finish(&g->finish, outputs, depth, 8, draw_held(), 0);
}

static int64_t panels_of(int64_t outputs) { return (outputs + INTACT_PANEL - 1) / INTACT_PANEL; }

static application draw_dense(void)
{
    int64_t depth = size(chance(4) ? 2000 : 70), outputs = size(chance(4) ? 300 : 70), rows = size(150);
    intact_dense *p = new_params(sizeof *p);
    draw_gemm(&p->gemm, depth, outputs);
    p->rows = rows, p->by_panels = chance(2);
    application a = {.kernel = "dense", .params = p, .units = p->by_panels ? panels_of(outputs) : rows};
    give_bytes(&a, rows * depth);
    take(&a, rows * outputs);
    return a;
}

static application draw_convolve(void)
{
    intact_convolve *p = new_params(sizeof *p);
    int64_t positions = draw_window(&p->window, size(30), 1), outputs = size(70);
    int64_t depth = p->window.size[0] * p->window.size[1] * p->window.channels;
    draw_gemm(&p->gemm, depth, outputs);
    application a = {.kernel = "convolve", .params = p, .units = positions,
                     .scratch = INTACT_PIXELS * up_to(INTACT_GROUP, depth) + 64};
    give_bytes(&a, elements_of(&p->window));
    take(&a, positions * outputs);
    return a;
}

static application draw_depthwise(void)
{
    intact_depthwise *p = new_params(sizeof *p);
    p->multiplier = chance(3) ? size(9) : 1;
    int64_t positions = draw_window(&p->window, size(200), 1), outputs = p->window.channels * p->multiplier;
    int64_t places = p->window.size[0] * p->window.size[1];
    int8_t *weights = array(places * padded(outputs));
    int32_t *bias = array(padded(outputs) * 4), *offset = array(padded(outputs) * 4);
    fill(weights, places * padded(outputs), 1);
    fill_bias(bias, padded(outputs));
    for (int64_t n = 0; n < padded(outputs); n++)
        offset[n] = draw() % 3 ? 0 : (int32_t)(draw() % 511) - 255;
    p->weights = weights, p->bias = bias, p->offset = chance(3) ? offset : NULL;
    draw_finish(&p->finish, outputs, places, 8, draw_held(), 0);
    application a = {.kernel = "depthwise", .params = p, .units = p->window.images * p->window.positions[0],
                     .scratch = p->window.extent[1] * p->window.channels + 64};
    if (p->multiplier != 1)
        a.scratch = p->window.extent[1] * outputs * ((INTACT_WIDENED - 1) * p->window.stride[0] +
                                                     (p->window.size[0] - 1) * p->window.dilation[0] + 2) + 128;
    give_bytes(&a, elements_of(&p->window));
    take(&a, positions * outputs);
    return a;
}

static int64_t magnitude(int64_t number) { return number < 0 ? -number : number; }

/* Fills a bias of 64 bits, some of whose sums leave 32. */
static void fill_wide_bias(int64_t *bias, int64_t count)
{
    int64_t most = is_small ? 50 : chance(4) ? INT64_C(1) << 38 : 1 << 20;
    for (int64_t n = 0; n < count; n++)
        bias[n] = (int64_t)(draw() % (uint64_t)(2 * most + 1)) - most;
}

static int64_t weight_at(const intact_gemm16 *g, int64_t output, int64_t term)
{
    const int64_t panel = INTACT_PANEL, group = INTACT_GROUP16, groups = (g->depth + group - 1) / group;
    return g->weights[((output / panel * groups + term / group) * panel + output % panel) * group + term % group];
}

/* Returns whether int32 holds every sum of `block` terms, whatever the input. */
static int holds(const intact_gemm16 *g, int64_t block)
{
    for (int64_t n = 0; n < g->outputs; n++)
        for (int64_t first = 0; first < g->depth; first += block) {
            int64_t sum = 0;
            for (int64_t k = first; k < g->depth && k < first + block; k++)
                sum += magnitude(weight_at(g, n, k));
            if (sum << 15 > INT32_MAX)
                return 0;
        }
    return 1;
}

static void draw_gemm16(intact_gemm16 *g, int64_t depth, int64_t outputs)
{
    int64_t *bias = array(padded(outputs) * 8);
    fill_wide_bias(bias, padded(outputs));
    g->weights = draw_weights(outputs, depth, INTACT_GROUP16);
    g->bias = bias, g->depth = depth, g->outputs = outputs;
    g->filter_offset = chance(2) ? 0 : between(-255, 255);
    g->narrow = 1;
    for (int64_t n = 0; n < outputs; n++) {
        int64_t sum = 0;
        for (int64_t k = 0; k < depth; k++)
            sum += magnitude(weight_at(g, n, k) + g->filter_offset);
        g->narrow &= (sum << 15) + magnitude(bias[n]) <= INT32_MAX;
    }
    for (int64_t blocks = 1; !g->block || !holds(g, g->block); blocks++)
        g->block = (depth + blocks * INTACT_GROUP16 - 1) / (blocks * INTACT_GROUP16) * INTACT_GROUP16;
    draw_finish(&g->finish, outputs, depth * 256, 16, 0, chance(2));
}

static application draw_dense16(void)
{
    int64_t depth = size(chance(4) ? 1500 : 70), outputs = size(70), rows = size(100);
    intact_dense16 *p = new_params(sizeof *p);
    draw_gemm16(&p->gemm, depth, outputs);
    p->rows = rows, p->by_panels = chance(2);
    application a = {.kernel = "dense16", .params = p, .units = p->by_panels ? panels_of(outputs) : rows};
    give_words(&a, rows * depth);
    take(&a, 2 * rows * outputs);
    return a;
}

static application draw_convolve16(void)
{
    intact_convolve16 *p = new_params(sizeof *p);
    int64_t channels = size(30), positions = draw_window(&p->window, 2 * channels, 1), outputs = size(70);
    int64_t depth = p->window.size[0] * p->window.size[1] * channels;
    p->window.filler = 0;
    draw_gemm16(&p->gemm, depth, outputs);
    application a = {.kernel = "convolve16", .params = p, .units = positions, .scratch = INTACT_PIXELS * depth * 2};
    give_words(&a, elements_of(&p->window) / 2);
    take(&a, 2 * positions * outputs);
    return a;
}

static application draw_depthwise16(void)
{
    intact_depthwise16 *p = new_params(sizeof *p);
    p->multiplier = chance(3) ? size(9) : 1;
    int64_t positions = draw_window(&p->window, size(100), 1), outputs = p->window.channels * p->multiplier;
    int64_t places = p->window.size[0] * p->window.size[1], *bias = array(padded(outputs) * 8);
    int8_t *weights = array(places * padded(outputs));
    p->window.filler = chance(2) ? 0 : between(INT16_MIN, INT16_MAX);
    fill(weights, places * padded(outputs), 1);
    fill_wide_bias(bias, padded(outputs));
    p->weights = weights, p->bias = bias, p->narrow = 1;
    for (int64_t n = 0; n < outputs; n++) {
        int64_t sum = 0;
        for (int64_t place = 0; place < places; place++)
            sum += magnitude(weights[place * padded(outputs) + n]);
        p->narrow &= (sum << 16) + magnitude(bias[n]) <= INT32_MAX;
    }
    draw_finish(&p->finish, outputs, places * 256, 16, 0, chance(2));
    application a = {.kernel = "depthwise16", .params = p, .units = positions,
                     .scratch = 8 * INTACT_STRIP * (places + 1) + 2 * outputs};
    if (p->multiplier != 1)
        a.scratch += 2 * p->window.size[0] * p->window.extent[1] * outputs + 64;
    give_words(&a, elements_of(&p->window));
    take(&a, 2 * positions * outputs);
    return a;
}

#endif
