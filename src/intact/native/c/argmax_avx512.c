/* argmax.h along the last dimension with AVX-512: 64 bytes are compared at a time. */
#include <immintrin.h>

#include "argmax.h"
#include "avx512.h"

/* Returns the largest of 64 bytes. Of the other 16 instruction finds the smallest, of numbers of 16 bits. */
INLINE uint8_t largest64(__m512i bytes)
{
    __m256i half = _mm256_max_epu8(_mm512_castsi512_si256(bytes), _mm512_extracti64x4_epi64(bytes, 1));
    __m128i last = _mm_max_epu8(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    last = _mm_xor_si128(last, _mm_set1_epi8(-1));
    last = _mm_minpos_epu16(_mm_min_epu8(last, _mm_srli_epi16(last, 8)));
    return (uint8_t)~_mm_cvtsi128_si32(last);
}

/* Returns the bytes from `first` on, what is missing of 64 as 0; numbers turned over where the smallest is looked for. */
INLINE __m512i load64(const uint8_t *row, int64_t first, int64_t count, __m512i turn)
{
    __mmask64 mask = count - first >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << (count - first)) - 1;
    return _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row + first), _mm512_maskz_mov_epi8(mask, turn));
}

void intact_argmax_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_argmax *p = params;
    if (p->wide || p->inner > 1) {
        intact_argmax_avx2(params, in, out, scratch, begin, end);
        return;
    }
    __m512i turn = _mm512_set1_epi8(p->smallest ? -1 : 0);
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *row = (const uint8_t *)in[0] + unit * p->count;
        __m512i found = load64(row, 0, p->count, turn), bytes = found;
        for (int64_t i = 64; i < p->count; i += 64)
            found = _mm512_max_epu8(found, load64(row, i, p->count, turn));
        __m512i largest = _mm512_set1_epi8((char)largest64(found));
        int64_t first = 0;
        __mmask64 same = _mm512_cmpeq_epi8_mask(bytes, largest);
        while (!same) {
            first += 64;
            same = _mm512_cmpeq_epi8_mask(load64(row, first, p->count, turn), largest);
        }
        int64_t index = first + (int64_t)__builtin_ctzll(same);
        if (p->longs)
            ((int64_t *)out[0])[unit] = index;
        else
            ((int32_t *)out[0])[unit] = (int32_t)index;
    }
}
