#include "quantize.h"

#include <math.h>

/* The rules in parts that compilers vectorize: without branches, and with functions that processors have. */

/* Returns a whole real as x86 makes an int32 of it. */
static inline int32_t to_int32(float real)
{
    int fits = real >= -2147483648.0f && real < 2147483648.0f;
    return fits ? (int32_t)real : INT32_MIN;
}

/* Returns the nearest integer, halves away from zero: what of a magnitude goes down to the even one is 1 too low. */
static inline int32_t divided(float x, float scale)
{
    float real = x / scale, size = fabsf(real), even = rintf(size);
    return to_int32(copysignf(even + (size - even >= 0.5f ? 1.0f : 0.0f), real));
}

static inline int32_t divided64(float x, float scale)
{
    double real = round((double)x / (double)scale);
    return real >= -2147483648.0 && real < 2147483648.0 ? (int32_t)real : INT32_MIN;
}

static inline int32_t saturated(float x, float reciprocal)
{
    float real = x * reciprocal;
    real = real < 32767.0f ? real : 32767.0f;
    return (int32_t)rintf(real > -32768.0f ? real : -32768.0f);
}

static inline int32_t finished(const intact_quantize *p, int32_t number, int32_t zero_point)
{
    uint32_t sum = (uint32_t)number + (uint32_t)zero_point;
    int32_t offset = sum < 0x80000000u ? (int32_t)sum : (int32_t)(sum - 0x80000000u) + INT32_MIN;
    return (offset < p->low ? p->low : offset > p->high ? p->high : offset) + p->held;
}

#define QUANTIZE(stored)                                                                                             \
    static void divide_##stored(const intact_quantize *p, const float *restrict in, stored *restrict out,            \
                                int64_t begin, int64_t end)                                                          \
    {                                                                                                                \
        intact_stretch s;                                                                                            \
        for (int64_t i = begin; i < end; i += s.count) {                                                             \
            s = intact_stretch_at(&p->channels, i, end);                                                             \
            const float *restrict scales = p->scale + s.channel, scale = *scales;                                    \
            const int32_t *restrict zero_points = p->zero_point + s.channel, zero_point = *zero_points;              \
            if (s.step)                                                                                              \
                for (int64_t j = 0; j < s.count; j++)                                                                \
                    out[i + j] = (stored)finished(p, divided(in[i + j], scales[j]), zero_points[j]);                 \
            else                                                                                                     \
                for (int64_t j = 0; j < s.count; j++)                                                                \
                    out[i + j] = (stored)finished(p, divided(in[i + j], scale), zero_point);                         \
        }                                                                                                            \
    }                                                                                                                \
    static void to_##stored(const intact_quantize *params, const float *restrict in, stored *restrict out,           \
                            int64_t begin, int64_t end)                                                              \
    {                                                                                                                \
        const intact_quantize copy = *params, *p = &copy;                                                            \
        const int32_t zero_point = p->zero_point[0];                                                                 \
        const float scale = p->scale[0], reciprocal = p->reciprocal;                                                 \
        int64_t middle = p->boundary < begin ? begin : p->boundary < end ? p->boundary : end;                        \
        if (p->rule == INTACT_DIVIDE) {                                                                              \
            divide_##stored(p, in, out, begin, end);                                                                 \
        } else if (p->rule == INTACT_RECIPROCAL) {                                                                   \
            for (int64_t i = begin; i < end; i++)                                                                    \
                out[i] = (stored)finished(p, saturated(in[i], reciprocal), zero_point);                              \
        } else {                                                                                                     \
            for (int64_t i = begin; i < middle; i++)                                                                 \
                out[i] = (stored)finished(p, to_int32(rintf(in[i] * reciprocal)), zero_point);                       \
            for (int64_t i = middle; i < end; i++)                                                                   \
                out[i] = (stored)finished(p, divided64(in[i], scale), zero_point);                                   \
        }                                                                                                            \
    }
QUANTIZE(uint8_t)
QUANTIZE(int16_t)

void VERSION(intact_quantize)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_quantize *p = params;
    (void)scratch;
    if (p->bytes == 1)
        to_uint8_t(p, in[0], out[0], begin, end);
    else
        to_int16_t(p, in[0], out[0], begin, end);
}
