/* Requantization of sixteen channels at once, for the versions with AVX-512. */
#ifndef INTACT_AVX512_H
#define INTACT_AVX512_H

#include <immintrin.h>

#include "vectors.h"

/* The parameters of 16 channels, read from memory where they are needed: registers are for the sums.
 * Products of 64 bits are made of even and of odd channels apart; so there is an array of each. */
typedef struct {
    __m512i multiplier, odd_multiplier;
    __m512i even, odd; /* offsets */
    __m512i even_threshold, odd_threshold, even_away, odd_away;
    __m512i shift; /* of the upper halves */
    __m512 factor;
} channels16;

/* Reads the parameters of channel `first` + order[lane] for each lane. */
static inline void read_channels(const intact_requantize *r, int64_t first, const uint8_t order[16], channels16 *to)
{
    int32_t multiplier[16], shift[16];
    int64_t offset[16], threshold[16], away[16];
    float factor[16];
    for (int i = 0; i < 16; i++) {
        /* Evens in front, odds behind. */
        int half = i / 2 + i % 2 * 8;
        int64_t c = first + order[i];
        multiplier[i] = r->multiplier[c];
        shift[i] = r->shift[c] - 32;
        offset[half] = r->offset[c];
        threshold[half] = r->threshold[c];
        away[half] = r->away[c];
        factor[i] = (float)r->factor[c];
    }
    to->multiplier = _mm512_loadu_si512(multiplier);
    to->odd_multiplier = _mm512_srli_epi64(to->multiplier, 32);
    to->even = _mm512_loadu_si512(offset), to->odd = _mm512_loadu_si512(offset + 8);
    to->even_threshold = _mm512_loadu_si512(threshold), to->odd_threshold = _mm512_loadu_si512(threshold + 8);
    to->even_away = _mm512_loadu_si512(away), to->odd_away = _mm512_loadu_si512(away + 8);
    to->shift = _mm512_loadu_si512(shift);
    to->factor = _mm512_loadu_ps(factor);
}

/* Returns the rounded numbers of 16 sums, without zero point. */
INLINE __m512i rounded16(__m512i acc, const channels16 *c, enum rounding rounding)
{
    if (rounding == FLOAT_EVEN)
        return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(acc), c->factor));
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(acc, c->multiplier), c->even);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_shuffle_epi32(acc, _MM_PERM_DDBB), c->odd_multiplier), c->odd);
    if (rounding == FIXED_AWAY) {
        even = _mm512_mask_sub_epi64(even, _mm512_cmplt_epi64_mask(even, c->even_threshold), even, c->even_away);
        odd = _mm512_mask_sub_epi64(odd, _mm512_cmplt_epi64_mask(odd, c->odd_threshold), odd, c->odd_away);
    }
    /* The upper halves of both, each in its channel's place. */
    __m512i high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
    return _mm512_srav_epi32(high, c->shift);
}

/* Zero point and clamp of 8-bit results. */
typedef struct {
    __m512i zero, low, high;
} ends8;

INLINE ends8 read_ends(const intact_requantize *r)
{
    return (ends8){_mm512_set1_epi16((short)(r->zero_point + r->held)), _mm512_set1_epi8((char)(r->low + r->held)),
                   _mm512_set1_epi8((char)(r->high + r->held))};
}

/* Returns the bytes of four vectors of rounded numbers: in each 128 bits, four numbers of each vector in turn.
 * Saturating at int16 and at the byte's ends changes nothing that the clamp leaves. */
INLINE __m512i bytes_of(__m512i a, __m512i b, __m512i c, __m512i d, const ends8 *e)
{
    __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(a, b), e->zero);
    __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(c, d), e->zero);
    return _mm512_min_epu8(_mm512_max_epu8(_mm512_packus_epi16(low, high), e->low), e->high);
}

#endif
