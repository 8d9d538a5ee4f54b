/* gemm16.h with dot products of 2 numbers (AVX-512 VNNI).
 *
 * A tile is `height` rows by `panels` panels, whose sums stay in registers over all terms: for each group of 2 terms
 * one broadcast a row, and one load a panel that widens 32 weights. Its sums go through memory, so that requantization
 * is not part of every tile.
 */
#include <string.h>

#include "avx512.h"
#include "finish16.h"
#include "gemm16_tiles.h"

#define MOST INTACT_TALLEST16
#define WIDEST INTACT_WIDEST16

/* [panel][row][16] */
typedef int32_t sums32[WIDEST * MOST * INTACT_PANEL];
typedef int64_t sums64[WIDEST * MOST * INTACT_PANEL];

/* Adds the products of one group, or of the one term that is left over. */
INLINE void add_group(const intact_gemm16 *g, const int16_t *in, const int8_t *weights, int64_t groups,
                      __m512i acc[MOST][WIDEST], const int height, const int panels, const size_t terms)
{
    __m512i w[WIDEST];
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++)
        w[p] = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(weights + p * groups * 32)));
#pragma GCC unroll 12
    for (int i = 0; i < height; i++) {
        int32_t two = 0;
        memcpy(&two, in + i * g->depth, terms * sizeof *in);
        __m512i a = _mm512_set1_epi32(two);
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++)
            acc[i][p] = _mm512_dpwssd_epi32(acc[i][p], a, w[p]);
    }
}

/* Sums the terms begin to end; begin is a multiple of groups. */
INLINE void tile(const intact_gemm16 *g, const int16_t *in, int64_t panel, int64_t begin, int64_t end, int32_t *sums,
                 const int height, const int panels)
{
    int64_t groups = (g->depth + INTACT_GROUP16 - 1) / INTACT_GROUP16;
    const int8_t *weights = g->weights + panel * groups * 32;
    __m512i acc[MOST][WIDEST];
#pragma GCC unroll 12
    for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++)
            acc[i][p] = _mm512_setzero_si512();
    int64_t k = begin;
    for (; k + INTACT_GROUP16 <= end; k += INTACT_GROUP16)
        add_group(g, in + k, weights + k * INTACT_PANEL, groups, acc, height, panels, INTACT_GROUP16);
    if (k < end)
        add_group(g, in + k, weights + k * INTACT_PANEL, groups, acc, height, panels, 1);
#pragma GCC unroll 12
    for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++)
            _mm512_storeu_si512(sums + (p * height + i) * INTACT_PANEL, acc[i][p]);
}

#define TILE(height, panels)                                                                                     \
    static void tile_##height##x##panels(const intact_gemm16 *g, const int16_t *in, int64_t panel, int64_t begin, \
                                         int64_t end, int32_t *sums)                                             \
    {                                                                                                            \
        tile(g, in, panel, begin, end, sums, height, panels);                                                    \
    }
TILE(12, 1) TILE(12, 2) TILE(6, 1) TILE(6, 2) TILE(6, 4) TILE(4, 1) TILE(4, 2) TILE(4, 4)
TILE(2, 1) TILE(2, 2) TILE(2, 4) TILE(1, 1) TILE(1, 2) TILE(1, 4)

static const intact_tile16 tiles[] = {
    {12, 2, tile_12x2}, {12, 1, tile_12x1}, {6, 4, tile_6x4}, {6, 2, tile_6x2}, {6, 1, tile_6x1},
    {4, 4, tile_4x4},   {4, 2, tile_4x2},   {4, 1, tile_4x1}, {2, 4, tile_2x4}, {2, 2, tile_2x2},
    {2, 1, tile_2x1},   {1, 4, tile_1x4},   {1, 2, tile_1x2}, {1, 1, tile_1x1},
};

const intact_tile16 *intact_tile16_for(int64_t rows, int panels)
{
    const intact_tile16 *t = tiles;
    while (t->height > rows || t->panels != panels)
        t++;
    return t;
}

/* Adds biases and what the filter's offset makes to sums of 32 bits, which wrap. */
static void complete(const intact_gemm16 *g, int64_t panel, int panels, int height, const int64_t *totals,
                     int32_t *sums)
{
    for (int p = 0; p < panels; p++) {
        const int64_t *bias = g->bias + (panel + p) * INTACT_PANEL;
        __m512i offset = _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(_mm512_loadu_si512(bias))),
                                            _mm512_cvtepi64_epi32(_mm512_loadu_si512(bias + 8)), 1);
        for (int i = 0; i < height; i++, sums += INTACT_PANEL) {
            __m512i more = _mm512_set1_epi32((int32_t)(uint32_t)(uint64_t)(g->filter_offset * totals[i]));
            _mm512_storeu_si512(sums, _mm512_add_epi32(_mm512_loadu_si512(sums), _mm512_add_epi32(offset, more)));
        }
    }
}

