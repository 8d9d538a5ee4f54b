/* The definition of sketch.h. */
#include "sketch.h"

#include <string.h>

enum { PLACES = 2 * (INTACT_SKETCH_SPAN + 1), BLOCK = 1024 };

/* Writes where each number of a block is counted; a loop that compilers vectorize. */
static void places(const float *numbers, int64_t count, int32_t top, int32_t span, int32_t *at)
{
    for (int64_t i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        int32_t below = top - ((bits & 0x7FFFFFFF) >> (23 - INTACT_SKETCH_BITS));
        at[i] = (below < span ? below : INTACT_SKETCH_SPAN) + (bits < 0 ? INTACT_SKETCH_SPAN + 1 : 0);
    }
}

static void count_block(const int32_t *at, int64_t count, uint32_t *tables)
{
    int64_t i = 0;
    for (; i + INTACT_SKETCH_TABLES <= count; i += INTACT_SKETCH_TABLES)
        for (int t = 0; t < INTACT_SKETCH_TABLES; t++)
            tables[t * PLACES + at[i + t]]++;
    for (; i < count; i++)
        tables[at[i]]++;
}

void VERSION(intact_sketch)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    /* So many numbers that no entry of a table can overflow. */
    const int64_t most = (int64_t)1 << 30;
    const intact_sketch *p = params;
    int64_t *counts = out[0];
    uint32_t *tables = scratch;
    int32_t at[BLOCK];
    /* Bucket 0 has 0 itself, which has no size to tell it by. */
    int32_t span = p->top < INTACT_SKETCH_SPAN ? (int32_t)p->top : INTACT_SKETCH_SPAN;
    (void)begin, (void)end;
    if (p->count <= BLOCK) { /* tables would cost more than they save */
        places(in[0], p->count, (int32_t)p->top, span, at);
        for (int64_t i = 0; i < p->count; i++)
            counts[at[i]]++;
        return;
    }
    for (int64_t first = 0; first < p->count; first += most) {
        int64_t last = p->count - first < most ? p->count : first + most;
        memset(tables, 0, INTACT_SKETCH_TABLES * PLACES * sizeof *tables);
        for (int64_t i = first; i < last; i += BLOCK) {
            int64_t count = last - i < BLOCK ? last - i : BLOCK;
            places((const float *)in[0] + i, count, (int32_t)p->top, span, at);
            count_block(at, count, tables);
        }
        for (int t = 0; t < INTACT_SKETCH_TABLES; t++)
            for (int i = 0; i < PLACES; i++)
                counts[i] += tables[t * PLACES + i];
    }
}
