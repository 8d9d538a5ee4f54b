/* depthwise.h with AVX-512, as depthwise_avx2.c has it. */
#include "avx512.h"

#define LANES 16
#define PARTS 2

typedef struct {
    __m512i part[PARTS];
} sums;
typedef struct {
    __m512i part[PARTS]; /* pairs of 16 bits */
} two;
typedef channels16 channels;
typedef ends8 ends;

static const uint8_t order[LANES * PARTS] = {0, 1, 2, 3, 8,  9,  10, 11, 16, 17, 18, 19, 24, 25, 26, 27,
                                             4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31};

static int weight_at(int lane, int place) { return 2 * lane + place; }

INLINE __mmask32 first_of_32(int64_t width) { return width == 32 ? ~(__mmask32)0 : ((__mmask32)1 << width) - 1; }

INLINE __m512i load(const uint8_t *from, const int64_t width)
{
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(first_of_32(width), from));
}

INLINE sums add(sums acc, __m512i first, __m512i second, const two *weights)
{
    __m512i low = _mm512_unpacklo_epi16(first, second), high = _mm512_unpackhi_epi16(first, second);
    return (sums){{_mm512_add_epi32(acc.part[0], _mm512_madd_epi16(low, weights->part[0])),
                   _mm512_add_epi32(acc.part[1], _mm512_madd_epi16(high, weights->part[1]))}};
}

INLINE void store_block(sums acc, const channels *channels, const ends *ends, uint8_t *out, int64_t width,
                        enum rounding rounding)
{
    __m512i low = rounded16(acc.part[0], &channels[0], rounding), high = rounded16(acc.part[1], &channels[1], rounding);
    /* Each 128 bits have the eight results of theirs twice. */
    __m512i bytes = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 0, 2, 4, 6), bytes_of(low, high, low, high, ends));
    _mm256_mask_storeu_epi8(out, first_of_32(width), _mm512_castsi512_si256(bytes));
}

#include "depthwise_block.h"

DEPTHWISE_KERNEL(avx512)
