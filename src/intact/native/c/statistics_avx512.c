/* statistics.h sixteen numbers at a time. */
#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "statistics.h"

/* Counts the numbers of `mask` into bins. */
static inline void count_bins(const intact_statistics *p, __m512 x, __mmask16 mask, int64_t *bins)
{
    int32_t at[16];
    __m512 place = _mm512_mul_ps(_mm512_sub_ps(x, _mm512_set1_ps(p->low)), _mm512_set1_ps(p->factor));
    place = _mm512_roundscale_ps(place, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    __mmask16 below = _mm512_cmp_ps_mask(place, _mm512_setzero_ps(), _CMP_NGE_UQ);
    __mmask16 above = _mm512_cmp_ps_mask(place, _mm512_set1_ps((float)p->bins), _CMP_GE_OQ);
    __m512i index = _mm512_cvttps_epi32(place);
    index = _mm512_mask_mov_epi32(index, below, _mm512_set1_epi32((int32_t)p->bins));
    index = _mm512_mask_mov_epi32(index, above, _mm512_set1_epi32((int32_t)p->bins + 1));
    _mm512_storeu_si512(at, index);
    for (int i = 0; i < 16; i++)
        if (mask >> i & 1)
            bins[at[i]]++;
}

void intact_statistics_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_statistics *p = params;
    const float *numbers = in[0];
    int64_t *bins = p->bins ? out[1] : NULL;
    __m512 low = _mm512_set1_ps(INFINITY), high = _mm512_set1_ps(-INFINITY);
    intact_summary found = {0};
    (void)scratch, (void)begin, (void)end;
    if (bins)
        memset(bins, 0, (size_t)(p->bins + 2) * sizeof *bins);
    for (int64_t i = 0; i < p->count; i += 16) {
        __mmask16 mask = p->count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (p->count - i)) - 1);
        __m512 x = _mm512_maskz_loadu_ps(mask, numbers + i);
        __mmask16 finite = _mm512_mask_cmp_ps_mask(mask, _mm512_abs_ps(x), _mm512_set1_ps(FLT_MAX), _CMP_LE_OQ);
        if (finite != mask) {
            __mmask16 others = mask & (__mmask16)~finite;
            found.nans += _mm_popcnt_u32(_mm512_mask_cmp_ps_mask(others, x, x, _CMP_UNORD_Q));
            found.positive += _mm_popcnt_u32(_mm512_mask_cmp_ps_mask(others, x, _mm512_setzero_ps(), _CMP_GT_OQ));
            found.negative += _mm_popcnt_u32(_mm512_mask_cmp_ps_mask(others, x, _mm512_setzero_ps(), _CMP_LT_OQ));
        }
        low = _mm512_mask_min_ps(low, finite, low, x);
        high = _mm512_mask_max_ps(high, finite, high, x);
        if (bins)
            count_bins(p, x, finite, bins);
    }
    /* A zero's sign depends on which came first, here as there; adding 0 makes it positive. */
    found.min = _mm512_reduce_min_ps(low) + 0.0, found.max = _mm512_reduce_max_ps(high) + 0.0;
    memcpy(out[0], &found, sizeof found);
}
