/* mul.h of 64 bytes at once (AVX-512).
 *
 * Numbers of 8 bits are interleaved with zeros, and the halves of products with each other; packing brings back the
 * order. */
#include "broadcast_avx512.h"
#include "mul.h"

typedef struct {
    __m512i first, second; /* zero points of the operands */
    __m512i low, high; /* of a result of 16 bits */
    ends8 ends; /* of a result of 8 bits */
    channels16 channels; /* one, sixteen times */
} constants;

/* The rounded products of 32 numbers of 16 bits in two vectors. */
INLINE void products32(const constants *k, __m512i a, __m512i b, enum rounding rounding, __m512i products[2])
{
    __m512i low = _mm512_mullo_epi16(a, b), high = _mm512_mulhi_epi16(a, b);
    products[0] = rounded16(_mm512_unpacklo_epi16(low, high), &k->channels, rounding);
    products[1] = rounded16(_mm512_unpackhi_epi16(low, high), &k->channels, rounding);
}

INLINE void mul8(const constants *k, const void *a, int64_t a_step, const void *b, int64_t b_step, uint8_t *out,
                 int64_t count, enum rounding rounding)
{
    const __m512i zero = _mm512_setzero_si512();
    for (int64_t i = 0; i < count; i += 64) {
        __mmask64 mask = of64(count - i);
        __m512i first = read64(a, a_step, i, mask), second = read64(b, b_step, i, mask), low[2], high[2];
        products32(k, _mm512_sub_epi16(_mm512_unpacklo_epi8(first, zero), k->first),
                   _mm512_sub_epi16(_mm512_unpacklo_epi8(second, zero), k->second), rounding, low);
        products32(k, _mm512_sub_epi16(_mm512_unpackhi_epi8(first, zero), k->first),
                   _mm512_sub_epi16(_mm512_unpackhi_epi8(second, zero), k->second), rounding, high);
        _mm512_mask_storeu_epi8(out + i, mask, bytes_of(low[0], low[1], high[0], high[1], &k->ends));
    }
}

INLINE void mul16(const constants *k, const void *a, int64_t a_step, const void *b, int64_t b_step, int16_t *out,
                  int64_t count, enum rounding rounding)
{
    for (int64_t i = 0; i < count; i += 32) {
        __mmask32 mask = of32(count - i);
        __m512i products[2];
        products32(k, read32(a, a_step, i, mask), read32(b, b_step, i, mask), rounding, products);
        __m512i result = _mm512_packs_epi32(products[0], products[1]);
        result = _mm512_min_epi16(_mm512_max_epi16(result, k->low), k->high);
        _mm512_mask_storeu_epi16(out + i, mask, result);
    }
}

#define MUL(bits, rounding)                                                                                      \
    INLINE void mul##bits##_##rounding(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step, \
                                       void *out, int64_t place, int64_t count)                                  \
    {                                                                                                            \
        (void)place;                                                                                             \
        mul##bits(params, a, a_step, b, b_step, out, count, rounding);                                           \
    }
MUL(8, FLOAT_EVEN)
MUL(8, FIXED_AWAY)
MUL(16, FIXED_AWAY)

void intact_mul_avx512(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    static const uint8_t same[16];
    const intact_mul *p = params;
    const intact_requantize *r = &p->finish;
    enum rounding rounding = rounding_of(r);
    /* Ties that go up are the same with nothing taken off. */
    int fixed = rounding == FIXED_AWAY || rounding == FIXED_UP;
    /* Numbers of 16 bits are packed before they are moved to the zero point: what leaves 16 bits on its way is lost. */
    int moved = p->bytes == 2 && r->zero_point;
    if (moved || !(fixed || (rounding == FLOAT_EVEN && p->bytes == 1))) {
        intact_mul_scalar(params, in, out, scratch, begin, end);
        return;
    }
    constants k = {
        .first = _mm512_set1_epi16((short)p->zero_points[0]),
        .second = _mm512_set1_epi16((short)p->zero_points[1]),
        .low = _mm512_set1_epi16((short)r->low),
        .high = _mm512_set1_epi16((short)r->high),
        .ends = read_ends(r),
    };
    read_channels(r, 0, same, &k.channels);
    if (p->bytes == 2)
        intact_each_run(&p->shape, mul16_FIXED_AWAY, &k, in, out, 2, 2, 2, begin, end);
    else if (fixed)
        intact_each_run(&p->shape, mul8_FIXED_AWAY, &k, in, out, 1, 1, 1, begin, end);
    else
        intact_each_run(&p->shape, mul8_FLOAT_EVEN, &k, in, out, 1, 1, 1, begin, end);
}
