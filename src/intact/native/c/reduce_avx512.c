/* Sums of reduce.h with AVX-512: bytes are added up in 16 bits as long as these hold them. */
#define VERSION(name) name##_avx512
#define ADD_BYTES add_bytes512
#define REQUANTIZE requantize512

#include "avx512.h"
#include "reduce.h"

#define SHORT_SUM 257 /* bytes whose sum fits 16 bits unsigned */

static void add64(uint32_t *sums, const uint8_t *at, int64_t stride, int64_t rows, int64_t width, uint8_t flip)
{
    __mmask64 mask = width >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << width) - 1;
    __m512i flips = _mm512_set1_epi8((char)flip);
    while (rows > 0) {
        __m512i low = _mm512_setzero_si512(), high = low;
        for (int64_t i = rows < SHORT_SUM ? rows : SHORT_SUM; i > 0; i--, at += stride) {
            __m512i bytes = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, at), flips);
            low = _mm512_add_epi16(low, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bytes)));
            high = _mm512_add_epi16(high, _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(bytes, 1)));
        }
        rows -= SHORT_SUM;
        const __m256i quarters[4] = {_mm512_castsi512_si256(low), _mm512_extracti64x4_epi64(low, 1),
                                     _mm512_castsi512_si256(high), _mm512_extracti64x4_epi64(high, 1)};
        for (int i = 0; i < 4; i++) {
            __mmask16 part = (__mmask16)(mask >> 16 * i);
            __m512i sum = _mm512_maskz_loadu_epi32(part, sums + 16 * i);
            _mm512_mask_storeu_epi32(sums + 16 * i, part, _mm512_add_epi32(sum, _mm512_cvtepu16_epi32(quarters[i])));
        }
    }
}

static void add_bytes512(uint32_t *sums, const uint8_t *at, int64_t stride, int64_t rows, int64_t width, uint8_t flip)
{
    for (int64_t i = 0; i < width; i += 64)
        add64(sums + i, at + i, stride, rows, width - i, flip);
}

/* Requantizes in place; returns how many of the sums, all or none. */
static int64_t requantize512(const intact_requantize *r, int32_t *sums, int64_t count)
{
    static const uint8_t one[16];
    enum rounding rounding = rounding_of(r);
    channels16 channels;
    if (rounding == ONE_BY_ONE || count == 0)
        return 0;
    read_channels(r, 0, one, &channels);
    __m512i zero = _mm512_set1_epi32(r->zero_point), held = _mm512_set1_epi32(r->held);
    __m512i low = _mm512_set1_epi32(r->low), high = _mm512_set1_epi32(r->high);
    for (int64_t i = 0; i < count; i += 16) {
        __mmask16 mask = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        __m512i rounded = rounded16(_mm512_maskz_loadu_epi32(mask, sums + i), &channels, rounding);
        __m512i number = _mm512_min_epi32(_mm512_max_epi32(_mm512_add_epi32(rounded, zero), low), high);
        _mm512_mask_storeu_epi32(sums + i, mask, _mm512_add_epi32(number, held));
    }
    return count;
}

#include "reduce.c"
