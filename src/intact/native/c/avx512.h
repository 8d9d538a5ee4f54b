/* Requantization of sixteen channels at once, for the versions with AVX-512. */
#ifndef INTACT_AVX512_H
#define INTACT_AVX512_H

#include <immintrin.h>

#include "requantize.h"

#define INLINE static inline __attribute__((always_inline))

/* True where vectors may do a requantization; otherwise the definition does. */
INLINE int in_vectors(const intact_requantize *r)
{
    return !r->far && !r->wide && !r->wraps && (r->rule == INTACT_FLOAT32_EVEN || (r->rule == INTACT_FIXED && r->plain));
}

/* The parameters of 16 channels. Products of 64 bits are made of even and of odd channels apart. */
typedef struct {
    __m512i multiplier, shift, even, odd; /* even and odd: the offsets */
} fixed16;

INLINE fixed16 load_fixed16(const intact_requantize *r, int64_t channel)
{
    const __m512i evens = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), odds = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
    __m512i low = _mm512_loadu_si512(r->offset + channel), high = _mm512_loadu_si512(r->offset + channel + 8);
    return (fixed16){
        _mm512_loadu_si512(r->multiplier + channel),
        _mm512_sub_epi32(_mm512_loadu_si512(r->shift + channel), _mm512_set1_epi32(32)),
        _mm512_permutex2var_epi64(low, evens, high),
        _mm512_permutex2var_epi64(low, odds, high),
    };
}

/* Returns the rounded numbers of 16 accumulators; ties of negative ones away from zero unless `up`. */
INLINE __m512i fixed_rounded(__m512i acc, const fixed16 *f, int up, __m512i even_away, __m512i odd_away,
                             __m512i even_threshold, __m512i odd_threshold)
{
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(acc, f->multiplier), f->even);
    __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(acc, 32), _mm512_srli_epi64(f->multiplier, 32)), f->odd);
    if (!up) {
        even = _mm512_mask_sub_epi64(even, _mm512_cmplt_epi64_mask(even, even_threshold), even, even_away);
        odd = _mm512_mask_sub_epi64(odd, _mm512_cmplt_epi64_mask(odd, odd_threshold), odd, odd_away);
    }
    /* The upper halves of both, each in its channel's place. */
    __m512i high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
    return _mm512_srav_epi32(high, f->shift);
}

INLINE __m512i evens_of(const int64_t *array)
{
    return _mm512_permutex2var_epi64(_mm512_loadu_si512(array), _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14),
                                     _mm512_loadu_si512(array + 8));
}

INLINE __m512i odds_of(const int64_t *array)
{
    return _mm512_permutex2var_epi64(_mm512_loadu_si512(array), _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15),
                                     _mm512_loadu_si512(array + 8));
}

/* Returns the rounded numbers of 16 accumulators of channels from `channel` on, by any rule that in_vectors allows. */
INLINE __m512i rounded16(const intact_requantize *r, int64_t channel, __m512i acc)
{
    if (r->rule == INTACT_FLOAT32_EVEN) {
        __m512 factor = _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(_mm512_loadu_pd(r->factor + channel))),
                                           _mm512_cvtpd_ps(_mm512_loadu_pd(r->factor + channel + 8)), 1);
        return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(acc), factor));
    }
    fixed16 f = load_fixed16(r, channel);
    if (r->up)
        return fixed_rounded(acc, &f, 1, acc, acc, acc, acc);
    return fixed_rounded(acc, &f, 0, evens_of(r->away + channel), odds_of(r->away + channel),
                         evens_of(r->threshold + channel), odds_of(r->threshold + channel));
}

#endif
