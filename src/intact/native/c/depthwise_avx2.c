/* depthwise.h with AVX2: two places of the window, widened to 16 bits and interleaved, are multiplied and added by one
 * instruction. Interleaving within 128 bits and packing the results undo each other's order. */
#include "avx2.h"

#define LANES 8
#define PARTS 2

typedef struct {
    __m256i part[PARTS];
} sums;
typedef struct {
    __m256i part[PARTS]; /* pairs of 16 bits */
} two;
typedef channels8 channels;
typedef ends8 ends;

static const uint8_t order[LANES * PARTS] = {0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15};

static int weight_at(int lane, int place) { return 2 * lane + place; }

INLINE __m256i load(const uint8_t *from, const int64_t width) { return _mm256_cvtepu8_epi16(load_bytes(from, width)); }

INLINE sums add(sums acc, __m256i first, __m256i second, const two *weights)
{
    __m256i low = _mm256_unpacklo_epi16(first, second), high = _mm256_unpackhi_epi16(first, second);
    return (sums){{_mm256_add_epi32(acc.part[0], _mm256_madd_epi16(low, weights->part[0])),
                   _mm256_add_epi32(acc.part[1], _mm256_madd_epi16(high, weights->part[1]))}};
}

INLINE void store_block(sums acc, const channels *channels, const ends *ends, uint8_t *out, int64_t width,
                        enum rounding rounding)
{
    __m256i low = rounded8(acc.part[0], &channels[0], rounding), high = rounded8(acc.part[1], &channels[1], rounding);
    store_bytes(out, bytes_of(_mm256_packs_epi32(low, high), ends), width);
}

#include "depthwise_block.h"

DEPTHWISE_KERNEL(avx2)
