/* Cases of kernels, drawn: shapes, parameters and numbers that no model has, within what the Python side makes.
 *
 * Numbers come from the bytes that a fuzzer gives, as long as there are any, then from a seeded generator; without a
 * fuzzer from the generator alone. What fills buffers comes from the generator, which those bytes seed. */
#ifndef DRAWN_H
#define DRAWN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gemm.h"

/* One application of a kernel. */
typedef struct {
    const char *kernel;
    void *params;
    int64_t units, scratch;
    int64_t ins, outs, out_sizes[3];
    const void *in[3];
    int doubts; /* the last result tells which units mean nothing */
} application;

static const uint8_t *bytes_given;
static size_t bytes_left;
static uint64_t state;

static uint64_t draw(void)
{
    uint64_t x = state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* Returns a number from low to high. */
static int64_t between(int64_t low, int64_t high)
{
    uint64_t range = (uint64_t)(high - low + 1), number = 0;
    if (!bytes_left)
        return low + (int64_t)(draw() % range);
    for (uint64_t reach = 1; reach < range && bytes_left; reach *= 256, bytes_left--)
        number = number * 256 + *bytes_given++;
    return low + (int64_t)(number % range);
}

/* Returns a number from 1 to `most`, small ones more often. */
static int64_t size(int64_t most) { return between(1, between(1, most)); }

static int chance(int one_in) { return between(1, one_in) == 1; }

#define MOST_ARRAYS 256
static void *arrays[MOST_ARRAYS];
static int arrays_count;

static void *kept(void *made)
{
    if (!made || arrays_count == MOST_ARRAYS)
        abort();
    return arrays[arrays_count++] = made;
}

/* Memory that ends where it ends, so that a sanitizer sees who reads beyond it; aligned as params and scratch are. */
static void *array(int64_t bytes)
{
    void *made = NULL;
    return kept(posix_memalign(&made, 64, bytes ? (size_t)bytes : 1) ? NULL : made);
}

/* The same for an operand or a result, which may begin anywhere. */
static void *operand(int64_t bytes) { return kept(malloc(bytes ? (size_t)bytes : 1)); }

static void free_arrays(void)
{
    while (arrays_count)
        free(arrays[--arrays_count]);
}

/* True for a case of small numbers and factors, whose sums are often ties. */
static int is_small;

/* Fills bytes: any, the ends of their range alone, where sums are largest, or small ones. */
static void fill(void *to, int64_t count, int is_signed)
{
    int kind = is_small ? 1 : (int)between(0, 3);
    for (int64_t i = 0; i < count; i++) {
        uint64_t x = draw();
        ((uint8_t *)to)[i] = kind > 1    ? (uint8_t)x
                             : kind == 1 ? (uint8_t)(is_signed ? (int64_t)(x % 5) - 2 : (int64_t)(x % 4))
                             : is_signed ? (x & 1 ? 0x80 : 0x7F)
                                         : (x & 3 ? 0xFF : 0);
    }
}

/* The same for int16. */
static void fill_words(int16_t *to, int64_t count)
{
    int kind = is_small ? 1 : (int)between(0, 3);
    for (int64_t i = 0; i < count; i++) {
        uint64_t x = draw();
        to[i] = kind > 1 ? (int16_t)x : kind == 1 ? (int16_t)((int64_t)(x % 5) - 2) : x & 1 ? INT16_MIN : INT16_MAX;
    }
}

static void give_bytes(application *a, int64_t count)
{
    void *to = operand(count);
    fill(to, count, 0);
    a->in[a->ins++] = to;
}

static void give_words(application *a, int64_t count)
{
    int16_t *to = operand(2 * count);
    fill_words(to, count);
    a->in[a->ins++] = to;
}

static void take(application *a, int64_t bytes) { a->out_sizes[a->outs++] = bytes; }

/* Returns zeroed memory for params. */
static void *new_params(int64_t bytes) { return memset(array(bytes), 0, (size_t)bytes); }

static void fill_bias(int32_t *bias, int64_t count)
{
    int64_t most = is_small ? 50 : 100000;
    for (int64_t i = 0; i < count; i++) {
        uint64_t x = draw();
        bias[i] = x % 40 ? (int32_t)((int64_t)(draw() % (uint64_t)(2 * most + 1)) - most) : (int32_t)(x >> 32);
    }
}

static int64_t padded(int64_t channels) { return (channels + 63) / 64 * 64; }

static int64_t up_to(int64_t multiple, int64_t number) { return (number + multiple - 1) / multiple * multiple; }

/* Draws a requantization of sums of about `terms` products.
 * bits: of the result, 8 or 16. held: what is added to hold it. wide: sums of 64 bits, with a rule of their own. */
static void draw_finish(intact_requantize *r, int64_t channels, int64_t terms, int bits, int32_t held, int wide)
{
    int64_t count = padded(channels);
    int32_t *left = array(count * 4), *multiplier = array(count * 4), *shift = array(count * 4);
    int64_t *offset = array(count * 8), *threshold = array(count * 8), *away = array(count * 8);
    double *factor = array(count * 8);
    *r = (intact_requantize){.left = left, .multiplier = multiplier, .offset = offset, .threshold = threshold,
                             .away = away, .shift = shift, .factor = factor, .held = held, .wide = wide, .wraps = wide};
    /* Rounded twice, with ties up, away from zero, or the two mixed; rounded once; in float32; in float64. */
    int kind = wide ? 3 : (int)(is_small && chance(2) ? between(1, 2) : between(0, 5));
    int ties = is_small || chance(4), large = chance(8), reach = 0;
    int32_t lowest = bits == 16 ? INT16_MIN : -held, highest = bits == 16 ? INT16_MAX : 255 - held;
    while (!is_small && terms >> reach)
        reach++;
    r->rule = kind == 4 ? INTACT_FLOAT32_EVEN : kind == 5 ? INTACT_FLOAT64_AWAY : INTACT_FIXED;
    r->zero_point = chance(bits == 16 ? 2 : 4) ? 0 : (int32_t)between(lowest, highest);
    r->low = chance(3) ? r->zero_point : chance(2) ? lowest : (int32_t)between(lowest, highest);
    r->high = chance(2) ? highest : (int32_t)between(r->low, highest);
    r->far = large || wide;
    r->plain = r->rule == INTACT_FIXED;
    int32_t least = large ? -3 : 0, base = (int32_t)between(least, is_small ? 4 : 6 + reach);
    int changes = 0;
    for (int64_t c = 0; c < count; c++) {
        int32_t right = base + (int32_t)(draw() % 5) - 2;
        right = right < least ? least : right;
        multiplier[c] = ties ? 1 << 30 : (int32_t)((1 << 30) + draw() % (1u << 30));
        factor[c] = (double)multiplier[c] / 2147483648.0;
        for (int32_t i = 0; i < right; i++)
            factor[c] /= 2;
        for (int32_t i = right; i < 0; i++)
            factor[c] *= 2;
        left[c] = right < 0 && kind < 3 ? -right : 0;
        int64_t half = right > 0 ? (int64_t)1 << (right - 1) << 31 : 0;
        threshold[c] = kind < 3 ? half : INT64_MIN;
        shift[c] = kind < 3 && right < 0 ? 31 : (wide ? 15 : 31) + right;
        multiplier[c] = !wide ? multiplier[c] : multiplier[c] < 0x7FFF0000 ? (multiplier[c] + (1 << 15)) >> 16 : 0x7FFF;
        offset[c] = kind < 3 ? half + (1 << 30) : (int64_t)1 << (shift[c] - 1);
        away[c] = right > 0 && (kind == 1 || (kind == 2 && c >= channels / 8 * 8)) ? (int64_t)1 << 31 : 0;
        changes |= away[c] != 0;
        r->plain &= !left[c] && shift[c] >= 32;
    }
    r->up = !changes || r->low >= r->zero_point;
}

static int32_t draw_held(void) { return chance(2) ? 128 : 0; }

/* Draws a window and the image under it; returns how many positions it has, all images counted. */
static int64_t draw_window(intact_window *w, int64_t channels, int dilated)
{
    *w = (intact_window){.images = size(3), .channels = channels, .filler = between(0, 255)};
    int64_t positions = w->images;
    for (int i = 0; i < 2; i++) {
        w->extent[i] = size(20), w->size[i] = chance(2) ? 3 : size(6);
        w->stride[i] = size(3), w->dilation[i] = !dilated || chance(2) ? 1 : size(3);
        int64_t reach = (w->size[i] - 1) * w->dilation[i] + 1;
        w->before[i] = between(0, reach - 1);
        int64_t whole = w->extent[i] + w->before[i] + between(0, reach - 1) - reach;
        w->positions[i] = whole < 0 ? 1 : whole / w->stride[i] + 1;
        positions *= w->positions[i];
    }
    return positions;
}

static int64_t elements_of(const intact_window *w)
{
    return w->images * w->extent[0] * w->extent[1] * w->channels;
}

#endif
