/* lstm.h in vectors of 32 bytes (AVX2). */
#include <immintrin.h>

static inline __m256i high_product(__m256i a, __m256i b)
{
    const __m256i half = _mm256_set1_epi64x(1 << 30);
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
    __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), b), half);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
}

#define VERSION(name) name##_avx2
#define LANES 32
#define PRODUCT(a, b) ((lanes16)_mm256_mulhrs_epi16((__m256i)(a), (__m256i)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)high_product((__m256i)(a), (__m256i)(b)))

#include "lstm_lanes.h"
