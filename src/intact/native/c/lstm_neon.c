/* lstm.h with dot products of 4 bytes (NEON with dot product). */
#include <arm_neon.h>

#define LANES 16
#define PRODUCT(a, b) ((lanes16)vqrdmulhq_s16((int16x8_t)(a), (int16x8_t)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)vqrdmulhq_s32((int32x4_t)(a), (int32x4_t)(b)))

#include "gemm.h"
#include "lstm_lanes.h"

#define PARTS 4 /* vectors of sums that a panel has */

/* Adds the products of up to 4 terms to the sums of a panel. Both factors have a sign in the instruction, so x is taken
 * less 128; `sums` are those of the weights, of which 128 make up for it. */
INLINE void add_group(int32x4_t acc[PARTS], int32x4_t sums[PARTS], const uint8_t *row, const int8_t *weights,
                      size_t terms)
{
    uint32_t four = 0;
    memcpy(&four, row, terms);
    int8x16_t x = vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));
#pragma GCC unroll 4
    for (int i = 0; i < PARTS; i++) {
        int8x16_t w = vld1q_s8(weights + i * 16);
        acc[i] = vdotq_s32(acc[i], w, x);
        sums[i] = vdotq_s32(sums[i], w, vdupq_n_s8(1));
    }
}

static void products(const intact_product *p, const uint8_t *rows, int64_t stride, int64_t count, int adds, int16_t *out,
                     int64_t place, int64_t width)
{
    int64_t groups = (p->depth + INTACT_GROUP - 1) / INTACT_GROUP, whole = p->depth / INTACT_GROUP;
    for (int64_t row = 0; row < count; row++, rows += stride, out += width) {
        for (int64_t panel = 0; panel < p->panels; panel++) {
            const int8_t *weights = p->weights + panel * groups * INTACT_PANEL * INTACT_GROUP;
            int32x4_t acc[PARTS], sums[PARTS];
#pragma GCC unroll 4
            for (int i = 0; i < PARTS; i++) {
                acc[i] = vld1q_s32(p->bias + panel * INTACT_PANEL + i * 4);
                sums[i] = vdupq_n_s32(0);
            }
            for (int64_t k = 0; k < whole; k++)
                add_group(acc, sums, rows + k * INTACT_GROUP, weights + k * INTACT_PANEL * INTACT_GROUP, INTACT_GROUP);
            if (whole < groups)
                add_group(acc, sums, rows + whole * INTACT_GROUP, weights + whole * INTACT_PANEL * INTACT_GROUP,
                          (size_t)(p->depth - whole * INTACT_GROUP));
            int16_t *to = out + panel / p->each * place + panel % p->each * INTACT_PANEL;
#pragma GCC unroll 4
            for (int i = 0; i < PARTS; i++)
                store_sums(to + i * 4, (lanes32)vaddq_s32(acc[i], vshlq_n_s32(sums[i], 7)), p->factors[panel], adds);
        }
    }
}

void intact_lstm_neon(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                      int64_t end)
{
    static const intact_lstm_parts parts = {products, remember, show};
    intact_lstm_with(&parts, params, in, out, scratch, begin, end);
}
