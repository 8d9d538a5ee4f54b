/* The definition of dynamic_range.h. */
#include "dynamic_range.h"
#include "requantize.h"

#include <math.h>
#include <string.h>

#define HELD 128
#define LANES 8         /* numbers that LiteRT's loop rounds at a time */
#define MOST 0x1p96f    /* magnitudes beyond leave results that may overflow */
#define EVEN 12582912.f /* 1.5 * 2^23: added and taken off it rounds a number below 2^22 to the nearest, ties to even */

/* Bits of a float as an integer that is larger the larger the number is, the infinities and NaN at both ends. */
static inline int32_t ordered(const float *number)
{
    int32_t bits;
    memcpy(&bits, number, sizeof bits);
    return bits < 0 ? bits ^ INT32_MAX : bits;
}

/* Finds the smallest and the largest number. Returns 1 where one is infinite, NaN or beyond MOST. */
static int range_of(const float *row, int64_t count, float *low, float *high)
{
    int32_t least = INT32_MAX, most = INT32_MIN;
    for (int64_t i = 0; i < count; i++) {
        int32_t number = ordered(row + i);
        least = number < least ? number : least;
        most = number > most ? number : most;
    }
    least = least < 0 ? least ^ INT32_MAX : least;
    most = most < 0 ? most ^ INT32_MAX : most;
    memcpy(low, &least, sizeof *low);
    memcpy(high, &most, sizeof *high);
    return !(*low >= -MOST && *high <= MOST);
}

/* Returns a number to the nearest, halves away from zero. */
static inline float away(float number)
{
    float whole = truncf(number);
    return fabsf(number - whole) >= 0.5f ? whole + (number < 0 ? -1.f : 1.f) : whole;
}

static inline int32_t limited(int32_t number, int32_t low, int32_t high)
{
    return number < low ? low : number > high ? high : number;
}

/* Multiplies a row and rounds as LiteRT's loop does: a half added in float32, the fraction cut off; what is beyond whole
 * vectors is rounded rightly. Codes are `zero` more and within 0 to 255, or from `zero` - 127 on. */
static void round_in_lanes(const float *restrict row, int64_t count, float factor, int32_t zero, int32_t low,
                           uint8_t *restrict codes)
{
    int64_t whole = count / LANES * LANES;
    for (int64_t i = 0; i < whole; i++) {
        float number = row[i] * factor;
        codes[i] = (uint8_t)limited((int32_t)(number + (number < 0 ? -0.5f : 0.5f)) + zero, low, 255);
    }
    for (int64_t i = whole; i < count; i++)
        codes[i] = (uint8_t)limited((int32_t)away(row[i] * factor) + zero, low, 255);
}

static int symmetric(const float *row, int64_t count, float largest, int nearest, uint8_t *codes, intact_row *made)
{
    float factor = largest == 0 ? 1.f : 127.f / largest;
    made->scale = largest == 0 ? 1.f : largest / 127.f;
    made->zero_point = HELD;
    if (!(factor <= MOST))
        return 1;
    if (!nearest)
        round_in_lanes(row, count, factor, HELD, 1, codes);
    for (int64_t i = 0; nearest && i < count; i++)
        codes[i] = (uint8_t)((int32_t)away(row[i] * factor) + HELD);
    return 0;
}

static int asymmetric(const float *row, int64_t count, float low, float high, uint8_t *codes, intact_row *made)
{
    double wide = low == high ? 1 : (double)(high - low) / 255.0;
    double below = low / wide, above = high / wide;
    double zero = 128.0 + fabs(below) < 127.0 + fabs(above) ? -128.0 - below : 127.0 - above;
    zero = zero < -128.0 ? -128.0 : zero > 127.0 ? 127.0 : zero;
    made->scale = (float)wide;
    made->zero_point = low == high ? HELD : (int32_t)round(zero) + HELD;
    float factor = 1.f / made->scale;
    if (!(factor <= MOST))
        return 1;
    round_in_lanes(row, count, factor, made->zero_point, 0, codes);
    return 0;
}

static int xnnpack(const float *restrict row, int64_t count, float low, float high, uint8_t *restrict codes,
                   intact_row *made)
{
    float span = high - low, factor = span == 0 ? 1.f : 255.f / span;
    float below = low * factor, above = high * factor;
    float zero = (-128.f + below) + (127.f + above) > 0 ? -128.f - below : 127.f - above;
    zero = zero < -128.f ? -128.f : zero > 127.f ? 127.f : zero;
    int32_t held = (int32_t)((zero + EVEN) - EVEN) + HELD;
    made->scale = 1.f / factor;
    made->zero_point = held;
    if (!(factor <= MOST))
        return 1;
    for (int64_t i = 0; i < count; i++)
        codes[i] = (uint8_t)limited((int32_t)((row[i] * factor + EVEN) - EVEN) + held, 0, 255);
    return 0;
}

int VERSION(intact_quantize_row)(enum intact_quantizer quantizer, const float *row, int64_t count, uint8_t *codes,
                                 intact_row *made)
{
    float low, high;
    int doubt = range_of(row, count, &low, &high);
    made->scale = 1;
    made->zero_point = HELD;
    if (!doubt && quantizer <= INTACT_NEAREST) {
        float largest = fabsf(low) > fabsf(high) ? fabsf(low) : fabsf(high);
        doubt = symmetric(row, count, largest, quantizer == INTACT_NEAREST, codes, made);
    } else if (!doubt) {
        low = low < 0 ? low : 0;
        high = high > 0 ? high : 0;
        doubt = (quantizer == INTACT_ASYMMETRIC ? asymmetric : xnnpack)(row, count, low, high, codes, made);
    }
    uint32_t total = 0; /* a whole image may be more than int32 holds */
    for (int64_t i = 0; i < count; i++) {
        codes[i] = doubt ? HELD : codes[i];
        total += codes[i];
    }
    made->total = intact_wrap(total);
    return doubt;
}
