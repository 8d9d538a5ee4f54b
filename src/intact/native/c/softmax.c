/* The definition of softmax.h. What a row's results are depends on the differences alone, so that of a long row they are
 * worked out once for each difference. */
#include "softmax.h"

#include "fixed_point.h"

#define LONG_ROW 512

static uint8_t largest(const uint8_t *row, int64_t depth)
{
    uint8_t found = 0;
    for (int64_t i = 0; i < depth; i++)
        found = row[i] > found ? row[i] : found;
    return found;
}

/* Writes results that are given for each difference. */
static void look_up(const int32_t *results, int32_t kind, const uint8_t *row, uint8_t top, void *to, int64_t depth)
{
    if (kind == INTACT_HELD)
        for (int64_t i = 0; i < depth; i++)
            ((uint8_t *)to)[i] = (uint8_t)results[top - row[i]];
    else
        for (int64_t i = 0; i < depth; i++)
            ((int16_t *)to)[i] = (int16_t)results[top - row[i]];
}

static void store(int32_t result, int32_t kind, void *to, int64_t at)
{
    if (kind == INTACT_HELD)
        ((uint8_t *)to)[at] = (uint8_t)result;
    else
        ((int16_t *)to)[at] = (int16_t)result;
}

static int32_t fixed_result(const intact_softmax_fixed *p, int64_t inverse, int right, uint8_t difference)
{
    int64_t most = p->result == INTACT_HELD ? 255 : 65535;
    int64_t found = (intact_high_product(inverse, p->powers[difference]) + ((int64_t)1 << (right - 1))) >> right;
    return (int32_t)((found > most ? most : found) - (p->result == INTACT_HELD ? 0 : 32768));
}

void VERSION(intact_softmax_fixed)(const void *params, const void *const *in, void *const *out, void *scratch,
                                   int64_t begin, int64_t end)
{
    const intact_softmax_fixed *p = params;
    int64_t depth = p->depth;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *row = (const uint8_t *)in[0] + unit * depth;
        void *to = (uint8_t *)out[0] + unit * depth * (p->result == INTACT_HELD ? 1 : 2);
        uint8_t top = largest(row, depth);
        uint32_t total = 0;
        for (int64_t i = 0; i < depth; i++)
            total += (uint32_t)p->terms[top - row[i]];
        int zeros = intact_leading_zeros(total);
        int64_t inverse = intact_one_over_one_plus(((int64_t)total << zeros) - ((int64_t)1 << 31));
        int right = 12 - zeros + 31 - (p->result == INTACT_HELD ? 8 : 16);
        if (p->doubts)
            ((uint8_t *)out[1])[unit] = right > 31;
        if (depth >= LONG_ROW) {
            int32_t results[256];
            for (int difference = 0; difference < 256; difference++)
                results[difference] = fixed_result(p, inverse, right, (uint8_t)difference);
            look_up(results, p->result, row, top, to, depth);
        } else {
            for (int64_t i = 0; i < depth; i++)
                store(fixed_result(p, inverse, right, (uint8_t)(top - row[i])), p->result, to, i);
        }
    }
}

static int32_t float_result(const intact_softmax_float *p, float inverse, uint8_t difference)
{
    float scaled = p->powers[difference] * inverse;
    int32_t whole = (int32_t)scaled;
    int32_t rounded = whole + (scaled - (float)whole >= 0.5f), cut = (int32_t)(scaled + 0.5f);
    int32_t found = (p->away ? rounded : cut) + p->zero_point;
    return found < p->low ? p->low : found > p->high ? p->high : found;
}

static void float_row(const intact_softmax_float *p, const uint8_t *row, uint8_t top, float total, void *to)
{
    float inverse = 1.0f / (total * p->scale);
    if (p->depth >= LONG_ROW) {
        int32_t results[256];
        for (int difference = 0; difference < 256; difference++)
            results[difference] = float_result(p, inverse, (uint8_t)difference);
        look_up(results, p->result, row, top, to, p->depth);
    } else {
        for (int64_t i = 0; i < p->depth; i++)
            store(float_result(p, inverse, (uint8_t)(top - row[i])), p->result, to, i);
    }
}

/* Four rows at a time: a sum that is to be added up in order waits for itself at each number. */
void VERSION(intact_softmax_float)(const void *params, const void *const *in, void *const *out, void *scratch,
                                   int64_t begin, int64_t end)
{
    const intact_softmax_float *p = params;
    int64_t depth = p->depth, width = p->result == INTACT_HELD ? 1 : 2;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit += 4) {
        const uint8_t *rows = (const uint8_t *)in[0] + unit * depth;
        uint8_t *to = (uint8_t *)out[0] + unit * depth * width;
        int64_t count = end - unit < 4 ? end - unit : 4;
        uint8_t tops[4];
        float totals[4] = {0};
        for (int64_t r = 0; r < count; r++)
            tops[r] = largest(rows + r * depth, depth);
        if (count == 4)
            for (int64_t i = 0; i < depth; i++)
                for (int64_t r = 0; r < 4; r++)
                    totals[r] += p->powers[tops[r] - rows[r * depth + i]];
        else
            for (int64_t r = 0; r < count; r++)
                for (int64_t i = 0; i < depth; i++)
                    totals[r] += p->powers[tops[r] - rows[r * depth + i]];
        for (int64_t r = 0; r < count; r++)
            float_row(p, rows + r * depth, tops[r], totals[r], to + r * depth * width);
    }
}

/* Returns the line of a table of 513 points at a number of 16 bits, as arith/lut.py, look_up16. */
static int32_t on_line(const int16_t *table, int32_t number)
{
    int32_t place = number + 32768, base = table[place >> 7];
    uint32_t slope = (uint32_t)table[(place >> 7) + 1] - (uint32_t)base;
    int32_t wrapped = (int32_t)((slope + 32768u) & 65535u) - 32768;
    int64_t sum = base + intact_floor_shift((int64_t)wrapped * (place & 127) + 64, 7);
    return (int32_t)(((uint64_t)sum + 32768u) & 65535u) - 32768;
}

void VERSION(intact_softmax_lines)(const void *params, const void *const *in, void *const *out, void *scratch,
                                   int64_t begin, int64_t end)
{
    const intact_softmax_lines *p = params;
    int64_t depth = p->depth;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        const int16_t *row = (const int16_t *)in[0] + unit * depth;
        int16_t *to = (int16_t *)out[0] + unit * depth;
        int32_t top = INT16_MIN;
        for (int64_t i = 0; i < depth; i++)
            top = row[i] > top ? row[i] : top;
        uint32_t total = 0;
        for (int64_t i = 0; i < depth; i++) {
            int32_t difference = top - row[i];
            to[i] = p->powers[difference > p->last ? p->last : difference];
            total += (uint32_t)to[i];
        }
        int zeros = intact_leading_zeros(total);
        int64_t shifted = (((int64_t)total << (zeros - 1)) + (1 << 13)) >> 14;
        int64_t t = shifted - (3 << 15);
        int32_t inverse = on_line(p->inverses, (int32_t)(t > INT16_MAX ? INT16_MAX : t));
        for (int64_t i = 0; i < depth; i++) {
            int64_t found = intact_floor_shift((int64_t)to[i] * inverse + ((int64_t)1 << (30 - zeros)), 31 - zeros);
            to[i] = (int16_t)(found < 0 ? 0 : found > INT16_MAX ? INT16_MAX : found);
        }
    }
}
