/* sums.h with dot products of 4 bytes (AVX-512 VNNI).
 *
 * A tile is up to 6 rows by 4 panels, whose sums stay in registers over all terms. A single row takes 8 panels, so many
 * that a sum is ready again when it has its next turn.
 */
#include <immintrin.h>
#include <string.h>

#include "sums.h"

#define INLINE static inline __attribute__((always_inline))
#define ROWS 6
#define PANELS 4
#define MOST 8 /* panels by a single row */

typedef struct {
    const intact_matrix *matrix;
    const uint8_t *rows;
    int64_t stride;
    int32_t *sums;
} job;

/* Adds the products of up to 4 terms of each row. */
INLINE void add_group(__m512i acc[ROWS][MOST], const job *j, int64_t group, const int8_t *weights, size_t terms,
                      const int height, const int panels)
{
    __m512i w[MOST];
#pragma GCC unroll 8
    for (int n = 0; n < panels; n++)
        w[n] = _mm512_loadu_si512(weights + (n * j->matrix->groups + group) * INTACT_PANEL * INTACT_GROUP);
#pragma GCC unroll 6
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
    const intact_matrix *m = j->matrix;
    const int8_t *weights = m->weights + panel * m->groups * INTACT_PANEL * INTACT_GROUP;
    int64_t whole = m->depth / INTACT_GROUP, rest = m->depth % INTACT_GROUP;
    __m512i acc[ROWS][MOST];
#pragma GCC unroll 6
    for (int i = 0; i < height; i++)
#pragma GCC unroll 8
        for (int n = 0; n < panels; n++)
            acc[i][n] = m->bias ? _mm512_loadu_si512(m->bias + (panel + n) * INTACT_PANEL) : _mm512_setzero_si512();
    for (int64_t k = 0; k < whole; k++)
        add_group(acc, j, k, weights, INTACT_GROUP, height, panels);
    if (rest)
        add_group(acc, j, whole, weights, (size_t)rest, height, panels);
#pragma GCC unroll 6
    for (int i = 0; i < height; i++)
#pragma GCC unroll 8
        for (int n = 0; n < panels; n++)
            _mm512_storeu_si512(j->sums + (i * m->panels + panel + n) * INTACT_PANEL, acc[i][n]);
}

#define TILES(height)                                                                           \
    static void tile_##height(const job *j, int64_t panel) { tile(j, panel, height, PANELS); } \
    static void tile_##height##_by_one(const job *j, int64_t panel) { tile(j, panel, height, 1); }
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)

static void tile_row(const job *j, int64_t panel) { tile(j, panel, 1, MOST); }

typedef void tile_function(const job *j, int64_t panel);

static tile_function *const many[ROWS] = {tile_1, tile_2, tile_3, tile_4, tile_5, tile_6};
static tile_function *const one[ROWS] = {tile_1_by_one, tile_2_by_one, tile_3_by_one,
                                         tile_4_by_one, tile_5_by_one, tile_6_by_one};

void intact_sums_vnni(const intact_matrix *m, const uint8_t *rows, int64_t stride, int64_t count, int32_t *sums)
{
    for (int64_t row = 0; row < count; row += ROWS) {
        job j = {m, rows + row * stride, stride, sums + row * m->panels * INTACT_PANEL};
        int height = count - row < ROWS ? (int)(count - row) : ROWS;
        int64_t panel = 0;
        for (; height == 1 && panel + MOST <= m->panels; panel += MOST)
            tile_row(&j, panel);
        for (; panel + PANELS <= m->panels; panel += PANELS)
            many[height - 1](&j, panel);
        for (; panel < m->panels; panel++)
            one[height - 1](&j, panel);
    }
}
