/* add.h of 64 elements at once (AVX-512).
 *
 * Products of 8 and 23 bits are made of two of 16: with m = 256 h + l, a m = (a - 128) 256 h + a l + 128 * 256 h. Both
 * 256 (a - 128) and a fit 16 bits, and so do h and l; and one instruction multiplies and adds up those of a and b. */
#include "add.h"
#include "broadcast_avx512.h"

typedef struct {
    __m512i high, low; /* pairs of h and of l of both operands */
    __m512i offset;
    __m128i shift;
    ends8 ends;
} constants;

INLINE __m512i pair(int32_t first, int32_t second)
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
        _mm_cvtsi32_si128(p->shift),
        {_mm512_set1_epi16((short)(p->zero_point + (int32_t)(0x80000000u >> p->shift))),
         _mm512_set1_epi8((char)p->low), _mm512_set1_epi8((char)p->high)},
    };
}

/* Returns 16 shifted sums of codes in pairs (a, b), and of the same less 128. */
INLINE __m512i shifted(const constants *k, __m512i codes, __m512i centred)
{
    __m512i sum = _mm512_add_epi32(_mm512_madd_epi16(codes, k->low), _mm512_madd_epi16(centred, k->high));
    return _mm512_sra_epi32(_mm512_add_epi32(sum, k->offset), k->shift);
}

/* The shifted sums of 32 codes a and b, interleaved, in two vectors. */
INLINE void sums32(const constants *k, __m512i codes, __m512i sums[2])
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i centred = _mm512_xor_si512(codes, _mm512_set1_epi8((char)0x80));
    sums[0] = shifted(k, _mm512_unpacklo_epi8(codes, zero), _mm512_unpacklo_epi8(zero, centred));
    sums[1] = shifted(k, _mm512_unpackhi_epi8(codes, zero), _mm512_unpackhi_epi8(zero, centred));
}

INTACT_INLINE void add(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, void *out,
                       int64_t place, int64_t count)
{
    const constants *k = params;
    (void)place;
    for (int64_t i = 0; i < count; i += 64) {
        __mmask64 mask = of64(count - i);
        __m512i first = read64(a, a_step, i, mask), second = read64(b, b_step, i, mask), low[2], high[2];
        sums32(k, _mm512_unpacklo_epi8(first, second), low);
        sums32(k, _mm512_unpackhi_epi8(first, second), high);
        _mm512_mask_storeu_epi8((uint8_t *)out + i, mask, bytes_of(low[0], low[1], high[0], high[1], &k->ends));
    }
}

void intact_add_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_add *p = params;
    const constants k = made(p);
    (void)scratch;
    intact_each_run(&p->shape, add, &k, in, out, 1, 1, 1, begin, end);
}
