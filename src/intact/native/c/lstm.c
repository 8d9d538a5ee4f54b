/* The definition of lstm.h. */
#include "lstm.h"

#include <string.h>

#include "fixed16.h"
#include "fixed_point.h"
#include "gemm.h"

/* Returns number / 2^bits, halves away from zero. */
static int64_t divided(int64_t number, int64_t bits)
{
    int64_t half = bits ? INT64_C(1) << (bits - 1) : 0;
    return number < 0 ? -((-number + half) >> bits) : (number + half) >> bits;
}

int64_t intact_scaled(int64_t number, intact_factor factor)
{
    int64_t x = factor.left ? intact_wrap((int64_t)((uint64_t)number << factor.left)) : number;
    return divided(intact_high_product(x, factor.multiplier), factor.right);
}

static int64_t sat8(int64_t number) { return number < INT8_MIN ? INT8_MIN : number > INT8_MAX ? INT8_MAX : number; }

static int64_t limited(int64_t number, int64_t low, int64_t high)
{
    return number < low ? low : number > high ? high : number;
}

static void scale(const intact_product *p, const int32_t *sums, int64_t count, int adds, int16_t *out, int64_t place,
                  int64_t width)
{
    for (int64_t row = 0; row < count; row++, out += width) {
        for (int64_t panel = 0; panel < p->matrix.panels; panel++) {
            int16_t *to = out + panel / p->each * place + panel % p->each * INTACT_PANEL;
            for (int64_t n = 0; n < INTACT_PANEL; n++) {
                int64_t number = intact_scaled(*sums++, p->factors[panel]);
                to[n] = intact_sat16(adds ? to[n] + number : number);
            }
        }
    }
}

static void remember(const intact_lstm *p, int16_t *gates, int16_t *cell)
{
    for (int64_t c = 0; c < p->cells; c++) {
        int32_t forget = intact_logistic16(gates[INTACT_FORGET * p->place + c]);
        int32_t enter = p->gates == INTACT_GATES ? intact_logistic16(gates[INTACT_INPUT * p->place + c]) : INT16_MAX - forget;
        int32_t modulation = intact_tanh16(gates[INTACT_CELL * p->place + c], 3);
        /* Neither number leaves 16 bits. */
        int64_t sum = divided(forget * cell[c], 15) + divided(enter * modulation, p->added_shift);
        cell[c] = (int16_t)limited(intact_sat16(sum), p->cell_low, p->cell_high);
    }
}

static void show(const intact_lstm *p, int16_t *gate, const int16_t *cell, uint8_t *hidden)
{
    for (int64_t c = 0; c < p->cells; c++) {
        int32_t shown = intact_logistic16(gate[c]) * intact_tanh16(cell[c], (int)p->integer_bits);
        hidden[c] = (uint8_t)(sat8(intact_scaled(shown, p->hidden_factor) + p->hidden_zero_point) + 128);
    }
}

/* Adds what a gate sees of the cell state. LiteRT takes the hidden state's width for that of the cell state, so that of
 * what lies in memory only the first numbers are added to, with the weights anew after each `width` of them: of the
 * whole batch where that is computed `together`, else of each row. */
static void peep(const intact_lstm *p, const intact_peephole *peephole, int64_t row, int16_t *gate, const int16_t *cell)
{
    int64_t first = p->together ? row * p->cells : 0, reach = p->together ? p->batch * p->width : p->width;
    for (int64_t c = 0; c < p->cells && first + c < reach; c++) {
        int32_t weighted = peephole->weights[(first + c) % p->width] * cell[c];
        gate[c] = intact_sat16(gate[c] + intact_scaled(weighted, peephole->factor));
    }
}

static void finish_gate(const intact_lstm *p, int gate, int64_t row, int16_t *gates, const int16_t *cell)
{
    int16_t *numbers = gates + gate * p->place;
    if (p->peepholes[gate].weights)
        peep(p, &p->peepholes[gate], row, numbers, cell);
    if (p->norms[gate].weights)
        intact_normalize(&p->norms[gate], numbers, p->cells);
}

