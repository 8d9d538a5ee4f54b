/* The definition of binary.h. */
#include "binary.h"

/* Returns how many bits are set: in pairs, in fours, in bytes, and the bytes summed by a multiplication. */
static int64_t bits_set(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int64_t)((word * 0x0101010101010101u) >> 56);
}

void intact_binary_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_binary *p = params;
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const uint64_t *a = (const uint64_t *)in[0] + row * p->words;
        int32_t *to = (int32_t *)out[0] + row * p->outputs;
        for (int64_t n = 0; n < p->outputs; n++) {
            const uint64_t *b = (const uint64_t *)in[1] + n * p->words;
            int64_t differing = 0;
            for (int64_t i = 0; i < p->words; i++)
                differing += bits_set(a[i] ^ b[i]);
            to[n] = (int32_t)(p->depth - 2 * differing);
        }
    }
}
