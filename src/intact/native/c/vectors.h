/* What the versions of all instruction sets share. */
#ifndef INTACT_VECTORS_H
#define INTACT_VECTORS_H

#include <string.h>

#include "requantize.h"

#define INLINE static inline __attribute__((always_inline))

/* The ways of rounding that vectors know; the others are left to the definition. */
enum rounding { ONE_BY_ONE, FIXED_UP, FIXED_AWAY, FLOAT_EVEN };

INLINE enum rounding rounding_of(const intact_requantize *r)
{
    if (r->far || r->wide || r->wraps)
        return ONE_BY_ONE;
    if (r->rule == INTACT_FLOAT32_EVEN)
        return FLOAT_EVEN;
    return r->rule != INTACT_FIXED || !r->plain ? ONE_BY_ONE : r->up ? FIXED_UP : FIXED_AWAY;
}

/* Returns the first `count` bytes of eight, the others 0. */
INLINE uint64_t read_bytes(const uint8_t *from, int64_t count)
{
    uint64_t all = 0;
    if (count >= 4) {
        uint32_t low, high;
        memcpy(&low, from, 4), memcpy(&high, from + count - 4, 4);
        return low | (uint64_t)high << 8 * (count - 4);
    }
    for (int64_t k = 0; k < count; k++)
        all |= (uint64_t)from[k] << 8 * k;
    return all;
}

/* Returns bytes 8 to `count` of sixteen, for a count of 8 or more, the others 0. */
INLINE uint64_t read_upper_bytes(const uint8_t *from, int64_t count)
{
    uint64_t high;
    memcpy(&high, from + count - 8, 8);
    return count > 8 ? high >> 8 * (16 - count) : 0;
}

/* Writes the first `count` bytes of sixteen, fewer than all. */
INLINE void write_bytes(uint8_t *to, uint64_t low, uint64_t high, int64_t count)
{
    if (count >= 8) {
        memcpy(to, &low, 8);
        if (count > 8) {
            uint64_t last = low >> 8 * (count - 8) | high << 8 * (16 - count);
            memcpy(to + count - 8, &last, 8);
        }
    } else if (count >= 4) {
        uint32_t first = (uint32_t)low, last = (uint32_t)(low >> 8 * (count - 4));
        memcpy(to, &first, 4), memcpy(to + count - 4, &last, 4);
    } else {
        for (int64_t k = 0; k < count; k++)
            to[k] = (uint8_t)(low >> 8 * k);
    }
}

#endif
