/* lstm.h in vectors, for versions that define what fixed16_lanes.h asks for, HIGH_PRODUCT(a, b), the product of 32-bit
 * numbers by 2^31 to the nearest, halves up, where b is the same in all lanes, and VERSION. */
#ifndef INTACT_LSTM_LANES_H
#define INTACT_LSTM_LANES_H

#include <string.h>

#include "fixed16_lanes.h"
#include "lstm.h"

#define NUMBERS ((int64_t)(LANES / sizeof(int16_t)))

typedef int32_t lanes32 __attribute__((vector_size(LANES)));
typedef int16_t narrow16 __attribute__((vector_size(LANES / 2))); /* as many numbers as lanes32 has */
typedef uint8_t narrow8 __attribute__((vector_size(LANES / 4)));

INLINE lanes32 all32(int32_t number) { return number - (lanes32){0}; }

INLINE lanes32 limited32(lanes32 number, int32_t low, int32_t high)
{
    lanes32 above = number > high, below = number < low;
    number = (above & high) | (~above & number);
    return (below & low) | (~below & number);
}

INLINE lanes32 widened(const int16_t *numbers)
{
    narrow16 narrow;
    memcpy(&narrow, numbers, sizeof narrow);
    return __builtin_convertvector(narrow, lanes32);
}

INLINE void store_narrow(int16_t *to, lanes32 numbers)
{
    narrow16 narrow = __builtin_convertvector(numbers, narrow16);
    memcpy(to, &narrow, sizeof narrow);
}

/* Returns numbers / 2^bits, halves away from zero; less than 2^30 in magnitude. */
INLINE lanes32 divided32(lanes32 number, int bits) { return (number + (1 << (bits - 1)) + (number >> 31)) >> bits; }

/* intact_scaled of each. */
INLINE lanes32 scaled32(lanes32 number, intact_factor factor)
{
    lanes32 high = HIGH_PRODUCT(number << factor.left, all32(factor.multiplier));
    /* What is shifted out is compared with a half, as a sum with a half may leave 32 bits. */
    int32_t mask = (int32_t)((UINT32_C(1) << factor.right) - 1);
    lanes32 rest = high & mask, half = (mask >> 1) - (high >> 31);
    return (high >> factor.right) - (rest > half);
}

static void scale(const intact_product *p, const int32_t *sums, int64_t count, int adds, int16_t *out, int64_t place,
                  int64_t width)
{
    for (int64_t row = 0; row < count; row++, out += width) {
        for (int64_t panel = 0; panel < p->matrix.panels; panel++) {
            int16_t *to = out + panel / p->each * place + panel % p->each * INTACT_PANEL;
            for (int64_t n = 0; n < INTACT_PANEL; n += NUMBERS / 2, sums += NUMBERS / 2) {
                lanes32 number;
                memcpy(&number, sums, sizeof number);
                /* What is beyond 2^17 is beyond 16 bits with anything added that has 16 bits. */
                number = limited32(scaled32(number, p->factors[panel]), -(1 << 17), 1 << 17);
                if (adds)
                    number += widened(to + n);
                store_narrow(to + n, limited32(number, INT16_MIN, INT16_MAX));
            }
        }
    }
}

static void apply_logistic(int16_t *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i += NUMBERS) {
        lanes16 number;
        memcpy(&number, numbers + i, sizeof number);
        number = logistic_lanes(number);
        memcpy(numbers + i, &number, sizeof number);
    }
}

static void apply_tanh(const int16_t *numbers, int16_t *to, int64_t count, int integer_bits)
{
    for (int64_t i = 0; i < count; i += NUMBERS) {
        lanes16 number;
        memcpy(&number, numbers + i, sizeof number);
        number = tanh_lanes(number, integer_bits);
        memcpy(to + i, &number, sizeof number);
    }
}

static void remember(const intact_lstm *p, int16_t *gates, int16_t *cell)
{
    int16_t *forget = gates + INTACT_FORGET * p->place, *modulation = gates + INTACT_CELL * p->place;
    int16_t *enter = gates + INTACT_INPUT * p->place;
    int coupled = p->gates < INTACT_GATES;
    apply_logistic(forget, p->cells);
    apply_tanh(modulation, modulation, p->cells, 3);
    if (!coupled)
        apply_logistic(enter, p->cells);
    for (int64_t c = 0; c < p->cells; c += NUMBERS / 2) {
        lanes32 kept = widened(forget + c), added = coupled ? INT16_MAX - kept : widened(enter + c);
        lanes32 sum = divided32(kept * widened(cell + c), 15) +
                      divided32(added * widened(modulation + c), (int)p->added_shift);
        store_narrow(cell + c, limited32(sum, (int32_t)p->cell_low, (int32_t)p->cell_high));
    }
}

static void show(const intact_lstm *p, int16_t *gate, const int16_t *cell, uint8_t *hidden)
{
    int32_t zero = (int32_t)p->hidden_zero_point;
    apply_logistic(gate, p->cells);
    for (int64_t c = 0; c < p->cells; c += NUMBERS) {
        int16_t wide[LANES / sizeof(int16_t)];
        apply_tanh(cell + c, wide, NUMBERS, (int)p->integer_bits);
        for (int64_t i = 0; i < NUMBERS; i += NUMBERS / 2) {
            lanes32 shown = scaled32(widened(gate + c + i) * widened(wide + i), p->hidden_factor);
            shown = limited32(shown, INT8_MIN - zero, INT8_MAX - zero) + (zero + 128);
            narrow8 bytes = __builtin_convertvector(shown, narrow8);
            memcpy(hidden + c + i, &bytes, sizeof bytes);
        }
    }
}

void VERSION(intact_lstm)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    static const intact_lstm_parts parts = {VERSION(intact_sums), scale, remember, show};
    intact_lstm_with(&parts, params, in, out, scratch, begin, end);
}

#endif
