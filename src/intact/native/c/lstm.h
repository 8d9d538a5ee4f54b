/* Sequences of steps of an integer LSTM: 8-bit input and hidden state, 16-bit gates and cell state.
 *
 * With x and h the input and the hidden state as they are held, and `factor * number` rounded twice (intact_scaled):
 *
 *     gate = sat16(sat16(factor * (W x + b)) + factor * (R h + b))      Q3.12, of each of four gates
 *     gate = sat16(gate + factor * peephole * c)                        where there are peepholes
 *     gate = normalized(gate)                                           where there is layer normalization
 *     c = sat16(logistic(forget) * c / 2^15 + logistic(input) * tanh(cell) / 2^added_shift), clipped
 *     h = sat8(factor * (logistic(output) * tanh(c)) + zero point), projected once more where there is a projection
 *
 * The biases have the zero points folded in. Without an input gate logistic(input) is 32767 - logistic(forget). The
 * output gate's peephole sees the new c, the others the old one.
 *
 * Sources: src/intact/arith/lstm_gate.py and lstm_cell.py have the steps with where they are from.
 */
#ifndef INTACT_LSTM_H
#define INTACT_LSTM_H

#include "sums.h"

#define INTACT_STEPS 4 /* steps whose input is multiplied at a time */
#define INTACT_WIDE 32 /* numbers that the gates' places are multiples of */

enum intact_gate { INTACT_FORGET, INTACT_CELL, INTACT_OUTPUT, INTACT_INPUT, INTACT_GATES };

/* A real factor: multiplier / 2^31 * 2^(left - right), one of left and right 0. */
typedef struct {
    int32_t multiplier, left, right;
} intact_factor;

/* Weights of several gates, each from a panel of its own on, `each` panels of them. */
typedef struct {
    intact_matrix matrix;
    const intact_factor *factors; /* one a panel */
    int64_t each;
} intact_product;

typedef struct {
    const int16_t *weights; /* NULL where there is none */
    intact_factor factor;
} intact_peephole;

typedef struct {
    const int16_t *weights; /* NULL where there is none */
    const int32_t *bias;
    intact_factor factor; /* to Q3.12 */
    int64_t guard;        /* takes the place of a variance below 1 */
} intact_norm;

/* LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM. in: x, hidden state (batch, width), cell state (batch, cells); out: hidden
 * states of all steps, of the last one, its cell state. A unit is a row of the batch.
 * scratch: INTACT_STEPS times `gates` times `place` numbers of 32 bits, as many of 16 bits, two times `place` of these,
 * and (cells + width) bytes, each rounded up to 64. `place` is cells or width rounded up to INTACT_WIDE, the larger. */
typedef struct {
    intact_product input, recurrent, projection; /* a projection of no panels is none */
    intact_peephole peepholes[INTACT_GATES];
    intact_norm norms[INTACT_GATES];
    int64_t gates; /* 4, or 3 without an input gate */
    int64_t batch, steps, cells, width, place;
    int64_t time_stride, batch_stride; /* of x, in rows of input.matrix.depth bytes, and of the result in rows of `width` */
    int64_t together;                  /* peepholes of the whole batch lie in one row: see lstm.c */
    int64_t integer_bits;              /* of the cell state, 0 to 6 */
    int64_t added_shift;               /* 15 to 21 */
    int64_t cell_low, cell_high;
    intact_factor hidden_factor;
    int64_t hidden_zero_point, output_zero_point;
    int64_t output_low, output_high; /* of the projected hidden state */
} intact_lstm;

/* What versions do in their own way. */
typedef struct {
    intact_sums *sums;
    /* Makes of sums of `count` rows of x rows of `width` numbers: factor * sum, added to what is there where `adds`,
     * clamped to 16 bits. */
    void (*scale)(const intact_product *p, const int32_t *sums, int64_t count, int adds, int16_t *out, int64_t place,
                  int64_t width);
    /* Applies the functions of all gates but the output gate, and renews the cell state. */
    void (*remember)(const intact_lstm *p, int16_t *gates, int16_t *cell);
    /* Makes the hidden state before a projection, as it is held. May use the gate as it likes. */
    void (*show)(const intact_lstm *p, int16_t *gate, const int16_t *cell, uint8_t *hidden);
} intact_lstm_parts;

/* The kernel with given parts. */
void intact_lstm_with(const intact_lstm_parts *parts, const intact_lstm *p, const void *const *in, void *const *out,
                      void *scratch, int64_t begin, int64_t end);

/* Layer normalization of a gate, in place (lstm_norm.c). */
void intact_normalize(const intact_norm *norm, int16_t *gate, int64_t cells);

/* Returns number * factor: * 2^left wraps at 32 bits, * multiplier / 2^31 is rounded with halves up, / 2^right with
 * halves away from zero. */
int64_t intact_scaled(int64_t number, intact_factor factor);

static inline int16_t intact_sat16(int64_t number)
{
    return (int16_t)(number < INT16_MIN ? INT16_MIN : number > INT16_MAX ? INT16_MAX : number);
}

intact_kernel intact_lstm_scalar, intact_lstm_avx2, intact_lstm_vnni, intact_lstm_neon;

#endif
