/* gemm.h with dot products of 4 bytes (AVX-512 VNNI).
 *
 * A tile is `height` rows by up to 4 panels, whose sums stay in registers over all terms: for each group of 4 terms one
 * broadcast a row, one load a panel, and height * panels multiply-accumulates of 64 products. Panels are taken in groups
 * whose weights stay in the first-level cache while all rows of a block pass.
 */
#include <string.h>

#include "avx512.h"
#include "gemm.h"

#define MOST 12 /* rows of a tile */

typedef struct {
    const intact_gemm *gemm;
    const uint8_t *in;
    int64_t stride; /* from one row to the next */
    int64_t whole;  /* groups of terms that may be read whole */
    uint8_t *out;
    const int32_t *totals; /* sums of the rows' terms, where filter_offset is not 0 */
    enum rounding rounding;
    const channels16 *channels; /* of each panel */
    ends8 ends;
} block;

static __attribute__((noinline)) void finish_one_by_one(const intact_gemm *g, const int32_t *sums, uint8_t *out,
                                                        int64_t first, int64_t count)
{
    for (int64_t n = 0; n < count; n++)
        out[n] = (uint8_t)intact_requantize_one(&g->finish, first + n, sums[n]);
}

/* Sixteen sums a panel become bytes. */
INLINE void finish_row(const block *b, int panels, const __m512i *acc, uint8_t *out, int64_t first, enum rounding rounding)
{
    const intact_gemm *g = b->gemm;
    int64_t count = g->outputs - first < panels * INTACT_PANEL ? g->outputs - first : panels * INTACT_PANEL;
    if (rounding == ONE_BY_ONE) {
        int32_t sums[4 * INTACT_PANEL];
        for (int p = 0; p < panels; p++)
            _mm512_storeu_si512(sums + p * INTACT_PANEL, acc[p]);
        finish_one_by_one(g, sums, out, first, count);
        return;
    }
    __m512i number[4];
#pragma GCC unroll 4
    for (int p = 0; p < 4; p++)
        number[p] = p < panels ? rounded16(acc[p], &b->channels[first / INTACT_PANEL + p], rounding) : _mm512_setzero_si512();
    __m512i bytes = bytes_of(number[0], number[1], number[2], number[3], &b->ends);
    bytes = _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
    _mm512_mask_storeu_epi8(out, count == 64 ? ~0ULL : (1ULL << count) - 1, bytes);
}

INLINE __m512i broadcast(const uint8_t *terms)
{
    int32_t four;
    memcpy(&four, terms, sizeof four);
    return _mm512_set1_epi32(four);
}

INLINE __m512i broadcast_rest(const uint8_t *terms, int64_t count)
{
    uint32_t four = terms[0];
    for (int64_t k = 1; k < count; k++)
        four |= (uint32_t)terms[k] << 8 * k;
    return _mm512_set1_epi32((int32_t)four);
}

INLINE void tile(const block *b, int64_t row, int64_t panel, const int height, const int panels)
{
    const intact_gemm *g = b->gemm;
    int64_t groups = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP, whole = b->whole;
    const int8_t *weights = g->weights + panel * groups * 64;
    const uint8_t *in = b->in + row * b->stride;
    __m512i acc[MOST][4];
#pragma GCC unroll 12
    for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++)
            acc[i][p] = _mm512_loadu_si512(g->bias + (panel + p) * INTACT_PANEL);
    for (int64_t k = 0; k < whole; k++) {
        __m512i w[4];
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++)
            w[p] = _mm512_loadu_si512(weights + (p * groups + k) * 64);
#pragma GCC unroll 12
        for (int i = 0; i < height; i++) {
            __m512i a = broadcast(in + i * b->stride + k * INTACT_GROUP);
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++)
                acc[i][p] = _mm512_dpbusd_epi32(acc[i][p], a, w[p]);
        }
    }
    if (whole < groups) {
#pragma GCC unroll 12
        for (int i = 0; i < height; i++) {
            __m512i a = broadcast_rest(in + i * b->stride + whole * INTACT_GROUP, g->depth - whole * INTACT_GROUP);
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++)
                acc[i][p] = _mm512_dpbusd_epi32(acc[i][p], a, _mm512_loadu_si512(weights + (p * groups + whole) * 64));
        }
    }
    int64_t first = panel * INTACT_PANEL;
    uint8_t *out = b->out + row * g->outputs + first;
    if (b->totals) {
#pragma GCC unroll 12
        for (int i = 0; i < height; i++) {
            __m512i extra = _mm512_set1_epi32((int32_t)((uint32_t)g->filter_offset * (uint32_t)b->totals[row + i]));
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++)
                acc[i][p] = _mm512_add_epi32(acc[i][p], extra);
        }
    }
