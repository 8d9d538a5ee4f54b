/* int8 to how it is held in programs, and back: the top bit flipped. */
#include "flip.h"

#include <string.h>

void intact_flip_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    const uint8_t *from = in[0];
    uint8_t *to = out[0];
    (void)params, (void)scratch;
    for (int64_t i = begin; i < end; i++)
        to[i] = from[i] ^ 0x80;
}

void intact_copy_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    (void)params, (void)scratch;
    memcpy((uint8_t *)out[0] + begin, (const uint8_t *)in[0] + begin, (size_t)(end - begin));
}
