/* The definition of svdf.h; versions have sums of their own. */
#include "svdf.h"

#include <string.h>

/* Moves a filter's memory on by one place and returns it weighted. */
static uint32_t remember(const int16_t *old, int16_t *memory, int64_t newest, const int16_t *weights, int64_t length)
{
    uint32_t acc = 0;
    memmove(memory, old + 1, (size_t)(length - 1) * sizeof *memory);
    /* What does not fit wraps. */
    memory[length - 1] = (int16_t)(((newest + 0x8000) & 0xFFFF) - 0x8000);
    for (int64_t t = 0; t < length; t++)
        acc += (uint32_t)(memory[t] * weights[t]);
    return acc;
}

static uint32_t remember_bytes(const uint8_t *old, uint8_t *memory, int64_t newest, const int16_t *weights,
                               int64_t length)
{
    uint32_t acc = 0;
    memmove(memory, old + 1, (size_t)(length - 1));
    memory[length - 1] = (uint8_t)(newest & 0xFF);
    for (int64_t t = 0; t < length; t++)
        acc += (uint32_t)(memory[t] * weights[t]);
    return acc;
}

void VERSION(intact_svdf)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_svdf *p = params;
    int64_t size = p->filters * p->length, units = p->filters / p->rank;
    int32_t *fed = scratch;
    for (int64_t row = begin; row < end; row++) {
        VERSION(intact_sums)(&p->features, (const uint8_t *)in[0] + row * p->features.depth, 0, 1, fed);
        for (int64_t unit = 0; unit < units; unit++) {
            uint32_t acc = (uint32_t)p->bias[unit];
            for (int64_t f = unit * p->rank; f < (unit + 1) * p->rank; f++) {
                int64_t newest = intact_requantize_one(&p->into_memory, 0, fed[f]) + p->memory_zero_point;
                int64_t at = row * size + f * p->length;
                const int16_t *weights = p->time_weights + f * p->length;
                if (p->narrow)
                    acc += remember_bytes((const uint8_t *)in[1] + at, (uint8_t *)out[1] + at, newest, weights, p->length);
                else
                    acc += remember((const int16_t *)in[1] + at, (int16_t *)out[1] + at, newest, weights, p->length);
            }
            ((uint8_t *)out[0])[row * units + unit] = (uint8_t)intact_requantize_one(&p->finish, 0, intact_wrap(acc));
        }
    }
}
