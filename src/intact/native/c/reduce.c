/* The definition of reduce.h for sums. */
#include "reduce.h"

#include <math.h>
#include <string.h>

#define SHORT_RUN 16

/* Adds `rows` rows of `width` numbers, `stride` elements apart, to as many sums. */
static void add_words(uint32_t *sums, const int16_t *at, int64_t stride, int64_t rows, int64_t width)
{
    for (; rows > 0; rows--, at += stride)
        for (int64_t i = 0; i < width; i++)
            sums[i] += (uint32_t)at[i];
}

#ifndef ADD_BYTES
#define ADD_BYTES add_bytes
static void add_bytes(uint32_t *sums, const uint8_t *at, int64_t stride, int64_t rows, int64_t width, uint8_t flip)
{
    for (; rows > 0; rows--, at += stride)
        for (int64_t i = 0; i < width; i++)
            sums[i] += (uint8_t)(at[i] ^ flip);
}
#endif

static void add(const intact_reduce *p, const void *in, int64_t at, int64_t stride, int64_t rows, int64_t width,
                uint32_t *sums)
{
    if (p->wide)
        add_words(sums, (const int16_t *)in + at, stride, rows, width);
    else
        ADD_BYTES(sums, (const uint8_t *)in + at, stride, rows, width, (uint8_t)p->flip);
}

/* Sums `count` columns of a run. Several short rows that follow each other are taken for a long one, whose sums are
 * added up at the end. */
static void across(const intact_reduce *p, const void *in, int64_t at, int64_t count, uint32_t *sums)
{
    const intact_loops *reduced = &p->axes.reduced;
    intact_loops outer = *reduced;
    int64_t rows = 1, stride = 0, several = 1;
    if (outer.rank > 0) {
        rows = reduced->extent[--outer.rank];
        stride = reduced->stride[outer.rank];
    }
    if (count == p->axes.run && stride == count && rows > 0)
        several = INTACT_OUTPUTS / count < rows ? INTACT_OUTPUTS / count : rows;
    int64_t width = several * count;
    memset(sums, 0, sizeof(uint32_t) * (size_t)width);
    for (int64_t round = 0; round < intact_rounds(&outer); round++) {
        int64_t place = at + intact_place(&outer, round);
        add(p, in, place, several > 1 ? width : stride, rows / several, width, sums);
        add(p, in, place + rows / several * width, 0, 1, rows % several * count, sums);
    }
    for (int64_t more = count; more < width; more += count)
        for (int64_t i = 0; i < count; i++)
            sums[i] += sums[more + i];
}

static uint32_t along(const intact_reduce *p, const void *in, int64_t at)
{
    const intact_loops *reduced = &p->axes.reduced;
    int64_t run = p->axes.run, rounds = intact_rounds(reduced);
    uint32_t sum = 0;
    for (int64_t round = 0; round < rounds; round++) {
        int64_t place = at + intact_place(reduced, round);
        if (p->wide)
            for (int64_t i = 0; i < run; i++)
                sum += (uint32_t)((const int16_t *)in)[place + i];
        else
            for (int64_t i = 0; i < run; i++)
                sum += (uint8_t)(((const uint8_t *)in)[place + i] ^ p->flip);
    }
    return sum;
}

/* Sums short runs that follow each other: the first number of each, then the second, and so on. */
static void along_rows(const intact_reduce *p, const void *in, int64_t at, int64_t count, uint32_t *sums)
{
    int64_t run = p->axes.run;
    memset(sums, 0, sizeof(uint32_t) * (size_t)count);
    for (int64_t first = 0; first < run; first++)
        if (p->wide)
            for (int64_t i = 0; i < count; i++)
                sums[i] += (uint32_t)((const int16_t *)in)[at + i * run + first];
        else
            for (int64_t i = 0; i < count; i++)
                sums[i] += (uint8_t)(((const uint8_t *)in)[at + i * run + first] ^ p->flip);
}

