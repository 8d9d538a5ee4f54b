/* sums.h with dot products of 4 bytes (NEON with dot product).
 *
 * Both factors have a sign in the instruction, so bytes of rows are taken less 128; the sums of the weights, of which
 * 128 make up for it, come along once for all rows of a tile. */
#include <arm_neon.h>
#include <string.h>

#include "sums.h"

#define INLINE static inline __attribute__((always_inline))
#define ROWS 4
#define PARTS 4 /* vectors of sums that a panel has */

INLINE void add_group(int32x4_t acc[ROWS][PARTS], int32x4_t total[PARTS], const uint8_t *row, int64_t stride,
                      const int8_t *weights, size_t terms, const int height)
{
    int8x16_t x[ROWS];
#pragma GCC unroll 4
    for (int i = 0; i < height; i++) {
        uint32_t four = 0;
        memcpy(&four, row + i * stride, terms);
        x[i] = vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));
    }
#pragma GCC unroll 4
    for (int n = 0; n < PARTS; n++) {
        int8x16_t w = vld1q_s8(weights + n * 16);
        total[n] = vdotq_s32(total[n], w, vdupq_n_s8(1));
#pragma GCC unroll 4
        for (int i = 0; i < height; i++)
            acc[i][n] = vdotq_s32(acc[i][n], w, x[i]);
    }
}

INLINE void tile(const intact_matrix *m, const uint8_t *rows, int64_t stride, int32_t *sums, int64_t panel,
                 const int height)
{
    const int8_t *weights = m->weights + panel * m->groups * INTACT_PANEL * INTACT_GROUP;
    int64_t whole = m->depth / INTACT_GROUP, rest = m->depth % INTACT_GROUP;
    int32x4_t acc[ROWS][PARTS], total[PARTS];
#pragma GCC unroll 4
    for (int n = 0; n < PARTS; n++) {
        total[n] = vdupq_n_s32(0);
#pragma GCC unroll 4
        for (int i = 0; i < height; i++)
            acc[i][n] = m->bias ? vld1q_s32(m->bias + panel * INTACT_PANEL + n * 4) : vdupq_n_s32(0);
    }
    for (int64_t k = 0; k < whole; k++)
        add_group(acc, total, rows + k * INTACT_GROUP, stride, weights + k * INTACT_PANEL * INTACT_GROUP, INTACT_GROUP,
                  height);
    if (rest)
        add_group(acc, total, rows + whole * INTACT_GROUP, stride, weights + whole * INTACT_PANEL * INTACT_GROUP,
                  (size_t)rest, height);
#pragma GCC unroll 4
    for (int n = 0; n < PARTS; n++)
#pragma GCC unroll 4
        for (int i = 0; i < height; i++)
            vst1q_s32(sums + (i * m->panels + panel) * INTACT_PANEL + n * 4,
                      vaddq_s32(acc[i][n], vshlq_n_s32(total[n], 7)));
}

void intact_sums_neon(const intact_matrix *m, const uint8_t *rows, int64_t stride, int64_t count, int32_t *sums)
{
    int64_t row = 0;
    for (; row + ROWS <= count; row += ROWS)
        for (int64_t panel = 0; panel < m->panels; panel++)
            tile(m, rows + row * stride, stride, sums + row * m->panels * INTACT_PANEL, panel, ROWS);
    for (; row < count; row++)
        for (int64_t panel = 0; panel < m->panels; panel++)
            tile(m, rows + row * stride, stride, sums + row * m->panels * INTACT_PANEL, panel, 1);
}
