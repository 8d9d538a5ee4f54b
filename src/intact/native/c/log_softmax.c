/* The definition of log_softmax.h; arith/fixed_log.py says what the logarithm is. */
#include "log_softmax.h"

#include "fixed_point.h"

/* With w = 2^(1/4), in Q0.31. */
#define LOG_2 1488522236
#define ROOT_HALF 1518500250        /* 1/w^2 */
#define FOURTH_ROOT_HALF 1805811301 /* 1/w */
#define ALPHA_N 117049297           /* w * 11/240 */
#define ALPHA_D 127690142           /* w / 20 */
#define ALPHA_I 1057819769          /* 2/w - w */
#define ALPHA_F 638450708           /* w / 4 */

#define WIDE 6         /* integer bits of what the logarithm is summed in */
#define QUARTER (1 << 23) /* in Q6.25 */

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* Returns number / 2^bits to the nearest, halves away from zero. */
static inline int64_t shifted_right(int64_t number, int bits)
{
    int64_t half = bits ? (int64_t)1 << (bits - 1) : 0;
    return intact_floor_shift(number + half - (bits && number < 0), bits);
}

/* Returns the logarithm in Q5.26 of a number in Q12.19, from 1 on. */
static int64_t logarithm(int64_t number)
{
    int zeros = intact_leading_zeros((uint32_t)number);
    int64_t half = intact_high_product(intact_shifted_left(number, zeros - 1), ROOT_HALF);
    int64_t half_power = intact_shifted_left(12 - zeros, 31 - WIDE) + QUARTER;
    int room = intact_leading_zeros((uint32_t)intact_high_product(number, ROOT_HALF)) - 1;
    int64_t whole_power = intact_shifted_left(12 - room, 31 - WIDE) - QUARTER;

    int64_t r = smaller(intact_shifted_left(half, 1), intact_shifted_left(number, room));
    int64_t power = larger(half_power, whole_power);
    int64_t p = intact_floor_shift(r + FOURTH_ROOT_HALF + 1, 1), q = 2 * (r - FOURTH_ROOT_HALF);
    int64_t square = intact_high_product(q, q);
    int64_t numerator = intact_high_product(q, r) + intact_high_product(intact_high_product(q, square), ALPHA_N);
    int64_t inner = ALPHA_I + q + intact_high_product(square, ALPHA_D);
    int64_t inverse = intact_one_over_one_plus(intact_high_product(p, inner) + intact_high_product(q, ALPHA_F));
    int64_t fraction = intact_high_product(shifted_right(numerator, WIDE), inverse);
    return intact_shifted_left(intact_high_product(power, LOG_2) + fraction, 1);
}

void VERSION(intact_log_softmax)(const void *params, const void *const *in, void *const *out, void *scratch,
                                 int64_t begin, int64_t end)
{
    const intact_log_softmax *p = params;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *row = (const uint8_t *)in[0] + unit * p->depth;
        uint8_t *to = (uint8_t *)out[0] + unit * p->depth, top = 0;
        for (int64_t i = 0; i < p->depth; i++)
            top = row[i] > top ? row[i] : top;
        int64_t sum = 0;
        for (int64_t i = 0; i < p->depth; i++)
            sum += p->terms[top - row[i]];
        int64_t total = logarithm(sum);
        int64_t most = -shifted_right(intact_high_product(total - ((int64_t)1 << 31), p->multiplier), p->shift);
        uint8_t results[256];
        for (int difference = 0; difference < 256; difference++) {
            int64_t found = shifted_right(p->differences[difference] - total, 22) + 255;
            int counts = difference < most && difference <= p->farthest;
            results[difference] = (uint8_t)(counts ? smaller(larger(found, 0), 255) : 0);
        }
        for (int64_t i = 0; i < p->depth; i++)
            to[i] = results[top - row[i]];
    }
}
