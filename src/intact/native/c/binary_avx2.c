/* binary.h with the processor's own count of bits, which every one with AVX2 has. */
#include <immintrin.h>

#include "binary.h"

#define INLINE static inline __attribute__((always_inline))

INLINE void outputs_of(const uint64_t *a, const uint64_t *b, int64_t words, int64_t depth, int32_t *to, const int count)
{
    /* Several outputs at a time, as each count takes three cycles to come. */
    int64_t differing[4] = {0};
    for (int64_t i = 0; i < words; i++)
        for (int n = 0; n < count; n++)
            differing[n] += _mm_popcnt_u64(a[i] ^ b[n * words + i]);
    for (int n = 0; n < count; n++)
        to[n] = (int32_t)(depth - 2 * differing[n]);
}

void intact_binary_avx2(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    const intact_binary *p = params;
    const uint64_t *weights = in[1];
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const uint64_t *a = (const uint64_t *)in[0] + row * p->words;
        int32_t *to = (int32_t *)out[0] + row * p->outputs;
        int64_t n = 0;
        for (; n + 4 <= p->outputs; n += 4)
            outputs_of(a, weights + n * p->words, p->words, p->depth, to + n, 4);
        for (; n < p->outputs; n++)
            outputs_of(a, weights + n * p->words, p->words, p->depth, to + n, 1);
    }
}