#define FINISH(rounding)                        \
    case rounding:                              \
        _Pragma("GCC unroll 12")                \
        for (int i = 0; i < height; i++)        \
            finish_row(b, panels, acc[i], out + i * g->outputs, first, rounding); \
        return;
    switch (b->rounding) {
        FINISH(FIXED_UP) FINISH(FIXED_AWAY) FINISH(FLOAT_EVEN) FINISH(ONE_BY_ONE)
    }
#undef FINISH
}

#define TILE(height, panels)                                                                      \
    static void tile_##height##x##panels(const block *b, int64_t row, int64_t panel)              \
    {                                                                                             \
        tile(b, row, panel, height, panels);                                                      \
    }
TILE(1, 1) TILE(4, 1) TILE(8, 1) TILE(12, 1)
TILE(1, 2) TILE(2, 2) TILE(4, 2) TILE(8, 2) TILE(12, 2)
TILE(1, 3) TILE(2, 3) TILE(4, 3) TILE(6, 3) TILE(8, 3)
TILE(1, 4) TILE(2, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)

typedef void tile_function(const block *b, int64_t row, int64_t panel);

/* The heights that there are tiles of, by panels; each takes long to compile. */
static const struct {
    int count, heights[5];
    tile_function *tiles[5];
} sizes[4] = {
    {4, {1, 4, 8, 12}, {tile_1x1, tile_4x1, tile_8x1, tile_12x1}},
    {5, {1, 2, 4, 8, 12}, {tile_1x2, tile_2x2, tile_4x2, tile_8x2, tile_12x2}},
    {5, {1, 2, 4, 6, 8}, {tile_1x3, tile_2x3, tile_4x3, tile_6x3, tile_8x3}},
    {5, {1, 2, 4, 5, 6}, {tile_1x4, tile_2x4, tile_4x4, tile_5x4, tile_6x4}},
};

/* Does all rows at `width` panels. The last tile repeats rows of the one before it, where they are not a multiple. */
static void do_panels(const block *b, int64_t rows, int64_t panel, int width)
{
    const int *heights = sizes[width - 1].heights, most = heights[sizes[width - 1].count - 1];
    /* As many tiles as are needed, and those no higher than that takes. */
    int64_t count = (rows + most - 1) / most;
    int size = 0;
    while (heights[size] < (rows + count - 1) / count)
        size++;
    while (heights[size] > rows)
        size--;
    for (int64_t row = 0; row < rows; row += heights[size])
        sizes[width - 1].tiles[size](b, row + heights[size] > rows ? rows - heights[size] : row, panel);
}

static void do_block(const block *b, int64_t rows, int64_t first, int64_t last)
{
    int64_t left = last - first;
    for (int64_t panel = first; left > 0;) {
        /* Five panels are three and two, not four and one. */
        int width = left == 5 ? 3 : left == 6 || left == 9 ? 3 : left > 4 ? 4 : (int)left;
        do_panels(b, rows, panel, width);
        panel += width, left -= width;
    }
}

/* Sums of the terms of rows, as unsigned numbers. */
static void sum_rows(const uint8_t *in, int64_t stride, int64_t depth, int64_t rows, int32_t *totals)
{
    for (int64_t r = 0; r < rows; r++, in += stride) {
        __m512i sum = _mm512_setzero_si512();
        for (int64_t k = 0; k < depth; k += 64) {
            __mmask64 mask = depth - k >= 64 ? ~0ULL : (1ULL << (depth - k)) - 1;
            sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(mask, in + k), _mm512_setzero_si512()));
        }
        totals[r] = (int32_t)_mm512_reduce_add_epi64(sum);
    }
}

