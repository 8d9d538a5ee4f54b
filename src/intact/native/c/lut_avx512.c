/* lut.h of bytes in shuffles of 16 (AVX-512 without VBMI).
 *
 * A shuffle takes the low 4 bits of an index and gives 0 where its top bit is set. With t_i the 16 results from 16 i on
 * and x of 7 bits, t_j[x mod 16] with j = x / 16 is the exclusive or of t_0 and of t_i ^ t_(i-1) for i from 1 to j; and
 * x - 16 i has its top bit set just where i > j. */
#include <immintrin.h>

#include "lut.h"

/* Returns results of the lower or the upper 128 codes, whose low 7 bits are given. */
static inline __m512i half(const __m512i *steps, __m512i codes)
{
    __m512i result = _mm512_shuffle_epi8(steps[0], codes);
    for (int i = 1; i < 8; i++) {
        codes = _mm512_sub_epi8(codes, _mm512_set1_epi8(16));
        result = _mm512_xor_si512(result, _mm512_shuffle_epi8(steps[i], codes));
    }
    return result;
}

static void look_up(const uint8_t *table, const uint8_t *in, uint8_t *out, int64_t begin, int64_t end)
{
    __m512i steps[16];
    for (int i = 0; i < 16; i++) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(table + 16 * i));
        if (i % 8)
            sixteen = _mm_xor_si128(sixteen, _mm_loadu_si128((const __m128i *)(table + 16 * i - 16)));
        steps[i] = _mm512_broadcast_i32x4(sixteen);
    }
    for (int64_t i = begin; i < end; i += 64) {
        __mmask64 mask = end - i < 64 ? (1ULL << (end - i)) - 1 : ~0ULL;
        __m512i codes = _mm512_maskz_loadu_epi8(mask, in + i);
        __m512i low7 = _mm512_and_si512(codes, _mm512_set1_epi8(0x7f));
        __m512i result = _mm512_mask_mov_epi8(half(steps, low7), _mm512_movepi8_mask(codes), half(steps + 8, low7));
        _mm512_mask_storeu_epi8(out + i, mask, result);
    }
}

void intact_lut_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_lut *p = params;
    if (p->from != 1 || p->to != 1) {
        intact_lut_scalar(params, in, out, scratch, begin, end);
        return;
    }
    int64_t middle = p->boundary < begin ? begin : p->boundary < end ? p->boundary : end;
    look_up(p->table[0], in[0], out[0], begin, middle);
    look_up(p->table[1], in[0], out[0], middle, end);
}
