/* sums.h with products of pairs of 16-bit numbers (AVX2). */
#include <immintrin.h>
#include <string.h>

#include "sums.h"

#define INLINE static inline __attribute__((always_inline))
#define ROWS 2
#define PANELS 2
#define HALVES 2 /* vectors of sums that a panel has */

/* Adds the products of up to 4 terms of each row. Four bytes of a weight are two numbers of 16 bits in even places and
 * two in odd ones, so that no sum of two products saturates. */
INLINE void add_group(__m256i acc[ROWS][PANELS * HALVES], const intact_matrix *m, const uint8_t *row, int64_t stride,
                      const int8_t *weights, size_t terms, const int height, const int panels)
{
    __m256i even[ROWS], odd[ROWS];
#pragma GCC unroll 2
    for (int i = 0; i < height; i++) {
        int32_t four = 0;
        memcpy(&four, row + i * stride, terms);
        even[i] = _mm256_and_si256(_mm256_set1_epi32(four), _mm256_set1_epi16(0xFF));
        odd[i] = _mm256_srli_epi16(_mm256_set1_epi32(four), 8);
    }
#pragma GCC unroll 4
    for (int n = 0; n < panels * HALVES; n++) {
        const int8_t *from = weights + n / HALVES * m->groups * INTACT_PANEL * INTACT_GROUP + n % HALVES * 32;
        __m256i w = _mm256_loadu_si256((const __m256i *)from);
        __m256i first = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), second = _mm256_srai_epi16(w, 8);
#pragma GCC unroll 2
        for (int i = 0; i < height; i++) {
            acc[i][n] = _mm256_add_epi32(acc[i][n], _mm256_madd_epi16(first, even[i]));
            acc[i][n] = _mm256_add_epi32(acc[i][n], _mm256_madd_epi16(second, odd[i]));
        }
    }
}

INLINE void tile(const intact_matrix *m, const uint8_t *rows, int64_t stride, int32_t *sums, int64_t panel,
                 const int height, const int panels)
{
    const int8_t *weights = m->weights + panel * m->groups * INTACT_PANEL * INTACT_GROUP;
    int64_t whole = m->depth / INTACT_GROUP, rest = m->depth % INTACT_GROUP;
    __m256i acc[ROWS][PANELS * HALVES];
#pragma GCC unroll 2
    for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int n = 0; n < panels * HALVES; n++)
            acc[i][n] = m->bias ? _mm256_loadu_si256((const __m256i *)(m->bias + panel * INTACT_PANEL + n * 8))
                                : _mm256_setzero_si256();
    for (int64_t k = 0; k < whole; k++)
        add_group(acc, m, rows + k * INTACT_GROUP, stride, weights + k * INTACT_PANEL * INTACT_GROUP, INTACT_GROUP,
                  height, panels);
    if (rest)
        add_group(acc, m, rows + whole * INTACT_GROUP, stride, weights + whole * INTACT_PANEL * INTACT_GROUP,
                  (size_t)rest, height, panels);
#pragma GCC unroll 2
    for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int n = 0; n < panels * HALVES; n++)
            _mm256_storeu_si256((__m256i *)(sums + (i * m->panels + panel) * INTACT_PANEL + n * 8), acc[i][n]);
}

void intact_sums_avx2(const intact_matrix *m, const uint8_t *rows, int64_t stride, int64_t count, int32_t *sums)
{
    for (int64_t row = 0; row < count; row += ROWS, rows += ROWS * stride, sums += ROWS * m->panels * INTACT_PANEL) {
        int pair = count - row >= ROWS;
        int64_t panel = 0;
        for (; panel + PANELS <= m->panels; panel += PANELS) {
            if (pair)
                tile(m, rows, stride, sums, panel, ROWS, PANELS);
            else
                tile(m, rows, stride, sums, panel, 1, PANELS);
        }
        if (panel < m->panels) {
            if (pair)
                tile(m, rows, stride, sums, panel, ROWS, 1);
            else
                tile(m, rows, stride, sums, panel, 1, 1);
        }
    }
}
