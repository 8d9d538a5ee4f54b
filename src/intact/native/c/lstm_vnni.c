/* lstm.h with dot products of 4 bytes (AVX-512 VNNI). */
#include <immintrin.h>

static inline __m512i high_product(__m512i a, __m512i b)
{
    const __m512i half = _mm512_set1_epi64(1 << 30);
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(a, b), half);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), b), half);
    return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

#define LANES 64
#define PRODUCT(a, b) ((lanes16)_mm512_mulhrs_epi16((__m512i)(a), (__m512i)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)high_product((__m512i)(a), (__m512i)(b)))

#include "gemm.h"
#include "lstm_lanes.h"

/* How many panels are multiplied at a time: by one row, so many that a sum is ready again when it has its next turn; by
 * INTACT_STEPS rows, so many that the sums stay in registers. */
#define MOST 8
#define MOST_OF_ROWS 4

typedef struct {
    const intact_product *product;
    const uint8_t *rows;
    int64_t stride, groups;
    int adds;
    int16_t *out;
    int64_t place, width;
} job;

/* Adds the products of up to 4 terms of each row. */
INLINE void add_group(__m512i acc[INTACT_STEPS][MOST], const job *j, int64_t group, const int8_t *weights, size_t terms,
                      const int height, const int panels)
{
    __m512i w[MOST];
#pragma GCC unroll 8
    for (int n = 0; n < panels; n++)
        w[n] = _mm512_loadu_si512(weights + (n * j->groups + group) * INTACT_PANEL * INTACT_GROUP);
#pragma GCC unroll 4
    for (int i = 0; i < height; i++) {
        int32_t four = 0;
        memcpy(&four, j->rows + i * j->stride + group * INTACT_GROUP, terms);
#pragma GCC unroll 8
        for (int n = 0; n < panels; n++)
            acc[i][n] = _mm512_dpbusd_epi32(acc[i][n], _mm512_set1_epi32(four), w[n]);
    }
}

INLINE void tile(const job *j, int64_t panel, const int height, const int panels)
{
    const intact_product *p = j->product;
    const int8_t *weights = p->weights + panel * j->groups * INTACT_PANEL * INTACT_GROUP;
    int64_t whole = p->depth / INTACT_GROUP;
    __m512i acc[INTACT_STEPS][MOST];
#pragma GCC unroll 4
    for (int i = 0; i < height; i++)
#pragma GCC unroll 8
        for (int n = 0; n < panels; n++)
            acc[i][n] = _mm512_loadu_si512(p->bias + (panel + n) * INTACT_PANEL);
    for (int64_t k = 0; k < whole; k++)
        add_group(acc, j, k, weights, INTACT_GROUP, height, panels);
    if (whole < j->groups)
        add_group(acc, j, whole, weights, (size_t)(p->depth - whole * INTACT_GROUP), height, panels);
#pragma GCC unroll 4
    for (int i = 0; i < height; i++)
#pragma GCC unroll 8
        for (int n = 0; n < panels; n++) {
            int64_t at = panel + n;
            int16_t *to = j->out + i * j->width + at / p->each * j->place + at % p->each * INTACT_PANEL;
            store_sums(to, (lanes32)acc[i][n], p->factors[at], j->adds);
        }
}

static void tile_row(const job *j, int64_t panel) { tile(j, panel, 1, MOST); }
static void tile_row_by_one(const job *j, int64_t panel) { tile(j, panel, 1, 1); }
static void tile_rows(const job *j, int64_t panel) { tile(j, panel, INTACT_STEPS, MOST_OF_ROWS); }
static void tile_rows_by_one(const job *j, int64_t panel) { tile(j, panel, INTACT_STEPS, 1); }

static void products(const intact_product *p, const uint8_t *rows, int64_t stride, int64_t count, int adds, int16_t *out,
                     int64_t place, int64_t width)
{
    job j = {p, rows, stride, (p->depth + INTACT_GROUP - 1) / INTACT_GROUP, adds, out, place, width};
    if (count == INTACT_STEPS) {
        int64_t panel = 0;
        for (; panel + MOST_OF_ROWS <= p->panels; panel += MOST_OF_ROWS)
            tile_rows(&j, panel);
        for (; panel < p->panels; panel++)
            tile_rows_by_one(&j, panel);
        return;
    }
    for (int64_t row = 0; row < count; row++, j.rows += stride, j.out += width) {
        int64_t panel = 0;
        for (; panel + MOST <= p->panels; panel += MOST)
            tile_row(&j, panel);
        for (; panel < p->panels; panel++)
            tile_row_by_one(&j, panel);
    }
}

void intact_lstm_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                      int64_t end)
{
    static const intact_lstm_parts parts = {products, remember, show};
    intact_lstm_with(&parts, params, in, out, scratch, begin, end);
}