/* Does panels first to last of rows; between rows of `stride` bytes all may be read. */
static void do_rows(const intact_gemm *g, const uint8_t *in, int64_t stride, uint8_t *out, int64_t rows, int64_t first,
                    int64_t last)
{
    int32_t totals[INTACT_PIXELS];
    for (int64_t row = 0, blocks = (rows + INTACT_PIXELS - 1) / INTACT_PIXELS, count; row < rows; row += count, blocks--) {
        count = (rows - row + blocks - 1) / blocks;
        block b = {.gemm = g, .in = in + row * stride, .stride = stride, .whole = stride / INTACT_GROUP, .out = out + row * g->outputs,
                   .totals = g->filter_offset ? totals : NULL, .rounding = rounding_of(&g->finish),
                   .channels = g->prepared, .ends = read_ends(&g->finish)};
        if (b.totals)
            sum_rows(b.in, stride, g->depth, count, totals);
        do_block(&b, count, first, last);
    }
}

void intact_dense_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_dense *p = params;
    const intact_gemm *g = &p->gemm;
    (void)scratch;
    if (p->by_panels)
        do_rows(g, in[0], g->depth, out[0], p->rows, begin, end);
    else
        do_rows(g, (const uint8_t *)in[0] + begin * g->depth, g->depth, (uint8_t *)out[0] + begin * g->outputs,
                end - begin, 0, (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL);
}

/* intact_gather, with short rows of windows that lie within the image copied by one load and one store. */
static void gather(const intact_window *w, const uint8_t *images, uint8_t *rows, int64_t stride, int64_t begin, int64_t end)
{
    int64_t line = w->extent[1] * w->channels, width = w->size[1] * w->channels;
    if (width > 64 || w->dilation[1] != 1) {
        intact_gather(w, images, rows, stride, begin, end);
        return;
    }
    __mmask64 mask = width == 64 ? ~0ULL : (1ULL << width) - 1;
    while (begin < end) {
        int64_t x = begin % w->positions[1], y = begin / w->positions[1] % w->positions[0];
        int64_t top = y * w->stride[0] - w->before[0], reach = (w->size[0] - 1) * w->dilation[0];
        int64_t most = w->positions[1] - x < end - begin ? w->positions[1] - x : end - begin, count = 0;
        int64_t left = x * w->stride[1] - w->before[1];
        int inside = top >= 0 && top + reach < w->extent[0];
        const uint8_t *from =
            images + (begin / w->positions[1] / w->positions[0] * w->extent[0] + (inside ? top : 0)) * line;
        if (inside)
            for (; count < most && left >= 0 && left + w->size[1] <= w->extent[1]; count++, left += w->stride[1]) {
                uint8_t *to = rows + count * stride;
                for (int64_t i = 0; i < w->size[0]; i++, to += width)
                    _mm512_mask_storeu_epi8(
                        to, mask, _mm512_maskz_loadu_epi8(mask, from + i * w->dilation[0] * line + left * w->channels));
                for (uint8_t *rest = to; rest < rows + (count + 1) * stride; rest++)
                    *rest = 0;
            }
        if (!count)
            intact_gather(w, images, rows, stride, begin, begin + (count = 1));
        rows += count * stride, begin += count;
    }
}

void intact_convolve_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_convolve *p = params;
    const intact_gemm *g = &p->gemm;
    int64_t stride = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP * INTACT_GROUP;
    int64_t panels = (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL;
    for (int64_t at = begin; at < end; at += INTACT_PIXELS) {
        int64_t count = end - at < INTACT_PIXELS ? end - at : INTACT_PIXELS;
        gather(&p->window, in[0], scratch, stride, at, at + count);
        do_rows(g, scratch, stride, (uint8_t *)out[0] + at * g->outputs, count, 0, panels);
    }
}

size_t intact_gemm_prepare_vnni(const void *params, void *memory)
{
    static const uint8_t order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const intact_gemm *g = params;
    int64_t panels = (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL;
    channels16 *channels = memory;
    for (int64_t p = 0; memory && p < panels; p++)
        read_channels(&g->finish, p * INTACT_PANEL, order, &channels[p]);
    return (size_t)panels * sizeof *channels;
}
