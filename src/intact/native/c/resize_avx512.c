/* resize.h with AVX-512: the channels of a pixel 16 at a time, what is missing of them masked. */
#define VERSION(name) name##_avx512
#define PIXELS

#include "avx512.h"
#include "resize.h"

INLINE __mmask16 lanes(int64_t count)
{
    return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

INLINE void fixed_pixel(const intact_bilinear *p, const int32_t *a, const int32_t *b, int32_t part, uint8_t *to)
{
    __m512i half = _mm512_set1_epi32(1 << (2 * p->bits - 1)), parts = _mm512_set1_epi32(part);
    __m512i negative = _mm512_set1_epi32(p->away ? p->zero << 2 * p->bits : 0), one = _mm512_set1_epi32(1);
    __m128i once = _mm_cvtsi32_si128(p->bits), twice = _mm_cvtsi32_si128(2 * p->bits);
    for (int64_t c = 0; c < p->channels; c += 16) {
        __mmask16 mask = lanes(p->channels - c);
        __m512i first = _mm512_maskz_loadu_epi32(mask, a + c), second = _mm512_maskz_loadu_epi32(mask, b + c);
        /* first * (1 - part) + second * part */
        __m512i sum = _mm512_add_epi32(_mm512_sll_epi32(first, once),
                                       _mm512_mullo_epi32(_mm512_sub_epi32(second, first), parts));
        sum = _mm512_add_epi32(_mm512_mask_sub_epi32(sum, _mm512_cmplt_epi32_mask(sum, negative), sum, one), half);
        _mm512_mask_cvtepi32_storeu_epi8(to + c, mask, _mm512_srl_epi32(sum, twice));
    }
}

INLINE void float_pixel(int64_t channels, const float *a, const float *b, const float *c, const float *d, float part,
                        uint8_t *to)
{
    __m512 parts = _mm512_set1_ps(part), rest = _mm512_set1_ps(1.0f - part), half = _mm512_set1_ps(0.5f);
    for (int64_t i = 0; i < channels; i += 16) {
        __mmask16 mask = lanes(channels - i);
        __m512 sum = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, a + i), rest);
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, c + i), rest));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, b + i), parts));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, d + i), parts));
        _mm512_mask_cvtepi32_storeu_epi8(to + i, mask, _mm512_cvttps_epi32(_mm512_add_ps(sum, half)));
    }
}

INLINE void weighted_pixel(int64_t channels, const float *a, const float *b, const float *c, const float *d,
                           const float weights[4], uint8_t *to)
{
    __m512 half = _mm512_set1_ps(0.5f);
    for (int64_t i = 0; i < channels; i += 16) {
        __mmask16 mask = lanes(channels - i);
        __m512 sum = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_set1_ps(weights[0]));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, b + i), _mm512_set1_ps(weights[1])));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, c + i), _mm512_set1_ps(weights[2])));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, d + i), _mm512_set1_ps(weights[3])));
        _mm512_mask_cvtepi32_storeu_epi8(to + i, mask, _mm512_cvttps_epi32(_mm512_add_ps(sum, half)));
    }
}

#include "resize.c"
