/* The definition of argmax.h. */
#include "argmax.h"

#define BLOCK 256

/* Writes indices of some columns, from the first on. */
static void store(const intact_argmax *p, void *out, int64_t at, const int32_t *indices, int64_t columns)
{
    if (p->longs)
        for (int64_t i = 0; i < columns; i++)
            ((int64_t *)out)[at + i] = indices[i];
    else
        for (int64_t i = 0; i < columns; i++)
            ((int32_t *)out)[at + i] = indices[i];
}

/* What is turned over by `turn`, all bits or none, is larger where the number is smaller. */
static void bytes(const uint8_t *in, int64_t count, int64_t inner, int64_t columns, int32_t turn, int32_t *indices)
{
    uint8_t best[BLOCK];
    for (int64_t i = 0; i < columns; i++) {
        best[i] = (uint8_t)(in[i] ^ turn);
        indices[i] = 0;
    }
    for (int64_t k = 1; k < count; k++)
        for (int64_t i = 0; i < columns; i++) {
            uint8_t number = (uint8_t)(in[k * inner + i] ^ turn);
            indices[i] = number > best[i] ? (int32_t)k : indices[i];
            best[i] = number > best[i] ? number : best[i];
        }
}

static void doubles(const int32_t *in, int64_t count, int64_t inner, int64_t columns, int32_t turn, int32_t *indices)
{
    int32_t best[BLOCK];
    for (int64_t i = 0; i < columns; i++) {
        best[i] = in[i] ^ turn;
        indices[i] = 0;
    }
    for (int64_t k = 1; k < count; k++)
        for (int64_t i = 0; i < columns; i++) {
            int32_t number = in[k * inner + i] ^ turn;
            indices[i] = number > best[i] ? (int32_t)k : indices[i];
            best[i] = number > best[i] ? number : best[i];
        }
}

/* Returns the index along a row: the largest first, then where it is, as compilers vectorize no search for both. */
static int32_t in_row(const uint8_t *in, int64_t count, uint8_t turn)
{
    uint8_t best = 0;
    for (int64_t k = 0; k < count; k++) {
        uint8_t number = in[k] ^ turn;
        best = number > best ? number : best;
    }
    int32_t index = 0;
    while ((in[index] ^ turn) != best)
        index++;
    return index;
}

void VERSION(intact_argmax)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_argmax *p = params;
    int32_t indices[BLOCK], turn = p->smallest ? -1 : 0;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        if (!p->wide && p->inner == 1) {
            indices[0] = in_row((const uint8_t *)in[0] + unit * p->count, p->count, (uint8_t)turn);
            store(p, out[0], unit, indices, 1);
            continue;
        }
        for (int64_t first = 0; first < p->inner; first += BLOCK) {
            int64_t columns = p->inner - first < BLOCK ? p->inner - first : BLOCK;
            int64_t at = unit * p->count * p->inner + first;
            if (p->wide)
                doubles((const int32_t *)in[0] + at, p->count, p->inner, columns, turn, indices);
            else
                bytes((const uint8_t *)in[0] + at, p->count, p->inner, columns, turn, indices);
            store(p, out[0], unit * p->inner + first, indices, columns);
        }
    }
}
