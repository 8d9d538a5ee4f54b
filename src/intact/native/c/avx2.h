/* Requantization of eight channels at once, for the versions with AVX2. */
#ifndef INTACT_AVX2_H
#define INTACT_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "vectors.h"

/* The parameters of 8 channels. Products of 64 bits are made of even and of odd channels apart; so there is an array of
 * each. */
typedef struct {
    __m256i multiplier, odd_multiplier;
    __m256i even, odd; /* offsets */
    __m256i even_threshold, odd_threshold, even_away, odd_away;
    __m256i shift; /* of the upper halves */
    __m256 factor;
} channels8;

/* Eight numbers of 64 bits, evens and odds apart. */
INLINE void read_apart(const int64_t *array, __m256i *even, __m256i *odd)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)array), high = _mm256_loadu_si256((const __m256i *)(array + 4));
    *even = _mm256_permute4x64_epi64(_mm256_unpacklo_epi64(low, high), 0xD8);
    *odd = _mm256_permute4x64_epi64(_mm256_unpackhi_epi64(low, high), 0xD8);
}

INLINE void read_channels8(const intact_requantize *r, int64_t first, channels8 *to)
{
    to->multiplier = _mm256_loadu_si256((const __m256i *)(r->multiplier + first));
    to->odd_multiplier = _mm256_srli_epi64(to->multiplier, 32);
    read_apart(r->offset + first, &to->even, &to->odd);
    read_apart(r->threshold + first, &to->even_threshold, &to->odd_threshold);
    read_apart(r->away + first, &to->even_away, &to->odd_away);
    to->shift = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(r->shift + first)), _mm256_set1_epi32(32));
    to->factor = _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(r->factor + first + 4)),
                                 _mm256_cvtpd_ps(_mm256_loadu_pd(r->factor + first)));
}

/* Returns the rounded numbers of 8 sums, without zero point. */
INLINE __m256i rounded8(__m256i acc, const channels8 *c, enum rounding rounding)
{
    if (rounding == FLOAT_EVEN)
        return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(acc), c->factor));
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(acc, c->multiplier), c->even);
    __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(acc, 32), c->odd_multiplier), c->odd);
    if (rounding == FIXED_AWAY) {
        even = _mm256_sub_epi64(even, _mm256_and_si256(_mm256_cmpgt_epi64(c->even_threshold, even), c->even_away));
        odd = _mm256_sub_epi64(odd, _mm256_and_si256(_mm256_cmpgt_epi64(c->odd_threshold, odd), c->odd_away));
    }
    /* The upper halves of both, each in its channel's place. */
    __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    return _mm256_srav_epi32(high, c->shift);
}

/* Zero point and clamp of 8-bit results. */
typedef struct {
    __m256i zero;
    __m128i low, high;
} ends8;

INLINE ends8 read_ends(const intact_requantize *r)
{
    return (ends8){_mm256_set1_epi16((short)(r->zero_point + r->held)), _mm_set1_epi8((char)(r->low + r->held)),
                   _mm_set1_epi8((char)(r->high + r->held))};
}

/* Returns the bytes of sixteen rounded numbers, in order. Saturating at int16 and at the byte's ends changes nothing that
 * the clamp leaves. */
INLINE __m128i bytes_of(__m256i a, __m256i b, const ends8 *e)
{
    __m256i words = _mm256_adds_epi16(_mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8), e->zero);
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_min_epu8(_mm_max_epu8(bytes, e->low), e->high);
}

/* Stores the first `count` bytes of sixteen. */
INLINE void store_bytes(uint8_t *out, __m128i bytes, int64_t count)
{
    if (count >= 16) {
        _mm_storeu_si128((__m128i *)out, bytes);
        return;
    }
    uint8_t all[16];
    _mm_storeu_si128((__m128i *)all, bytes);
    memcpy(out, all, (size_t)count);
}

#endif
