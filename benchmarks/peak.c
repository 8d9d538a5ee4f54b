/* What one core can do at most: products of bytes summed up, and bytes read. native_limit.py compiles it for the machine
 * it runs on, calls it, and divides by the time. */
#include <stddef.h>
#include <stdint.h>

/* The sums are variables, not an array: a compiler may keep an array in memory and write it in each round, and then half
 * of the peak is what the probe can store. */
#define EACH8(DO, n) DO(n##0) DO(n##1) DO(n##2) DO(n##3) DO(n##4) DO(n##5) DO(n##6) DO(n##7)
#define EACH16(DO) EACH8(DO, 0) EACH8(DO, 1)

#if defined(__AVX512VNNI__)

/* Returns how many multiply-accumulates a round is. Sums stay in registers; enough of them that none waits for itself:
 * two begin a cycle and take five. In assembler, as gcc keeps some of so many registers in memory. */
int64_t products(int64_t rounds, int32_t *out)
{
#define START(n) "vpxord %%zmm" #n ", %%zmm" #n ", %%zmm" #n "\n\t"
#define STEP(n) "vpdpbusd %%zmm1, %%zmm0, %%zmm" #n "\n\t"
#define EACH(DO) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15) DO(16) DO(17)
    __asm__ volatile("vpbroadcastd (%1), %%zmm0\n\t"
                     "vpbroadcastd 4(%1), %%zmm1\n\t" EACH(START) "1:\n\t" EACH(STEP) "decq %0\n\t"
                     "jnz 1b\n\t"
                     "vmovd %%xmm2, 8(%1)\n\t"
                     : "+r"(rounds)
                     : "r"(out)
                     : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17");
    return 16 * 64;
}

const char *instruction(void) { return "vpdpbusd, 512 bits"; }

#elif defined(__ARM_FEATURE_DOTPROD)

#include <arm_neon.h>

int64_t products(int64_t rounds, int32_t *out)
{
    const int8x16_t a = vdupq_n_s8((int8_t)out[0]), b = vdupq_n_s8((int8_t)out[1]);
    int32x4_t all = vdupq_n_s32(0);
#define START(n) int32x4_t sum##n = vdupq_n_s32(1##n);
#define STEP(n) sum##n = vdotq_s32(sum##n, a, b);
#define ADD(n) all = vaddq_s32(all, sum##n);
    EACH16(START)
    for (int64_t round = 0; round < rounds; round++) {
        EACH16(STEP)
        __asm__ volatile("" : "+w"(sum00));
    }
    EACH16(ADD)
    out[2] = vaddvq_s32(all);
    return 16 * 16;
}

const char *instruction(void) { return "sdot, 128 bits"; }

#elif defined(__AVX2__)

#include <immintrin.h>

int64_t products(int64_t rounds, int32_t *out)
{
    __m256i a = _mm256_set1_epi16((short)out[0]), b = _mm256_set1_epi16((short)out[1]), all = _mm256_setzero_si256();
#define START(n) __m256i sum##n = _mm256_set1_epi32(1##n);
#define STEP(n)                                       \
    {                                                 \
        __m256i product = _mm256_madd_epi16(a, b);    \
        __asm__ volatile("" : "+x"(product));         \
        sum##n = _mm256_add_epi32(sum##n, product);   \
    }
#define ADD(n) all = _mm256_add_epi32(all, sum##n);
    EACH8(START, 0)
    for (int64_t round = 0; round < rounds; round++) {
        __asm__ volatile("" : "+x"(a), "+x"(b)); /* or the product is made once */
        EACH8(STEP, 0)
    }
    EACH8(ADD, 0)
    out[2] = _mm256_extract_epi32(all, 0);
    return 8 * 16;
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
