/* Operands of broadcast.h in vectors of 64 bytes. */
#ifndef INTACT_BROADCAST_AVX512_H
#define INTACT_BROADCAST_AVX512_H

#include "avx512.h"
#include "broadcast.h"

/* Returns which of 64 bytes there are where `count` are left. */
INLINE __mmask64 of64(int64_t count) { return count >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1; }

/* Returns 64 numbers of 8 bits from number `at` on, or one of them 64 times. */
INLINE __m512i read64(const void *numbers, int64_t step, int64_t at, __mmask64 mask)
{
    const uint8_t *bytes = numbers;
    return step ? _mm512_maskz_loadu_epi8(mask, bytes + at) : _mm512_set1_epi8((char)*bytes);
}

/* The same of numbers of 16 bits. */
INLINE __mmask32 of32(int64_t count) { return count >= 32 ? ~(__mmask32)0 : ((__mmask32)1 << count) - 1; }

INLINE __m512i read32(const void *numbers, int64_t step, int64_t at, __mmask32 mask)
{
    const int16_t *shorts = numbers;
    return step ? _mm512_maskz_loadu_epi16(mask, shorts + at) : _mm512_set1_epi16(*shorts);
}

#endif
