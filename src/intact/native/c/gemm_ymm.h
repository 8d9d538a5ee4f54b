/* What the versions of gemm.h with vectors of 256 bits share. */
#include "avx2.h"

#define LANES 8

typedef __m256i vector;
typedef channels8 channels;
typedef ends8 ends;

INLINE vector read_sums(const int32_t *sums) { return _mm256_loadu_si256((const __m256i *)sums); }

INLINE vector add_to_all(vector acc, int32_t number) { return _mm256_add_epi32(acc, _mm256_set1_epi32(number)); }

INLINE void store_row(const vector *acc, const int panels, const channels8 *channels, const ends8 *ends, uint8_t *out,
                      int64_t count, enum rounding rounding)
{
    (void)panels;
    __m256i low = rounded8(acc[0], &channels[0], rounding), high = rounded8(acc[1], &channels[1], rounding);
    store_bytes(out, bytes_of(_mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8), ends), count);
}

/* Returns the sum of bytes, modulo 2^32. */
static int32_t sum_bytes(const uint8_t *from, int64_t count)
{
    __m256i sums = _mm256_setzero_si256();
    int64_t k = 0;
    for (; k + 32 <= count; k += 32)
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(_mm256_loadu_si256((const __m256i *)(from + k)), _mm256_setzero_si256()));
    uint64_t four[4];
    _mm256_storeu_si256((__m256i *)four, sums);
    uint64_t total = four[0] + four[1] + four[2] + four[3];
    for (; k < count; k++)
        total += from[k];
    return intact_wrap((int64_t)total);
}
