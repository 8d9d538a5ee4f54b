/* add.h of 64 elements at once (AVX-512).
 *
 * Products of 8 and 23 bits are made of two of 16: with m = 256 h + l, a m = (a - 128) 256 h + a l + 128 * 256 h. Both
 * 256 (a - 128) and a fit 16 bits, and so do h and l; and one instruction multiplies and adds up those of a and b. */
#include <immintrin.h>

#include "add.h"

typedef struct {
    __m512i high, low; /* pairs of h and of l of both operands */
    __m512i offset, zero_point, smallest, largest;
    __m128i shift;
} constants;

static inline __m512i pair(int32_t first, int32_t second)
{
    return _mm512_set1_epi32((int32_t)(((uint32_t)first & 0xffff) | (uint32_t)second << 16));
}

static constants made(const intact_add *p)
{
    int32_t high[2] = {p->multiplier[0] >> 8, p->multiplier[1] >> 8};
    /* Signed numbers serve vectors better, so what makes them unsigned is left out. */
    uint32_t offset = p->offset - 0x80000000u + (uint32_t)(high[0] + high[1]) * 32768u;
    return (constants){
        pair(high[0], high[1]),
        pair(p->multiplier[0] & 255, p->multiplier[1] & 255),
        _mm512_set1_epi32((int32_t)offset),
        _mm512_set1_epi16((short)(p->zero_point + (int32_t)(0x80000000u >> p->shift))),
        _mm512_set1_epi8((char)p->low),
        _mm512_set1_epi8((char)p->high),
        _mm_cvtsi32_si128(p->shift),
    };
}

/* Returns 16 shifted sums of codes in pairs (a, b), and of the same less 128. */
static inline __m512i shifted(const constants *k, __m512i codes, __m512i centred)
{
    __m512i sum = _mm512_add_epi32(_mm512_madd_epi16(codes, k->low), _mm512_madd_epi16(centred, k->high));
    return _mm512_sra_epi32(_mm512_add_epi32(sum, k->offset), k->shift);
}

/* Returns 32 shifted sums of interleaved bytes, saturated to 16 bits. */
static inline __m512i sums32(const constants *k, __m512i bytes)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i centred = _mm512_xor_si512(bytes, _mm512_set1_epi8((char)0x80));
    __m512i first = shifted(k, _mm512_unpacklo_epi8(bytes, zero), _mm512_unpacklo_epi8(zero, centred));
    __m512i second = shifted(k, _mm512_unpackhi_epi8(bytes, zero), _mm512_unpackhi_epi8(zero, centred));
    return _mm512_adds_epi16(_mm512_packs_epi32(first, second), k->zero_point);
}

static inline void add_run(const constants *k, const uint8_t *a, const uint8_t *b, uint8_t *out, int64_t count,
                           const int a_goes_on, const int b_goes_on)
{
    for (int64_t i = 0; i < count; i += 64) {
        __mmask64 mask = count - i < 64 ? (1ULL << (count - i)) - 1 : ~0ULL;
        __m512i first = a_goes_on ? _mm512_maskz_loadu_epi8(mask, a + i) : _mm512_set1_epi8((char)*a);
        __m512i second = b_goes_on ? _mm512_maskz_loadu_epi8(mask, b + i) : _mm512_set1_epi8((char)*b);
        __m512i low = sums32(k, _mm512_unpacklo_epi8(first, second));
        __m512i high = sums32(k, _mm512_unpackhi_epi8(first, second));
        /* Saturating changes nothing that the clamp leaves. */
        __m512i result = _mm512_max_epu8(_mm512_packus_epi16(low, high), k->smallest);
        _mm512_mask_storeu_epi8(out + i, mask, _mm512_min_epu8(result, k->largest));
    }
}

void intact_add_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_add *p = params;
    const constants k = made(p);
    int64_t last = p->shape.rank - 1;
    (void)scratch;
    for (intact_run run = intact_first_run(&p->shape, begin, end); run.count; intact_next_run(&run)) {
        const uint8_t *a = (const uint8_t *)in[0] + run.at[0], *b = (const uint8_t *)in[1] + run.at[1];
        uint8_t *to = (uint8_t *)out[0] + run.to;
        if (!p->shape.stride[0][last])
            add_run(&k, a, b, to, run.count, 0, 1);
        else if (!p->shape.stride[1][last])
            add_run(&k, a, b, to, run.count, 1, 0);
        else
            add_run(&k, a, b, to, run.count, 1, 1);
    }
}
