/* What the versions of gemm.h with vectors of 512 bits share: LANES is 16, so a vector is a panel. */
#include "avx512.h"

#define LANES 16

typedef __m512i vector;
typedef channels16 channels;
typedef ends8 ends;

INLINE vector read_sums(const int32_t *sums) { return _mm512_loadu_si512(sums); }

INLINE vector add_to_all(vector acc, int32_t number) { return _mm512_add_epi32(acc, _mm512_set1_epi32(number)); }

INLINE void store_row(const vector *acc, const int panels, const channels16 *channels, const ends8 *ends, uint8_t *out,
                      int64_t count, enum rounding rounding)
{
    __m512i number[4];
#pragma GCC unroll 4
    for (int p = 0; p < 4; p++)
        number[p] = p < panels ? rounded16(acc[p], &channels[p], rounding) : _mm512_setzero_si512();
    __m512i bytes = bytes_of(number[0], number[1], number[2], number[3], ends);
    bytes = _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
    _mm512_mask_storeu_epi8(out, count == 64 ? ~0ULL : (1ULL << count) - 1, bytes);
}

/* Returns the sum of bytes, modulo 2^32. */
static int32_t sum_bytes(const uint8_t *from, int64_t count)
{
    __m512i sums = _mm512_setzero_si512();
    for (int64_t k = 0; k < count; k += 64) {
        __mmask64 mask = count - k >= 64 ? ~0ULL : (1ULL << (count - k)) - 1;
        sums = _mm512_add_epi64(sums, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(mask, from + k), _mm512_setzero_si512()));
    }
    return intact_wrap(_mm512_reduce_add_epi64(sums));
}
