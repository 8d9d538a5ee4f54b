/* Blocks of channels of a version of depthwise.h, for any length of vectors.
 *
 * Weights are widened to 16 bits, so that what they are beyond int8 is added to them once. Places are taken two at a time.
 *
 * Included by a version that has defined
 *
 *     LANES, PARTS         32-bit sums of a vector, and vectors of a block
 *     sums                 { vector part[PARTS] }
 *     two                  the weights of two places
 *     channels, ends       the parameters of LANES channels' requantization, and those that all have in common
 *     order                the channel of a block that each lane of its sums has
 *     weight_at            index in `two` of the weight of a lane for the first or second of two places
 *     load                 `width` channels of a place
 *     add                  adds the products of two places
 *     store_block          puts the first `width` results at `out`
 *     read_channels, read_ends
 *
 * and followed by DEPTHWISE_KERNEL(level).
 */
#include <string.h>

#include "depthwise_runs.h"
#include "depthwise_widened.h"

#define BLOCK (LANES * PARTS)

typedef struct {
    sums bias;
    channels channels[PARTS];
    two weights[];
} block;

INLINE void store_one_by_one(const intact_run *r, int64_t first, sums acc, uint8_t *out, int64_t width)
{
    int32_t sum[BLOCK];
    memcpy(sum, &acc, sizeof sum);
    for (int n = 0; n < BLOCK; n++)
        if (order[n] < width)
            out[order[n]] = (uint8_t)intact_requantize_one(&r->p->finish, first + order[n], sum[n]);
}

INLINE void do_block(const intact_run *r, const block *b, int64_t first, const int64_t width, const int64_t pairs,
                     enum rounding rounding)
{
    const uint8_t *const *places = r->places;
    ends ends = read_ends(&r->p->finish);
    for (int64_t n = 0; n < r->count; n++) {
        int64_t at = n * r->step + first;
        uint8_t *out = r->out + n * r->p->window.channels + first;
        sums acc = b->bias;
#pragma GCC unroll 5
        for (int64_t t = 0; t < pairs; t++)
            acc = add(acc, load(places[2 * t] + at, width), load(places[2 * t + 1] + at, width), &b->weights[t]);
        if (rounding == ONE_BY_ONE)
            store_one_by_one(r, first, acc, out, width);
        else
            store_block(acc, b->channels, &ends, out, width, rounding);
    }
}

static int64_t pairs_of(const intact_depthwise *p) { return (p->window.size[0] * p->window.size[1] + 1) / 2; }

static size_t block_size(const intact_depthwise *p) { return sizeof(block) + (size_t)pairs_of(p) * sizeof(two); }

/* Returns the first channel of block number `index`. The last block overlaps the one before rather than end early. */
static int64_t first_of(const intact_depthwise *p, int64_t index)
{
    int64_t channels = p->window.channels, last = channels > BLOCK ? channels - BLOCK : 0;
    return index * BLOCK < last ? index * BLOCK : last;
}

static int64_t blocks_of(const intact_depthwise *p) { return (p->window.channels + BLOCK - 1) / BLOCK; }

INLINE void do_run(const intact_run *r, enum rounding rounding)
{
    const intact_depthwise *p = r->p;
    int64_t pairs = pairs_of(p);
    for (int64_t i = 0; i < blocks_of(p); i++) {
        const block *b = (const block *)((const char *)p->prepared + (size_t)i * block_size(p));
        if (p->window.channels < BLOCK)
            do_block(r, b, 0, p->window.channels, pairs, rounding);
        else if (pairs == 5) /* the commonest window has 3 by 3 places */
            do_block(r, b, first_of(p, i), BLOCK, 5, rounding);
        else
            do_block(r, b, first_of(p, i), BLOCK, pairs, rounding);
    }
}

static void do_positions(const intact_run *r)
{
    switch (rounding_of(&r->p->finish)) {
    case FIXED_UP: do_run(r, FIXED_UP); return;
    case FIXED_AWAY: do_run(r, FIXED_AWAY); return;
    case FLOAT_EVEN: do_run(r, FLOAT_EVEN); return;
    case ONE_BY_ONE: do_run(r, ONE_BY_ONE); return;
    }
}

static void read_block(const intact_depthwise *p, int64_t first, block *b)
{
    int64_t places = p->window.size[0] * p->window.size[1], padded = (p->window.channels + 63) / 64 * 64;
    int32_t bias[BLOCK];
    for (int n = 0; n < BLOCK; n++)
        bias[n] = p->bias[first + order[n]];
    memcpy(&b->bias, bias, sizeof bias);
    for (int part = 0; part < PARTS; part++)
        read_channels(&p->finish, first, order + part * LANES, &b->channels[part]);
    for (int64_t t = 0; 2 * t < places; t++) {
        int16_t weights[2 * BLOCK];
        for (int n = 0; n < 2 * BLOCK; n++) {
            int64_t place = 2 * t + n % 2, channel = first + order[n / 2];
            int offset = p->offset ? p->offset[channel] : 0;
            weights[weight_at(n / 2, n % 2)] =
                place < places ? (int16_t)(p->weights[place * padded + channel] + offset) : 0;
        }
        memcpy(&b->weights[t], weights, sizeof weights);
    }
}

#define DEPTHWISE_KERNEL(level)                                                                                  \
    size_t intact_depthwise_prepare_##level(const void *params, void *memory)                                    \
    {                                                                                                            \
        const intact_depthwise one = intact_depthwise_of_one(params), *p = &one;                                 \
        if (intact_depthwise_is_left(p))                                                                         \
            return 0;                                                                                            \
        for (int64_t i = 0; memory && i < blocks_of(p); i++)                                                     \
            read_block(p, first_of(p, i), (block *)((char *)memory + (size_t)i * block_size(p)));                \
        return (size_t)blocks_of(p) * block_size(p);                                                             \
    }                                                                                                            \
    void intact_depthwise_##level(const void *params, const void *const *in, void *const *out, void *scratch,    \
                                  int64_t begin, int64_t end)                                                    \
    {                                                                                                            \
        const intact_depthwise *p = params;                                                                      \
        if (p->multiplier == 1)                                                                                  \
            intact_depthwise_by(do_positions, p, in, out, scratch, begin, end);                                  \
        else                                                                                                     \
            intact_depthwise_widened(intact_depthwise_##level, p, in, out, scratch, begin, end);                 \
    }
