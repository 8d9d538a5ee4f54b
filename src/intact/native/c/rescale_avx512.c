/* rescale.h of 16 numbers at once (AVX-512), where they stay within 32 bits. */
#include "avx512.h"
#include "rescale.h"

INLINE __m512i read16(const intact_rescale *p, const void *numbers, int64_t i, __mmask16 mask)
{
    if (p->from == 4)
        return _mm512_maskz_loadu_epi32(mask, (const int32_t *)numbers + i);
    return _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, (const int16_t *)numbers + i));
}

INLINE void write16(const intact_rescale *p, void *numbers, int64_t i, __mmask16 mask, __m512i result)
{
    if (p->to == 1)
        _mm512_mask_cvtepi32_storeu_epi8((uint8_t *)numbers + i, mask, result);
    else if (p->to == 2)
        _mm512_mask_cvtepi32_storeu_epi16((int16_t *)numbers + i, mask, result);
    else
        _mm512_mask_storeu_epi32((int32_t *)numbers + i, mask, result);
}

void intact_rescale_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end)
{
    static const uint8_t same[16];
    const intact_rescale *p = params;
    const intact_requantize *r = &p->finish;
    enum rounding rounding = rounding_of(r);
    if (rounding == ONE_BY_ONE || (p->from == 4 && (p->zero_point || p->magnitude))) {
        intact_rescale_scalar(params, in, out, scratch, begin, end);
        return;
    }
    channels16 channels;
    read_channels(r, 0, same, &channels);
    __m512i before = _mm512_set1_epi32((int32_t)p->zero_point), after = _mm512_set1_epi32(r->zero_point);
    __m512i low = _mm512_set1_epi32(r->low), high = _mm512_set1_epi32(r->high), held = _mm512_set1_epi32(r->held);
    for (int64_t i = begin; i < end; i += 16) {
        __mmask16 mask = end - i < 16 ? (__mmask16)((1u << (end - i)) - 1) : 0xffff;
        __m512i number = _mm512_sub_epi32(read16(p, in[0], i, mask), before);
        if (p->magnitude)
            number = _mm512_abs_epi32(number);
        number = _mm512_add_epi32(rounded16(number, &channels, rounding), after);
        number = _mm512_min_epi32(_mm512_max_epi32(number, low), high);
        write16(p, out[0], i, mask, _mm512_add_epi32(number, held));
    }
}
