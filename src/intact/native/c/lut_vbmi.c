/* lut.h of bytes: the table in four registers (AVX-512 VBMI). */
#include <immintrin.h>

#include "lut.h"

static void look_up(const uint8_t *table, const uint8_t *in, uint8_t *out, int64_t begin, int64_t end)
{
    __m512i quarter[4];
    for (int i = 0; i < 4; i++)
        quarter[i] = _mm512_loadu_si512(table + 64 * i);
    for (int64_t i = begin; i < end; i += 64) {
        __mmask64 mask = end - i < 64 ? (1ULL << (end - i)) - 1 : ~0ULL;
        __m512i codes = _mm512_maskz_loadu_epi8(mask, in + i);
        __m512i low = _mm512_permutex2var_epi8(quarter[0], codes, quarter[1]);
        __m512i high = _mm512_permutex2var_epi8(quarter[2], codes, quarter[3]);
        _mm512_mask_storeu_epi8(out + i, mask, _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(codes), high));
    }
}

void intact_lut_vbmi(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
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
