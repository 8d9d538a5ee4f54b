#include "dequantize.h"

#define DEQUANTIZE(stored)                                                                                           \
    static void from_##stored(const intact_dequantize *p, const stored *restrict in, float *restrict out,            \
                              int64_t begin, int64_t end)                                                            \
    {                                                                                                                \
        int64_t middle = p->boundary < begin ? begin : p->boundary < end ? p->boundary : end;                        \
        const float first = p->scale[0], offset = p->offset;                                                         \
        const int32_t held = p->held;                                                                                \
        intact_stretch s;                                                                                            \
        for (int64_t i = begin; i < middle; i++)                                                                     \
            out[i] = (float)(in[i] - held) * first + offset;                                                         \
        for (int64_t i = middle; i < end; i += s.count) {                                                            \
            s = intact_stretch_at(&p->channels, i, end);                                                             \
            const float *scale = p->scale + s.channel, *zero = p->zero + s.channel;                                  \
            if (s.step) {                                                                                            \
                for (int64_t j = 0; j < s.count; j++)                                                                \
                    out[i + j] = ((float)(in[i + j] - held) - zero[j]) * scale[j];                                \
            } else {                                                                                                 \
                for (int64_t j = 0; j < s.count; j++)                                                                \
                    out[i + j] = ((float)(in[i + j] - held) - *zero) * *scale;                                    \
            }                                                                                                        \
        }                                                                                                            \
    }
DEQUANTIZE(uint8_t)
DEQUANTIZE(int16_t)

void VERSION(intact_dequantize)(const void *params, const void *const *in, void *const *out, void *scratch,
                                int64_t begin, int64_t end)
{
    const intact_dequantize *p = params;
    (void)scratch;
    if (p->bytes == 1)
        from_uint8_t(p, in[0], out[0], begin, end);
    else
        from_int16_t(p, in[0], out[0], begin, end);
}