static void affine_even(const intact_reduce *p, int64_t count, int32_t *sums)
{
    float low = (float)p->low, high = (float)p->high, scale = p->scale, shift = p->shift;
    int32_t held = p->held;
    for (int64_t i = 0; i < count; i++) {
        float real = rintf((float)sums[i] * scale + shift);
        real = real < low ? low : real;
        sums[i] = (int32_t)(real > high ? high : real) + held;
    }
}

/* What an int32 cannot hold x86 turns into the smallest of them. */
static void affine_away(const intact_reduce *p, int64_t count, int32_t *sums)
{
    const float limit = 2147483648.0f;
    float scale = p->scale, shift = p->shift;
    int32_t zero = p->zero_point, low = p->low, high = p->high, held = p->held;
    for (int64_t i = 0; i < count; i++) {
        float real = (float)sums[i] * scale + shift, whole = truncf(real);
        whole += fabsf(real - whole) >= 0.5f ? copysignf(1.0f, real) : 0.0f;
        int32_t number = (int32_t)(fabsf(whole) < limit ? whole : -limit);
        number = intact_wrap((int64_t)number + zero);
        number = number < low ? low : number;
        sums[i] = (number > high ? high : number) + held;
    }
}

/* Makes results of sums in place, as they are held. `first` is where in a run they are. */
static void finish(const intact_reduce *p, int64_t first, int64_t count, int32_t *sums)
{
    if (p->way == INTACT_AFFINE_EVEN) {
        affine_even(p, count, sums);
        return;
    }
    if (p->way == INTACT_AFFINE_AWAY) {
        affine_away(p, count, sums);
        return;
    }
    int64_t whole = p->whole - first < 0 ? 0 : p->whole - first < count ? p->whole - first : count, i = 0;
#ifdef REQUANTIZE
    i = REQUANTIZE(&p->finish, sums, whole);
#endif
    for (; i < whole; i++)
        sums[i] = intact_requantize_one(&p->finish, 0, sums[i]);
    for (; i < count; i++)
        sums[i] = intact_requantize_one(&p->rest, 0, sums[i]);
}

void VERSION(intact_reduce)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_reduce *p = params;
    int64_t run = p->axes.run, blocks = p->axes.along ? 1 : (run + INTACT_OUTPUTS - 1) / INTACT_OUTPUTS;
    uint32_t sums[INTACT_OUTPUTS];
    int32_t results[INTACT_OUTPUTS];
    (void)scratch;
    for (int64_t unit = begin; unit < end;) {
        int64_t first = 0, count = 0, to = unit;
        if (p->axes.along && p->axes.reduced.rank == 0 && run <= SHORT_RUN) {
            count = end - unit < INTACT_OUTPUTS ? end - unit : INTACT_OUTPUTS;
            along_rows(p, in[0], unit * run, count, sums);
            unit += count;
        } else if (p->axes.along) {
            for (; count < INTACT_OUTPUTS && unit < end; unit++)
                sums[count++] = along(p, in[0], intact_place(&p->axes.kept, unit));
        } else {
            int64_t row = unit / blocks;
            first = unit % blocks * INTACT_OUTPUTS;
            count = run - first < INTACT_OUTPUTS ? run - first : INTACT_OUTPUTS;
            to = row * run + first;
            across(p, in[0], intact_place(&p->axes.kept, row) + first, count, sums);
            unit++;
        }
        for (int64_t i = 0; i < count; i++)
            results[i] = intact_wrap((int64_t)sums[i] - p->offset);
        finish(p, first, count, results);
        if (p->wide)
            for (int64_t i = 0; i < count; i++)
                ((int16_t *)out[0])[to + i] = (int16_t)results[i];
        else
            for (int64_t i = 0; i < count; i++)
                ((uint8_t *)out[0])[to + i] = (uint8_t)(results[i] ^ p->flip);
    }
}
