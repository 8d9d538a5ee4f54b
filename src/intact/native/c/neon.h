/* Requantization of four channels at once, for the versions with Arm NEON. */
#ifndef INTACT_NEON_H
#define INTACT_NEON_H

#include <arm_neon.h>

#include "vectors.h"

/* The parameters of 4 channels. The instructions that double and round a product at once (sqrdmulh, srshl) round in
 * places of their own; whole products of 64 bits are exact under every rule. */
typedef struct {
    int32x4_t multiplier;
    int64x2_t low, high; /* offsets */
    int64x2_t low_threshold, high_threshold, low_away, high_away;
    int32x4_t shift; /* of the upper halves, negative: to the right */
    float32x4_t factor;
} channels4;

/* Reads the parameters of channel `first` + order[lane] for each lane; the order is that of the channels. */
static inline void read_channels(const intact_requantize *r, int64_t first, const uint8_t order[4], channels4 *to)
{
    first += order[0];
    to->multiplier = vld1q_s32(r->multiplier + first);
    to->low = vld1q_s64(r->offset + first), to->high = vld1q_s64(r->offset + first + 2);
    to->low_threshold = vld1q_s64(r->threshold + first), to->high_threshold = vld1q_s64(r->threshold + first + 2);
    to->low_away = vld1q_s64(r->away + first), to->high_away = vld1q_s64(r->away + first + 2);
    to->shift = vsubq_s32(vdupq_n_s32(32), vld1q_s32(r->shift + first));
    to->factor = vcvt_high_f32_f64(vcvt_f32_f64(vld1q_f64(r->factor + first)), vld1q_f64(r->factor + first + 2));
}

/* Returns the rounded numbers of 4 sums, without zero point. */
INLINE int32x4_t rounded4(int32x4_t acc, const channels4 *c, enum rounding rounding)
{
    if (rounding == FLOAT_EVEN)
        return vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc), c->factor));
    int64x2_t low = vaddq_s64(vmull_s32(vget_low_s32(acc), vget_low_s32(c->multiplier)), c->low);
    int64x2_t high = vaddq_s64(vmull_high_s32(acc, c->multiplier), c->high);
    if (rounding == FIXED_AWAY) {
        int64x2_t is_low = vreinterpretq_s64_u64(vcltq_s64(low, c->low_threshold));
        int64x2_t is_high = vreinterpretq_s64_u64(vcltq_s64(high, c->high_threshold));
        low = vsubq_s64(low, vandq_s64(is_low, c->low_away));
        high = vsubq_s64(high, vandq_s64(is_high, c->high_away));
    }
    return vshlq_s32(vuzp2q_s32(vreinterpretq_s32_s64(low), vreinterpretq_s32_s64(high)), c->shift);
}

/* Zero point and clamp of 8-bit results. */
typedef struct {
    int16x8_t zero;
    uint8x16_t low, high;
} ends8;

INLINE ends8 read_ends(const intact_requantize *r)
{
    return (ends8){vdupq_n_s16((int16_t)(r->zero_point + r->held)), vdupq_n_u8((uint8_t)(r->low + r->held)),
                   vdupq_n_u8((uint8_t)(r->high + r->held))};
}

/* Returns the bytes of sixteen rounded numbers, in order. Saturating at int16 and at the byte's ends changes nothing that
 * the clamp leaves. */
INLINE uint8x16_t bytes_of(const int32x4_t number[4], const ends8 *e)
{
    int16x8_t low = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(number[0]), number[1]), e->zero);
    int16x8_t high = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(number[2]), number[3]), e->zero);
    uint8x16_t bytes = vqmovun_high_s16(vqmovun_s16(low), high);
    return vminq_u8(vmaxq_u8(bytes, e->low), e->high);
}

/* Loads the first `count` bytes of sixteen, the others 0. */
INLINE uint8x16_t load_bytes(const uint8_t *from, int64_t count)
{
    if (count >= 16)
        return vld1q_u8(from);
    uint64_t low = read_bytes(from, count < 8 ? count : 8), high = count < 8 ? 0 : read_upper_bytes(from, count);
    return vcombine_u8(vcreate_u8(low), vcreate_u8(high));
}

/* Stores the first `count` bytes of sixteen. */
INLINE void store_bytes(uint8_t *to, uint8x16_t bytes, int64_t count)
{
    uint64x2_t halves = vreinterpretq_u64_u8(bytes);
    if (count >= 16)
        vst1q_u8(to, bytes);
    else
        write_bytes(to, vgetq_lane_u64(halves, 0), vgetq_lane_u64(halves, 1), count);
}

#endif
