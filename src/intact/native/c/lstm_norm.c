/* Layer normalization of an LSTM's gate: coefficient * (gate - mean) / deviation + bias, in integers.
 *
 * The steps and where each fraction is dropped are those of LayerNorm in src/intact/arith/lstm_gate.py, the root is that
 * of src/intact/arith/roots.py. */
#include "fixed_point.h"
#include "lstm.h"
#include "requantize.h"

#define HALF_ROOT 1518500250 /* round(2^31 * sqrt(1/2)) */

/* Returns 1 / sqrt(number) as a factor, for a number from 1 to 2^31 - 1: Newton's steps on a number from 1/4 to 1. */
static intact_factor inverse_root(int64_t number)
{
    if (number == 1)
        return (intact_factor){INT32_MAX, 0, 0};
    int right = 11;
    for (; number >= 1 << 29; right++)
        number /= 4;
    for (; number < 1 << 27; right--)
        number *= 4;
    int64_t x = number >> 1, half = (x + 1) >> 1, y = 1 << 28;
    for (int i = 0; i < 5; i++) {
        int64_t cube = intact_shifted_left(intact_high_product(intact_high_product(y, y), y), 6);
        int64_t more = intact_high_product(y, (1 << 28) + (1 << 27)), less = intact_high_product(half, cube);
        y = intact_shifted_left(more - less, 3);
    }
    int64_t root = intact_high_product(y, HALF_ROOT);
    return right < 0 ? (intact_factor){(int32_t)(root << -right), 0, 0} : (intact_factor){(int32_t)root, 0, right};
}

void intact_normalize(const intact_norm *norm, int16_t *gate, int64_t cells)
{
    int64_t sum = 0, squares = 0;
    for (int64_t c = 0; c < cells; c++) {
        sum += gate[c];
        squares += gate[c] * gate[c];
    }
    int64_t mean = sum * 1024 / cells;
    int64_t variance = (squares * ((1 << 20) / cells) - mean * mean) / (1 << 20);
    intact_factor root = inverse_root(variance < 1 ? norm->guard : variance);
    for (int64_t c = 0; c < cells; c++) {
        int64_t normal = intact_scaled(1024 * gate[c] - mean, root);
        int64_t weighted = intact_wrap(normal * norm->weights[c] + norm->bias[c]);
        int64_t rounded = (weighted + (weighted > 0 ? 512 : -512)) / 1024;
        gate[c] = intact_sat16(intact_scaled(rounded, norm->factor));
    }
}
