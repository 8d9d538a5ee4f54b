/* lstm.h in vectors of 64 bytes (AVX-512 VNNI). */
#include <immintrin.h>

static inline __m512i high_product(__m512i a, __m512i b)
{
    const __m512i half = _mm512_set1_epi64(1 << 30);
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(a, b), half);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), b), half);
    return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

#define VERSION(name) name##_vnni
#define LANES 64
#define PRODUCT(a, b) ((lanes16)_mm512_mulhrs_epi16((__m512i)(a), (__m512i)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)high_product((__m512i)(a), (__m512i)(b)))

#include "lstm_lanes.h"
