/* gemm.h with AVX2.
 *
 * The one instruction for bytes, vpmaddubsw, saturates at 16 bits: 255 * 127 twice is beyond. So terms and weights are
 * widened to 16 bits, the even ones of a group apart from the odd ones, which takes no shuffling, and vpmaddwd adds two
 * products in 32 bits.
 */
#include "gemm_ymm.h"

#define WIDEST 1
#define TALLEST 4

typedef struct {
    __m256i even, odd;
} pairs;
typedef pairs terms, weights;

INLINE terms spread(uint32_t four)
{
    __m256i all = _mm256_set1_epi32((int32_t)four);
    return (terms){_mm256_and_si256(all, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16(all, 8)};
}

INLINE weights unpack(const int8_t *packed)
{
    __m256i all = _mm256_loadu_si256((const __m256i *)packed);
    return (weights){_mm256_srai_epi16(_mm256_slli_epi16(all, 8), 8), _mm256_srai_epi16(all, 8)};
}

INLINE vector dot(vector acc, terms t, weights w)
{
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(t.even, w.even));
    return _mm256_add_epi32(acc, _mm256_madd_epi16(t.odd, w.odd));
}

#include "gemm_tile.h"

COLUMNS(1, 4)

static const intact_gemm_version version = {1, {columns_1}, sum_bytes, 0};

PREPARE(avx2)
INTACT_GEMM_KERNELS(avx2, &version)
