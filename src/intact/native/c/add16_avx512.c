/* add16.h of 32 elements at once (AVX-512). */
#include "add16.h"
#include "broadcast_avx512.h"

typedef struct {
    channels16 step; /* one, sixteen times */
    __m128i right, left;
} scaling;

typedef struct {
    const intact_add16 *params;
    scaling operands[2][2], total;
    __m512i negative, low, high;
} constants;

static scaling read_scaling(const intact_scaling *from)
{
    __m512i offset = _mm512_set1_epi64(from->offset), threshold = _mm512_set1_epi64(from->threshold);
    __m512i multiplier = _mm512_set1_epi32(from->multiplier), away = _mm512_set1_epi64(from->away);
    return (scaling){
        .step = {.multiplier = multiplier, .odd_multiplier = multiplier, .even = offset, .odd = offset,
                 .even_threshold = threshold, .odd_threshold = threshold, .even_away = away, .odd_away = away,
                 .shift = _mm512_set1_epi32(from->shift)},
        .right = _mm_cvtsi32_si128(from->right),
        .left = _mm_cvtsi32_si128(from->left),
    };
}

INLINE __m512i scaled(const scaling *s, __m512i numbers)
{
    return rounded16(_mm512_sll_epi32(_mm512_sra_epi32(numbers, s->right), s->left), &s->step, FIXED_AWAY);
}

/* The results of 16 pairs, before the clamp. */
INLINE __m512i sum16(const constants *k, int way, __m512i a, __m512i b)
{
    __m512i first = scaled(&k->operands[way][0], a), second = scaled(&k->operands[way][1], b);
    second = _mm512_sub_epi32(_mm512_xor_si512(second, k->negative), k->negative);
    return scaled(&k->total, _mm512_add_epi32(first, second));
}

INLINE __m512i wide(__m512i numbers, int half)
{
    return _mm512_cvtepi16_epi32(half ? _mm512_extracti64x4_epi64(numbers, 1) : _mm512_castsi512_si256(numbers));
}

INTACT_INLINE void add16(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                         int64_t place, int64_t count)
{
    const constants *k = params;
    int64_t i = 0, end;
    for (int way; i < count; i = end) {
        end = i + intact_same_way(k->params, place + i, count - i, &way);
        for (int64_t n = i; n < end; n += 32) {
            __mmask32 mask = of32(end - n);
            __m512i first = read32(a, a_step, n, mask), second = read32(b, b_step, n, mask);
            __m256i low = _mm512_cvtsepi32_epi16(sum16(k, way, wide(first, 0), wide(second, 0)));
            __m256i high = _mm512_cvtsepi32_epi16(sum16(k, way, wide(first, 1), wide(second, 1)));
            __m512i result = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
            result = _mm512_min_epi16(_mm512_max_epi16(result, k->low), k->high);
            _mm512_mask_storeu_epi16((int16_t *)out + n, mask, result);
        }
    }
}

void intact_add16_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    const intact_add16 *p = params;
    constants k = {
        .params = p,
        .total = read_scaling(&p->total),
        .negative = _mm512_set1_epi32(-p->negative),
        .low = _mm512_set1_epi16((short)p->low),
        .high = _mm512_set1_epi16((short)p->high),
    };
    (void)scratch;
    for (int way = 0; way < 2; way++)
        for (int i = 0; i < 2; i++)
            k.operands[way][i] = read_scaling(&p->operands[way][i]);
    intact_each_run(&p->shape, add16, &k, in, out, 2, 2, 2, begin, end);
}
