/* gemm.h with Arm NEON and dot products (Armv8.2-A).
 *
 * There is a dot product of unsigned numbers and one of signed numbers, none of both. So weights are multiplied as
 * unsigned numbers 128 higher, and 128 times the sum of a row's terms is taken off: it is added to filter_offset.
 */
#include "neon.h"

#define LANES 4
#define WIDEST 1
#define TALLEST 5

typedef uint32x4_t vector;
typedef uint8x8_t terms;
typedef uint8x16_t weights;
typedef channels4 channels;
typedef ends8 ends;

INLINE vector read_sums(const int32_t *sums) { return vreinterpretq_u32_s32(vld1q_s32(sums)); }

INLINE terms spread(uint32_t four) { return vcreate_u8(four); }

INLINE weights unpack(const int8_t *packed)
{
    return veorq_u8(vreinterpretq_u8_s8(vld1q_s8(packed)), vdupq_n_u8(0x80));
}

INLINE vector dot(vector acc, terms t, weights w) { return vdotq_lane_u32(acc, w, t, 0); }

INLINE vector add_to_all(vector acc, int32_t number) { return vaddq_u32(acc, vdupq_n_u32((uint32_t)number)); }

INLINE void store_row(const vector *acc, const int panels, const channels *channels, const ends *ends, uint8_t *out,
                      int64_t count, enum rounding rounding)
{
    int32x4_t number[4];
    (void)panels;
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++)
        number[v] = rounded4(vreinterpretq_s32_u32(acc[v]), &channels[v], rounding);
    store_bytes(out, bytes_of(number, ends), count);
}

#include "gemm_tile.h"

COLUMNS(1, 5)

/* Returns the sum of bytes, modulo 2^32. */
static int32_t sum_bytes(const uint8_t *from, int64_t count)
{
    uint32x4_t sums = vdupq_n_u32(0);
    int64_t k = 0;
    for (; k + 16 <= count; k += 16)
        sums = vdotq_u32(sums, vld1q_u8(from + k), vdupq_n_u8(1));
    uint32_t total = vaddvq_u32(sums);
    for (; k < count; k++)
        total += from[k];
    return intact_wrap(total);
}

static const intact_gemm_version version = {1, {columns_1}, sum_bytes, -128};

PREPARE(neon)
INTACT_GEMM_KERNELS(neon, &version)
