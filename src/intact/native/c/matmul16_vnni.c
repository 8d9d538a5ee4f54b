/* matmul16.h with dot products of 2 numbers (AVX-512 VNNI).
 *
 * A number of y is 256 h + l + 128 with h and l of 8 signed bits, so its products are those of two columns of 8 bits,
 * by the tiles of gemm16_tiles.h: a panel of l and one of h. int32 holds sums of 510 such products; they are added in
 * 64 bits.
 */
#include <string.h>

#include "avx512.h"
#include "finish16.h"
#include "gemm16_tiles.h"
#include "matmul16.h"

#define BLOCK 510 /* terms: 510 * 128 * 32768 < 2^31 */
#define STEP (INTACT_PANEL * INTACT_GROUP16)

/* A panel of y, packed. */
typedef struct {
    intact_gemm16 gemm; /* its weights and its depth alone */
    int parts;          /* panels: l and h, or l alone */
    int64_t count;      /* columns */
    int64_t sums[INTACT_PANEL]; /* the biases, less x's zero point times the sums of the columns */
} panel;

static void pack(const intact_matmul16 *p, const void *const *in, int64_t at, int64_t first, int8_t *to, panel *made)
{
    int64_t depth = p->depth, groups = (depth + INTACT_GROUP16 - 1) / INTACT_GROUP16;
    int64_t along = p->batches.adjoint[1] ? 1 : p->outputs, across = p->batches.adjoint[1] ? depth : 1;
    made->parts = (int)p->bytes;
    made->count = p->outputs - first < INTACT_PANEL ? p->outputs - first : INTACT_PANEL;
    made->gemm = (intact_gemm16){.weights = to, .depth = depth};
    memset(to, 0, (size_t)(groups * STEP * p->bytes));
    int8_t *high = to + groups * STEP;
    for (int64_t n = 0; n < made->count; n++) {
        int64_t total = 0;
        for (int64_t k = 0; k < depth; k++) {
            int64_t from = at + k * along + (first + n) * across;
            int64_t place = k / INTACT_GROUP16 * STEP + n * INTACT_GROUP16 + k % INTACT_GROUP16;
            if (p->bytes == 1) {
                uint8_t number = ((const uint8_t *)in[1])[from];
                to[place] = (int8_t)(number - 128);
                total += number;
            } else {
                int16_t number = ((const int16_t *)in[1])[from];
                uint16_t bits = (uint16_t)number;
                to[place] = (int8_t)((bits & 0xFF) - 128);
                high[place] = (int8_t)((bits >> 8 ^ 0x80) - 128);
                total += number;
            }
        }
        uint64_t bias = (uint64_t)intact_bias16(p, p->bias_bytes ? in[2] : NULL, first + n);
        made->sums[n] = intact_wrap64(bias - (uint64_t)(p->zero_point[0] * (total - depth * p->zero_point[1])));
    }
    for (int64_t n = made->count; n < INTACT_PANEL; n++)
        made->sums[n] = 0;
}

/* Does up to a tile's rows; returns how many. */
static int64_t do_rows(const intact_matmul16 *p, const panel *y, const int16_t *x, int64_t rows, int64_t first,
                       int16_t *out)
{
    const intact_tile16 *t = intact_tile16_for(rows, y->parts);
    int64_t count = t->height, depth = p->depth;
    int64_t wide[INTACT_TALLEST16 * INTACT_PANEL];
    int32_t sums[2 * INTACT_TALLEST16 * INTACT_PANEL];
    for (int64_t i = 0; i < count; i++) {
        int64_t total = 0;
        for (int64_t k = 0; k < depth; k++)
            total += x[i * depth + k];
        int64_t more = total * (128 - p->zero_point[1]);
        for (int n = 0; n < INTACT_PANEL; n++)
            wide[i * INTACT_PANEL + n] = intact_wrap64((uint64_t)y->sums[n] + (uint64_t)more);
    }
    for (int64_t k = 0; k < depth; k += BLOCK) {
        t->run(&y->gemm, x, 0, k, k + BLOCK < depth ? k + BLOCK : depth, sums);
        for (int64_t n = 0; n < count * INTACT_PANEL; n += 8) {
            __m512i acc = _mm512_loadu_si512(wide + n);
            for (int i = 0; i < y->parts; i++) {
                const int32_t *part = sums + i * count * INTACT_PANEL + n;
                __m512i more = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)part));
                acc = _mm512_add_epi64(acc, i ? _mm512_slli_epi64(more, 8) : more);
            }
            _mm512_storeu_si512(wide + n, acc);
        }
    }
    if (p->finish.wide) {
        intact_finish16_wide_avx512(&p->finish, first, y->count, count, wide, out, p->outputs);
    } else {
        for (int64_t n = 0; n < count * INTACT_PANEL; n++)
            sums[n] = intact_wrap(wide[n]);
        intact_finish16_avx512(&p->finish, first, y->count, count, sums, out, p->outputs);
    }
    return count;
}

void intact_matmul16_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_matmul16 *p = params;
    int64_t panels = (p->outputs + INTACT_PANEL - 1) / INTACT_PANEL, before = -1;
    int64_t packed = (p->depth + INTACT_GROUP16 - 1) / INTACT_GROUP16 * STEP * 2;
    const int16_t *x = NULL;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t matrix = unit / panels, first = unit % panels * INTACT_PANEL;
        panel y;
        pack(p, in, intact_batch(&p->batches, 1, matrix), first, scratch, &y);
        if (matrix != before)
            x = intact_rows16(p, (const int16_t *)in[0] + intact_batch(&p->batches, 0, matrix),
                              (int16_t *)((char *)scratch + packed));
        before = matrix;
        int16_t *to = (int16_t *)out[0] + matrix * p->rows * p->outputs + first;
        for (int64_t row = 0; row < p->rows;)
            row += do_rows(p, &y, x + row * p->depth, p->rows - row, first, to + row * p->outputs);
    }
}
