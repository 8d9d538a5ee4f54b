/* depthwise.h with Arm NEON: sixteen channels, widened to 16 bits, are multiplied and added by four instructions. */
#include "neon.h"

#define LANES 4
#define PARTS 4

typedef struct {
    int32x4_t part[PARTS];
} sums;
typedef struct {
    int16x8_t first[2], second[2]; /* of 16 channels */
} two;
typedef channels4 channels;
typedef ends8 ends;

static const uint8_t order[LANES * PARTS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static int weight_at(int lane, int place) { return LANES * PARTS * place + lane; }

INLINE uint8x16_t load(const uint8_t *from, const int64_t width) { return load_bytes(from, width); }

INLINE sums add_one(sums acc, uint8x16_t bytes, const int16x8_t weights[2])
{
    int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes))), high = vreinterpretq_s16_u16(vmovl_high_u8(bytes));
    return (sums){{vmlal_s16(acc.part[0], vget_low_s16(low), vget_low_s16(weights[0])),
                   vmlal_high_s16(acc.part[1], low, weights[0]),
                   vmlal_s16(acc.part[2], vget_low_s16(high), vget_low_s16(weights[1])),
                   vmlal_high_s16(acc.part[3], high, weights[1])}};
}

INLINE sums add(sums acc, uint8x16_t first, uint8x16_t second, const two *weights)
{
    return add_one(add_one(acc, first, weights->first), second, weights->second);
}

INLINE void store_block(sums acc, const channels *channels, const ends *ends, uint8_t *out, int64_t width,
                        enum rounding rounding)
{
    int32x4_t number[PARTS];
#pragma GCC unroll 4
    for (int v = 0; v < PARTS; v++)
        number[v] = rounded4(acc.part[v], &channels[v], rounding);
    store_bytes(out, bytes_of(number, ends), width);
}

#include "depthwise_block.h"

DEPTHWISE_KERNEL(neon)
