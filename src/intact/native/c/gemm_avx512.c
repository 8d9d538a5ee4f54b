/* gemm.h with AVX-512 (F, BW, DQ, VL), widened to 16 bits as gemm_avx2.c says. */
#include "gemm_zmm.h"

#define WIDEST 2
#define TALLEST 12

typedef struct {
    __m512i even, odd;
} pairs;
typedef pairs terms, weights;

INLINE terms spread(uint32_t four)
{
    __m512i all = _mm512_set1_epi32((int32_t)four);
    return (terms){_mm512_and_si512(all, _mm512_set1_epi16(0xFF)), _mm512_srli_epi16(all, 8)};
}

INLINE weights unpack(const int8_t *packed)
{
    __m512i all = _mm512_loadu_si512(packed);
    return (weights){_mm512_srai_epi16(_mm512_slli_epi16(all, 8), 8), _mm512_srai_epi16(all, 8)};
}

INLINE vector dot(vector acc, terms t, weights w)
{
    acc = _mm512_add_epi32(acc, _mm512_madd_epi16(t.even, w.even));
    return _mm512_add_epi32(acc, _mm512_madd_epi16(t.odd, w.odd));
}

#include "gemm_tile.h"

COLUMNS(1, 12)
COLUMNS(2, 12)

static const intact_gemm_version version = {2, {columns_1, columns_2}, sum_bytes, 0};

PREPARE(avx512)
INTACT_GEMM_KERNELS(avx512, &version)
