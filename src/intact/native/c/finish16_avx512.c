/* finish16.h, eight channels at a time: in lanes of 64 bits every rule of integers is the formula as it stands. */
#include "finish16.h"

#include "avx512.h"

enum way { DEFINITION, WHOLE, WHOLE_AWAY, REAL };

static enum way way_of(const intact_requantize *r)
{
    /* Where a number may wrap when it is moved to the zero point, it is not clamped before. */
    if (r->far && r->zero_point)
        return DEFINITION;
    if (r->rule == INTACT_FLOAT64_AWAY)
        return REAL;
    return r->rule != INTACT_FIXED ? DEFINITION : r->up ? WHOLE : WHOLE_AWAY;
}

/* The parameters of eight channels. */
typedef struct {
    __m256i left;
    __m512i multiplier, offset, threshold, away, shift;
    __m512d factor;
} channels8;

INLINE channels8 read_channels8(const intact_requantize *r, int64_t channel)
{
    return (channels8){
        _mm256_loadu_si256((const __m256i *)(r->left + channel)),
        _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(r->multiplier + channel))),
        _mm512_loadu_si512(r->offset + channel),
        _mm512_loadu_si512(r->threshold + channel),
        _mm512_loadu_si512(r->away + channel),
        _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(r->shift + channel))),
        _mm512_loadu_pd(r->factor + channel),
    };
}

/* Returns reals rounded, ties away from zero, as x86 makes int32 of them: the smallest of what int32 cannot hold. */
INLINE __m512i round_away(__m512d real)
{
    __m512d whole = _mm512_roundscale_pd(real, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    __m512d rest = _mm512_abs_pd(_mm512_sub_pd(real, whole));
    const __m512d sign = _mm512_set1_pd(-0.0);
    __m512d one = _mm512_or_pd(_mm512_and_pd(real, sign), _mm512_set1_pd(1.0));
    whole = _mm512_mask_add_pd(whole, _mm512_cmp_pd_mask(rest, _mm512_set1_pd(0.5), _CMP_GE_OQ), whole, one);
    return _mm512_cvtepi32_epi64(_mm512_cvttpd_epi32(whole));
}

/* Returns eight rounded numbers for sums of 32 or of 64 bits. */
INLINE __m512i rounded8(const channels8 *c, const void *sums, const int wide, const enum way way, int wraps)
{
    __m256i narrow = wide ? _mm256_setzero_si256() : _mm256_loadu_si256(sums);
    __m512i acc = wide ? _mm512_loadu_si512(sums) : _mm512_setzero_si512();
    if (way == REAL)
        return round_away(_mm512_mul_pd(wide ? _mm512_cvtepi64_pd(acc) : _mm512_cvtepi32_pd(narrow), c->factor));
    /* No rule with wide sums shifts them left. */
    __m512i p = wide ? _mm512_mullo_epi64(acc, c->multiplier)
                     : _mm512_mul_epi32(_mm512_cvtepi32_epi64(_mm256_sllv_epi32(narrow, c->left)), c->multiplier);
    p = _mm512_add_epi64(p, c->offset);
    if (way == WHOLE_AWAY)
        p = _mm512_mask_sub_epi64(p, _mm512_cmplt_epi64_mask(p, c->threshold), p, c->away);
    p = _mm512_srav_epi64(p, c->shift);
    return wraps ? _mm512_srai_epi64(_mm512_slli_epi64(p, 32), 32) : p;
}

INLINE void finish(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows, const char *sums,
                   int16_t *out, int64_t stride, const int wide, const enum way way)
{
    const __m512i zero = _mm512_set1_epi64(r->zero_point);
    const __m512i low = _mm512_set1_epi64((int64_t)r->low - r->zero_point);
    const __m512i high = _mm512_set1_epi64((int64_t)r->high - r->zero_point);
    int size = wide ? 8 : 4;
    for (int64_t first = 0; first < count; first += 8) {
        const channels8 c = read_channels8(r, channel + first);
        __mmask8 mask = (__mmask8)(count - first >= 8 ? 0xFF : (1 << (count - first)) - 1);
        for (int64_t row = 0; row < rows; row++) {
            __m512i number = rounded8(&c, sums + (row * 16 + first) * size, wide, way, r->wraps);
            number = _mm512_add_epi64(_mm512_min_epi64(_mm512_max_epi64(number, low), high), zero);
            _mm_mask_storeu_epi16(out + row * stride + first, mask, _mm512_cvtepi64_epi16(number));
        }
    }
}

static void one_by_one(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows, const void *sums,
                       int16_t *out, int64_t stride, int wide)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t n = 0; n < count; n++) {
            int64_t at = row * 16 + n, acc = wide ? ((const int64_t *)sums)[at] : ((const int32_t *)sums)[at];
            out[row * stride + n] = (int16_t)intact_requantize_one(r, channel + n, acc);
        }
}

void intact_finish16_avx512(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows,
                            const int32_t *sums, int16_t *out, int64_t stride)
{
    const char *bytes = (const char *)sums;
    switch (way_of(r)) {
    case WHOLE: finish(r, channel, count, rows, bytes, out, stride, 0, WHOLE); break;
    case WHOLE_AWAY: finish(r, channel, count, rows, bytes, out, stride, 0, WHOLE_AWAY); break;
    case REAL: finish(r, channel, count, rows, bytes, out, stride, 0, REAL); break;
    default: one_by_one(r, channel, count, rows, sums, out, stride, 0);
    }
}

void intact_finish16_wide_avx512(const intact_requantize *r, int64_t channel, int64_t count, int64_t rows,
                                 const int64_t *sums, int16_t *out, int64_t stride)
{
    const char *bytes = (const char *)sums;
    switch (way_of(r)) {
    case WHOLE: finish(r, channel, count, rows, bytes, out, stride, 1, WHOLE); break;
    case WHOLE_AWAY: finish(r, channel, count, rows, bytes, out, stride, 1, WHOLE_AWAY); break;
    case REAL: finish(r, channel, count, rows, bytes, out, stride, 1, REAL); break;
    default: one_by_one(r, channel, count, rows, sums, out, stride, 1);
    }
}