/* The same in 64 bits: the sums begin with these. */
static void begin_wide(const intact_gemm16 *g, int64_t panel, int panels, int height, const int64_t *totals,
                       int64_t *sums)
{
    for (int p = 0; p < panels; p++)
        for (int i = 0; i < height; i++, sums += INTACT_PANEL)
            for (int n = 0; n < INTACT_PANEL; n++)
                sums[n] = intact_wrap64((uint64_t)g->bias[(panel + p) * INTACT_PANEL + n] +
                                        (uint64_t)(g->filter_offset * totals[i]));
}

static void add_wide(const int32_t *block, int64_t count, int64_t *sums)
{
    for (int64_t n = 0; n < count; n += 8) {
        __m512i more = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(block + n)));
        _mm512_storeu_si512(sums + n, _mm512_add_epi64(_mm512_loadu_si512(sums + n), more));
    }
}

static void do_tile(const intact_gemm16 *g, const intact_tile16 *t, const int16_t *in, int64_t panel,
                    const int64_t *totals, int16_t *out)
{
    int height = t->height, panels = t->panels, wide = g->finish.wide && !g->narrow;
    sums32 sums;
    sums64 more;
    if (wide) {
        begin_wide(g, panel, panels, height, totals, more);
        for (int64_t k = 0; k < g->depth; k += g->block) {
            t->run(g, in, panel, k, k + g->block < g->depth ? k + g->block : g->depth, sums);
            add_wide(sums, panels * height * INTACT_PANEL, more);
        }
    } else {
        t->run(g, in, panel, 0, g->depth, sums);
        complete(g, panel, panels, height, totals, sums);
    }
    for (int p = 0; p < panels; p++) {
        int64_t first = (panel + p) * INTACT_PANEL, at = p * height * INTACT_PANEL;
        int64_t count = g->outputs - first < INTACT_PANEL ? g->outputs - first : INTACT_PANEL;
        if (wide)
            intact_finish16_wide_avx512(&g->finish, first, count, height, more + at, out + first, g->outputs);
        else
            intact_finish16_avx512(&g->finish, first, count, height, sums + at, out + first, g->outputs);
    }
}

/* Does up to INTACT_PIXELS rows at panels first to last. */
static void do_block(const intact_gemm16 *g, const int16_t *in, int16_t *out, int64_t rows, int64_t first, int64_t last)
{
    int64_t totals[INTACT_PIXELS] = {0};
    if (g->filter_offset)
        for (int64_t row = 0; row < rows; row++)
            for (int64_t k = 0; k < g->depth; k++)
                totals[row] += in[row * g->depth + k];
    for (int64_t panel = first; panel < last;) {
        int panels = rows < MOST && last - panel >= 4 ? 4 : last - panel >= 2 ? 2 : 1;
        const intact_tile16 *t;
        for (int64_t row = 0; row < rows; row += t->height) {
            t = intact_tile16_for(rows - row, panels);
            do_tile(g, t, in + row * g->depth, panel, totals + row, out + row * g->outputs);
        }
        panel += panels;
    }
}

static void do_rows(const intact_gemm16 *g, const int16_t *in, int16_t *out, int64_t rows, int64_t first, int64_t last)
{
    for (int64_t row = 0; row < rows; row += INTACT_PIXELS) {
        int64_t count = rows - row < INTACT_PIXELS ? rows - row : INTACT_PIXELS;
        do_block(g, in + row * g->depth, out + row * g->outputs, count, first, last);
    }
}

void intact_dense16_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    const intact_dense16 *p = params;
    const intact_gemm16 *g = &p->gemm;
    (void)scratch;
    if (p->by_panels)
        do_rows(g, in[0], out[0], p->rows, begin, end);
    else
        do_rows(g, (const int16_t *)in[0] + begin * g->depth, (int16_t *)out[0] + begin * g->outputs, end - begin, 0,
                (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL);
}

void intact_convolve16_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_convolve16 *p = params;
    const intact_gemm16 *g = &p->gemm;
    for (int64_t at = begin; at < end; at += INTACT_PIXELS) {
        int64_t count = end - at < INTACT_PIXELS ? end - at : INTACT_PIXELS;
        intact_gather(&p->window, in[0], scratch, g->depth * (int64_t)sizeof(int16_t), at, at + count);
        do_rows(g, scratch, (int16_t *)out[0] + at * g->outputs, count, 0,
                (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL);
    }
}
