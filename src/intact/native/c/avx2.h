/* Requantization of eight channels at once, for the versions with AVX2. */
#ifndef INTACT_AVX2_H
#define INTACT_AVX2_H

#include <immintrin.h>

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

/* Reads the parameters of channel `first` + order[lane] for each lane. */
static inline void read_channels(const intact_requantize *r, int64_t first, const uint8_t order[8], channels8 *to)
{
    int32_t multiplier[8], shift[8];
    int64_t offset[8], threshold[8], away[8];
    float factor[8];
    for (int i = 0; i < 8; i++) {
        /* Evens in front, odds behind. */
        int half = i / 2 + i % 2 * 4;
        int64_t c = first + order[i];
        multiplier[i] = r->multiplier[c];
        shift[i] = r->shift[c] - 32;
        offset[half] = r->offset[c];
        threshold[half] = r->threshold[c];
        away[half] = r->away[c];
        factor[i] = (float)r->factor[c];
    }
    to->multiplier = _mm256_loadu_si256((const __m256i *)multiplier);
    to->odd_multiplier = _mm256_srli_epi64(to->multiplier, 32);
    to->even = _mm256_loadu_si256((const __m256i *)offset);
    to->odd = _mm256_loadu_si256((const __m256i *)(offset + 4));
    to->even_threshold = _mm256_loadu_si256((const __m256i *)threshold);
    to->odd_threshold = _mm256_loadu_si256((const __m256i *)(threshold + 4));
    to->even_away = _mm256_loadu_si256((const __m256i *)away);
    to->odd_away = _mm256_loadu_si256((const __m256i *)(away + 4));
    to->shift = _mm256_loadu_si256((const __m256i *)shift);
    to->factor = _mm256_loadu_ps(factor);
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

/* Returns the bytes of sixteen rounded numbers, which were packed to 16 bits. Saturating at int16 and at the byte's ends
 * changes nothing that the clamp leaves. */
INLINE __m128i bytes_of(__m256i words, const ends8 *e)
{
    words = _mm256_adds_epi16(words, e->zero);
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_min_epu8(_mm_max_epu8(bytes, e->low), e->high);
}

/* Loads the first `count` bytes of sixteen, the others 0. */
INLINE __m128i load_bytes(const uint8_t *from, int64_t count)
{
    if (count >= 16)
        return _mm_loadu_si128((const __m128i *)from);
    if (count < 8)
        return _mm_cvtsi64_si128((long long)read_bytes(from, count));
    return _mm_set_epi64x((long long)read_upper_bytes(from, count), (long long)read_bytes(from, 8));
}

/* Stores the first `count` bytes of sixteen. */
INLINE void store_bytes(uint8_t *to, __m128i bytes, int64_t count)
{
    if (count >= 16)
        _mm_storeu_si128((__m128i *)to, bytes);
    else
        write_bytes(to, (uint64_t)_mm_cvtsi128_si64(bytes), (uint64_t)_mm_extract_epi64(bytes, 1), count);
}

#endif
