/* What the versions of all instruction sets share. */
#ifndef INTACT_VECTORS_H
#define INTACT_VECTORS_H

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

#endif
