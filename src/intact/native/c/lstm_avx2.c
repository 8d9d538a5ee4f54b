/* lstm.h with products of pairs of 16-bit numbers (AVX2). */
#include <immintrin.h>

static inline __m256i high_product(__m256i a, __m256i b)
{
    const __m256i half = _mm256_set1_epi64x(1 << 30);
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
    __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), b), half);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
}

#define LANES 32
#define PRODUCT(a, b) ((lanes16)_mm256_mulhrs_epi16((__m256i)(a), (__m256i)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)high_product((__m256i)(a), (__m256i)(b)))

#include "gemm.h"
#include "lstm_lanes.h"

#define HALVES 2 /* vectors of sums that a panel has */
#define MOST 4   /* panels that are multiplied at a time */

/* Adds the products of up to 4 terms. Four bytes of a weight are two of 16 bits in even places and two in odd ones, so
 * that no sum of two products saturates. */
INLINE void add_group(__m256i *acc, const uint8_t *row, const int8_t *weights, int64_t groups, size_t terms,
                      const int panels)
{
    int32_t four = 0;
    memcpy(&four, row, terms);
    __m256i x = _mm256_set1_epi32(four), even = _mm256_and_si256(x, _mm256_set1_epi16(0xFF)), odd = _mm256_srli_epi16(x, 8);
#pragma GCC unroll 8
    for (int i = 0; i < panels * HALVES; i++) {
        const int8_t *from = weights + i / HALVES * groups * INTACT_PANEL * INTACT_GROUP + i % HALVES * 32;
        __m256i w = _mm256_loadu_si256((const __m256i *)from);
        __m256i first = _mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), even);
        acc[i] = _mm256_add_epi32(acc[i], _mm256_add_epi32(first, _mm256_madd_epi16(_mm256_srai_epi16(w, 8), odd)));
    }
}

INLINE void tile(const intact_product *p, const uint8_t *row, int adds, int16_t *out, int64_t place, int64_t panel,
                 const int panels)
{
    int64_t groups = (p->depth + INTACT_GROUP - 1) / INTACT_GROUP, whole = p->depth / INTACT_GROUP;
    const int8_t *weights = p->weights + panel * groups * INTACT_PANEL * INTACT_GROUP;
    __m256i acc[MOST * HALVES];
#pragma GCC unroll 8
    for (int i = 0; i < panels * HALVES; i++)
        acc[i] = _mm256_loadu_si256((const __m256i *)(p->bias + panel * INTACT_PANEL + i * 8));
    for (int64_t k = 0; k < whole; k++)
        add_group(acc, row + k * INTACT_GROUP, weights + k * INTACT_PANEL * INTACT_GROUP, groups, INTACT_GROUP, panels);
    if (whole < groups)
        add_group(acc, row + whole * INTACT_GROUP, weights + whole * INTACT_PANEL * INTACT_GROUP, groups,
                  (size_t)(p->depth - whole * INTACT_GROUP), panels);
#pragma GCC unroll 8
    for (int i = 0; i < panels * HALVES; i++) {
        int64_t at = panel + i / HALVES;
        int16_t *to = out + at / p->each * place + at % p->each * INTACT_PANEL + i % HALVES * 8;
        store_sums(to, (lanes32)acc[i], p->factors[at], adds);
    }
}

static void products(const intact_product *p, const uint8_t *rows, int64_t stride, int64_t count, int adds, int16_t *out,
                     int64_t place, int64_t width)
{
    for (int64_t row = 0; row < count; row++, rows += stride, out += width) {
        int64_t panel = 0;
        for (; panel + MOST <= p->panels; panel += MOST)
            tile(p, rows, adds, out, place, panel, MOST);
        for (; panel < p->panels; panel++)
            tile(p, rows, adds, out, place, panel, 1);
    }
}

void intact_lstm_avx2(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                      int64_t end)
{
    static const intact_lstm_parts parts = {products, remember, show};
    intact_lstm_with(&parts, params, in, out, scratch, begin, end);
}
