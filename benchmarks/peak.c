/* What one core can do at most: products of bytes summed up, and bytes read. native_limit.py compiles it for the machine
 * it runs on, calls it, and divides by the time. */
#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512VNNI__)

#include <immintrin.h>

#define SUMS 24
/* Returns how many multiply-accumulates a round is. Sums stay in registers; enough of them that none waits for itself. */
int64_t products(int64_t rounds, int32_t *out)
{
    __m512i sums[SUMS];
    const __m512i a = _mm512_set1_epi32(out[0]), b = _mm512_set1_epi32(out[1]);
    for (int i = 0; i < SUMS; i++)
        sums[i] = _mm512_set1_epi32(i);
    for (int64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 24
        for (int i = 0; i < SUMS; i++)
            sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
        __asm__ volatile("" : "+v"(sums[0]));
    }
    for (int i = 1; i < SUMS; i++)
        sums[0] = _mm512_add_epi32(sums[0], sums[i]);
    out[2] = _mm512_reduce_add_epi32(sums[0]);
    return SUMS * 64;
}

const char *instruction(void) { return "vpdpbusd, 512 bits"; }

#elif defined(__ARM_FEATURE_DOTPROD)

#include <arm_neon.h>

#define SUMS 24
int64_t products(int64_t rounds, int32_t *out)
{
    int32x4_t sums[SUMS];
    const int8x16_t a = vdupq_n_s8((int8_t)out[0]), b = vdupq_n_s8((int8_t)out[1]);
    for (int i = 0; i < SUMS; i++)
        sums[i] = vdupq_n_s32(i);
    for (int64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 24
        for (int i = 0; i < SUMS; i++)
            sums[i] = vdotq_s32(sums[i], a, b);
        __asm__ volatile("" : "+w"(sums[0]));
    }
    for (int i = 1; i < SUMS; i++)
        sums[0] = vaddq_s32(sums[0], sums[i]);
    out[2] = vaddvq_s32(sums[0]);
    return SUMS * 16;
}

const char *instruction(void) { return "sdot, 128 bits"; }

#elif defined(__AVX2__)

#include <immintrin.h>

#define SUMS 8
int64_t products(int64_t rounds, int32_t *out)
{
    __m256i sums[SUMS], a = _mm256_set1_epi16((short)out[0]), b = _mm256_set1_epi16((short)out[1]);
    for (int i = 0; i < SUMS; i++)
        sums[i] = _mm256_set1_epi32(i);
    for (int64_t round = 0; round < rounds; round++) {
        __asm__ volatile("" : "+x"(a), "+x"(b)); /* or the product is made once */
#pragma GCC unroll 8
        for (int i = 0; i < SUMS; i++) {
            __m256i product = _mm256_madd_epi16(a, b);
            __asm__ volatile("" : "+x"(product));
            sums[i] = _mm256_add_epi32(sums[i], product);
        }
    }
    for (int i = 1; i < SUMS; i++)
        sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    out[2] = _mm256_extract_epi32(sums[0], 0);
    return SUMS * 16;
}

const char *instruction(void) { return "vpmaddwd, 256 bits"; }

#else

#define SUMS 64
int64_t products(int64_t rounds, int32_t *out)
{
    int32_t sums[SUMS] = {0};
    int8_t a[SUMS], b[SUMS];
    for (int i = 0; i < SUMS; i++)
        a[i] = (int8_t)(out[0] + i), b[i] = (int8_t)(out[1] - i);
    for (int64_t round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++)
            sums[i] += a[(i + round) & (SUMS - 1)] * b[i];
    for (int i = 1; i < SUMS; i++)
        sums[0] += sums[i];
    out[2] = sums[0];
    return SUMS;
}

const char *instruction(void) { return "what the compiler makes of C"; }

#endif

/* Reads so many numbers of 64 bits and returns their exclusive or. */
uint64_t reads(const uint64_t *from, size_t count)
{
    uint64_t found[32] = {0};
    for (size_t i = 0; i + 32 <= count; i += 32)
        for (size_t j = 0; j < 32; j++)
            found[j] ^= from[i + j];
    for (size_t j = 1; j < 32; j++)
        found[0] ^= found[j];
    return found[0];
}
