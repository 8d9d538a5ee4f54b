#include "lut.h"

#define LOOK_UP(code, result)                                                                     \
    {                                                                                             \
        const code *codes = (const code *)in + begin;                                             \
        result *results = (result *)out + begin;                                                  \
        for (int64_t i = 0; i < end - begin; i++)                                                 \
            results[i] = ((const result *)table)[codes[i]];                                       \
    }

static void look_up(const intact_lut *p, const void *table, const void *in, void *out, int64_t begin, int64_t end)
{
    if (p->from == 1 && p->to == 1)
        LOOK_UP(uint8_t, uint8_t)
    else if (p->from == 1 && p->to == 2)
        LOOK_UP(uint8_t, uint16_t)
    else if (p->from == 1)
        LOOK_UP(uint8_t, uint32_t)
    else if (p->to == 1)
        LOOK_UP(uint16_t, uint8_t)
    else if (p->to == 2)
        LOOK_UP(uint16_t, uint16_t)
    else
        LOOK_UP(uint16_t, uint32_t)
}

void intact_lut_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                       int64_t end)
{
    const intact_lut *p = params;
    int64_t middle = p->boundary < begin ? begin : p->boundary < end ? p->boundary : end;
    (void)scratch;
    look_up(p, p->table[0], in[0], out[0], begin, middle);
    look_up(p, p->table[1], in[0], out[0], middle, end);
}
