/* pool.h for 8 bits with AVX-512: 64 channels at a time, what is missing of them masked. int16 is left to AVX2. */
#include <immintrin.h>

#include "avx512.h"
#include "pool.h"

#define SHORT_SUM 257 /* numbers of 8 bits whose sum fits 16 bits unsigned */

INLINE __mmask64 first_lanes(int64_t count)
{
    return count >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1;
}

/* Returns 16 averages of 16 sums, as they are held. pool.c says why cutting is right. */
INLINE __m128i averages(const intact_average_pool *p, __m512i sums, int64_t count)
{
    __m512i sum = _mm512_sub_epi32(sums, _mm512_set1_epi32(p->held * (int32_t)count));
    __m512i size = _mm512_add_epi32(_mm512_abs_epi32(sum), _mm512_set1_epi32((int32_t)(count / 2)));
    __m512d inverse = _mm512_set1_pd(1.0 / (double)count), half = _mm512_set1_pd(0.5);
    __m512d low = _mm512_cvtepi32_pd(_mm512_castsi512_si256(size));
    __m512d high = _mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(size, 1));
    __m256i a = _mm512_cvttpd_epi32(_mm512_mul_pd(_mm512_add_pd(low, half), inverse));
    __m256i b = _mm512_cvttpd_epi32(_mm512_mul_pd(_mm512_add_pd(high, half), inverse));
    __m512i mean = _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
    mean = _mm512_mask_sub_epi32(mean, _mm512_movepi32_mask(sum), _mm512_setzero_si512(), mean);
    mean = _mm512_min_epi32(_mm512_max_epi32(mean, _mm512_set1_epi32(p->low)), _mm512_set1_epi32(p->high));
    return _mm512_cvtepi32_epi8(_mm512_add_epi32(mean, _mm512_set1_epi32(p->held)));
}

/* Adds 64 numbers of 8 bits to as many sums of 16 bits. */
INLINE void add_short(__m512i sums[2], __m512i numbers)
{
    sums[0] = _mm512_add_epi16(sums[0], _mm512_cvtepu8_epi16(_mm512_castsi512_si256(numbers)));
    sums[1] = _mm512_add_epi16(sums[1], _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(numbers, 1)));
}

INLINE void add_long(__m512i sums[4], const __m512i shorts[2])
{
    for (int i = 0; i < 2; i++) {
        sums[2 * i] = _mm512_add_epi32(sums[2 * i], _mm512_cvtepu16_epi32(_mm512_castsi512_si256(shorts[i])));
        sums[2 * i + 1] =
            _mm512_add_epi32(sums[2 * i + 1], _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(shorts[i], 1)));
    }
}

static void average64(const intact_average_pool *p, const uint8_t *pixels, const intact_inside *part, int64_t channels,
                      uint8_t *to)
{
    const intact_window *w = &p->window;
    __mmask64 mask = first_lanes(channels);
    __m512i zero = _mm512_setzero_si512(), shorts[2] = {zero, zero}, sums[4] = {zero, zero, zero, zero};
    int64_t left = SHORT_SUM;
    for (int64_t i = part->first[0]; i < part->last[0]; i++) {
        const uint8_t *pixel = pixels + (i * w->extent[1] + part->first[1]) * w->channels;
        for (int64_t j = part->first[1]; j < part->last[1]; j++, pixel += w->channels) {
            add_short(shorts, _mm512_maskz_loadu_epi8(mask, pixel));
            if (--left == 0) {
                add_long(sums, shorts);
                shorts[0] = shorts[1] = zero;
                left = SHORT_SUM;
            }
        }
    }
    add_long(sums, shorts);
    int64_t count = intact_inside_count(part);
    for (int64_t i = 0; 16 * i < channels; i++)
        _mm_mask_storeu_epi8(to + 16 * i, (__mmask16)(mask >> 16 * i), averages(p, sums[i], count));
}

void intact_average_pool_avx512(const void *params, const void *const *in, void *const *out, void *scratch,
                                int64_t begin, int64_t end)
{
    const intact_average_pool *p = params;
    const intact_window *w = &p->window;
    if (p->wide) {
        intact_average_pool_avx2(params, in, out, scratch, begin, end);
        return;
    }
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *image =
            (const uint8_t *)in[0] + unit / w->positions[0] * w->extent[0] * w->extent[1] * w->channels;
        uint8_t *to = (uint8_t *)out[0] + unit * w->positions[1] * w->channels;
        for (int64_t x = 0; x < w->positions[1]; x++, to += w->channels) {
            intact_inside part = intact_inside_of(w, unit % w->positions[0], x);
            for (int64_t first = 0; first < w->channels; first += 64)
                average64(p, image + first, &part, w->channels - first < 64 ? w->channels - first : 64, to + first);
        }
    }
}

void intact_max_pool_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_max_pool *p = params;
    const intact_window *w = &p->window;
    if (p->wide) {
        intact_max_pool_avx2(params, in, out, scratch, begin, end);
        return;
    }
    __m512i low = _mm512_set1_epi8((char)p->low), high = _mm512_set1_epi8((char)p->high);
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *image =
            (const uint8_t *)in[0] + unit / w->positions[0] * w->extent[0] * w->extent[1] * w->channels;
        uint8_t *to = (uint8_t *)out[0] + unit * w->positions[1] * w->channels;
        for (int64_t x = 0; x < w->positions[1]; x++, to += w->channels) {
            intact_inside part = intact_inside_of(w, unit % w->positions[0], x);
            for (int64_t first = 0; first < w->channels; first += 64) {
                __mmask64 mask = first_lanes(w->channels - first);
                __m512i found = low;
                for (int64_t i = part.first[0]; i < part.last[0]; i++) {
                    const uint8_t *pixel = image + (i * w->extent[1] + part.first[1]) * w->channels + first;
                    for (int64_t j = part.first[1]; j < part.last[1]; j++, pixel += w->channels)
                        found = _mm512_max_epu8(found, _mm512_maskz_loadu_epi8(mask, pixel));
                }
                _mm512_mask_storeu_epi8(to + first, mask, _mm512_min_epu8(found, high));
            }
        }
    }
}