/* Where things are in a thread's memory. */
typedef struct {
    int32_t *sums;
    int16_t *gates, *cell, *numbers;
    uint8_t *hidden, *shown;
} workplace;

static workplace places(const intact_lstm *p, void *scratch)
{
    int64_t all = INTACT_STEPS * p->gates * p->place;
    workplace w = {.sums = scratch};
    w.gates = (int16_t *)(w.sums + all);
    w.cell = w.gates + all;
    w.numbers = w.cell + p->place;
    w.hidden = (uint8_t *)(w.numbers + p->place);
    w.shown = w.hidden + (p->width + 63) / 64 * 64;
    return w;
}

static void project(const intact_lstm_parts *parts, const intact_lstm *p, const workplace *w)
{
    parts->sums(&p->projection.matrix, w->shown, 0, 1, w->sums);
    parts->scale(&p->projection, w->sums, 1, 0, w->numbers, p->place, p->place);
    for (int64_t n = 0; n < p->width; n++) {
        int64_t number = limited(sat8(w->numbers[n] + p->output_zero_point), p->output_low, p->output_high);
        w->hidden[n] = (uint8_t)(number + 128);
    }
}

/* Does one step, for the gates to which the input has been added. */
static void step(const intact_lstm_parts *parts, const intact_lstm *p, const workplace *w, int64_t row, int16_t *gates)
{
    parts->sums(&p->recurrent.matrix, w->hidden, 0, 1, w->sums);
    parts->scale(&p->recurrent, w->sums, 1, 1, gates, p->place, 0);
    for (int gate = 0; gate < p->gates; gate++)
        if (gate != INTACT_OUTPUT)
            finish_gate(p, gate, row, gates, w->cell);
    parts->remember(p, gates, w->cell);
    finish_gate(p, INTACT_OUTPUT, row, gates, w->cell);
    int projects = p->projection.matrix.panels > 0;
    parts->show(p, gates + INTACT_OUTPUT * p->place, w->cell, projects ? w->shown : w->hidden);
    if (projects)
        project(parts, p, w);
}

void intact_lstm_with(const intact_lstm_parts *parts, const intact_lstm *p, const void *const *in, void *const *out,
                      void *scratch, int64_t begin, int64_t end)
{
    int64_t all = p->gates * p->place, next = p->time_stride * p->input.matrix.depth;
    workplace w = places(p, scratch);
    for (int64_t row = begin; row < end; row++) {
        const uint8_t *x = (const uint8_t *)in[0] + row * p->batch_stride * p->input.matrix.depth;
        uint8_t *y = (uint8_t *)out[0] + row * p->batch_stride * p->width;
        memcpy(w.hidden, (const uint8_t *)in[1] + row * p->width, (size_t)p->width);
        memcpy(w.cell, (const int16_t *)in[2] + row * p->cells, (size_t)p->cells * sizeof *w.cell);
        for (int64_t time = 0; time < p->steps; time++) {
            if (time % INTACT_STEPS == 0) {
                int64_t count = p->steps - time < INTACT_STEPS ? p->steps - time : INTACT_STEPS;
                parts->sums(&p->input.matrix, x + time * next, next, count, w.sums);
                parts->scale(&p->input, w.sums, count, 0, w.gates, p->place, all);
            }
            step(parts, p, &w, row, w.gates + time % INTACT_STEPS * all);
            memcpy(y + time * p->time_stride * p->width, w.hidden, (size_t)p->width);
        }
        memcpy((uint8_t *)out[1] + row * p->width, w.hidden, (size_t)p->width);
        memcpy((int16_t *)out[2] + row * p->cells, w.cell, (size_t)p->cells * sizeof *w.cell);
    }
}

void intact_lstm_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    static const intact_lstm_parts parts = {intact_sums_scalar, scale, remember, show};
    intact_lstm_with(&parts, params, in, out, scratch, begin, end);
}
