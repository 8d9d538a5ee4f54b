/* depthwise.h with dot products of 4 bytes (AVX-512 VNNI).
 *
 * Bytes of up to four places of the window are interleaved, channel by channel, so that one instruction multiplies and
 * adds four places of sixteen channels. Unpacking within 128 bits leaves the channels in an order of its own: vector j
 * has in quarter q channels 16 q + 4 j to 16 q + 4 j + 3. Weights and parameters are brought into that order once;
 * packing the results undoes it.
 *
 * A vector has 64 channels of one row. Where 32 or 16 are left over, it has those of two or four rows of positions.
 */
#include <string.h>

#include "avx512.h"
#include "depthwise_widened.h"

#define MOST_ROWS 64 /* of a window */

/* What is prepared of a block of channels; the weights, [group of places][4], follow it. */
typedef struct {
    int64_t has_offsets; /* some offset of the block is not 0 */
    __m512i bias[4], offset[4];
    channels16 channels[4];
    __m512i weights[];
} block;

/* What one run along rows of positions needs. */
typedef struct {
    const intact_depthwise *p;
    const block *b;
    const uint8_t *rows[4][MOST_ROWS]; /* [row of positions][row of the window] at the block's first channel */
    uint8_t *out[4];
    int64_t first;  /* channel */
    __mmask64 mask; /* channels, of one row of positions */
    __m512i filler;
    ends8 ends;
    int count; /* rows of positions that are wanted */
} run;

/* Returns a column of the image under row i of the window, for all rows of positions. */
INLINE __m512i load(const run *r, int64_t i, int64_t column, const int rows)
{
    const intact_window *w = &r->p->window;
    if (column < 0 || column >= w->extent[1])
        return r->filler;
    int64_t at = column * w->channels;
    if (rows == 1)
        return _mm512_maskz_loadu_epi8(r->mask, r->rows[0][i] + at);
    if (rows == 2) {
        __m256i first = _mm256_maskz_loadu_epi8((__mmask32)r->mask, r->rows[0][i] + at);
        __m256i second = _mm256_maskz_loadu_epi8((__mmask32)r->mask, r->rows[1][i] + at);
        return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
    }
    __m512i all = _mm512_castsi128_si512(_mm_maskz_loadu_epi8((__mmask16)r->mask, r->rows[0][i] + at));
    all = _mm512_inserti32x4(all, _mm_maskz_loadu_epi8((__mmask16)r->mask, r->rows[1][i] + at), 1);
    all = _mm512_inserti32x4(all, _mm_maskz_loadu_epi8((__mmask16)r->mask, r->rows[2][i] + at), 2);
    return _mm512_inserti32x4(all, _mm_maskz_loadu_epi8((__mmask16)r->mask, r->rows[3][i] + at), 3);
}

INLINE void store(const run *r, int64_t x, __m512i bytes, const int rows)
{
    int64_t at = x * r->p->window.channels;
    if (rows == 1) {
        _mm512_mask_storeu_epi8(r->out[0] + at, r->mask, bytes);
    } else if (rows == 2) {
        _mm256_mask_storeu_epi8(r->out[0] + at, (__mmask32)r->mask, _mm512_castsi512_si256(bytes));
        if (r->count > 1)
            _mm256_mask_storeu_epi8(r->out[1] + at, (__mmask32)r->mask, _mm512_extracti64x4_epi64(bytes, 1));
    } else {
        _mm_mask_storeu_epi8(r->out[0] + at, (__mmask16)r->mask, _mm512_castsi512_si128(bytes));
        if (r->count > 1)
            _mm_mask_storeu_epi8(r->out[1] + at, (__mmask16)r->mask, _mm512_extracti32x4_epi32(bytes, 1));
        if (r->count > 2)
            _mm_mask_storeu_epi8(r->out[2] + at, (__mmask16)r->mask, _mm512_extracti32x4_epi32(bytes, 2));
        if (r->count > 3)
            _mm_mask_storeu_epi8(r->out[3] + at, (__mmask16)r->mask, _mm512_extracti32x4_epi32(bytes, 3));
    }
}

INLINE void interleave(__m512i a, __m512i b, __m512i c, __m512i d, __m512i to[4])
{
    __m512i low = _mm512_unpacklo_epi8(a, b), high = _mm512_unpackhi_epi8(a, b);
    __m512i lower = _mm512_unpacklo_epi8(c, d), higher = _mm512_unpackhi_epi8(c, d);
    to[0] = _mm512_unpacklo_epi16(low, lower);
    to[1] = _mm512_unpackhi_epi16(low, lower);
    to[2] = _mm512_unpacklo_epi16(high, higher);
    to[3] = _mm512_unpackhi_epi16(high, higher);
}

static __attribute__((noinline)) __m512i finish_one_by_one(const run *r, const __m512i acc[4], int rows)
{
    int32_t sums[4][16];
    uint8_t bytes[64] = {0};
    int each = 64 / rows;
    for (int j = 0; j < 4; j++)
        _mm512_storeu_si512(sums[j], acc[j]);
    for (int n = 0; n < 64; n++)
        if (r->mask >> n % each & 1)
            bytes[n] = (uint8_t)intact_requantize_one(&r->p->finish, r->first + n % each,
                                                      sums[n % 16 / 4][n / 16 * 4 + n % 4]);
    return _mm512_loadu_si512(bytes);
}

INLINE void finish(const run *r, int64_t x, __m512i acc[4], const int rows, enum rounding rounding)
{
    const block *b = r->b;
    if (rounding == ONE_BY_ONE) {
        store(r, x, finish_one_by_one(r, acc, rows), rows);
        return;
    }
    __m512i number[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++)
        number[j] = rounded16(acc[j], &b->channels[j], rounding);
    store(r, x, bytes_of(number[0], number[1], number[2], number[3], &r->ends), rows);
}

INLINE void start(const block *b, __m512i acc[4], __m512i totals[4])
{
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++)
        acc[j] = b->bias[j], totals[j] = _mm512_setzero_si512();
}

INLINE void add(const block *b, int64_t group, const __m512i places[4], __m512i acc[4], __m512i totals[4],
                const int offsets)
{
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        acc[j] = _mm512_dpbusd_epi32(acc[j], places[j], b->weights[group * 4 + j]);
        if (offsets)
            totals[j] = _mm512_dpbusd_epi32(totals[j], places[j], _mm512_set1_epi8(1));
    }
}

INLINE void add_offsets(const block *b, __m512i acc[4], const __m512i totals[4], const int offsets)
{
#pragma GCC unroll 4
    for (int j = 0; offsets && j < 4; j++)
        acc[j] = _mm512_add_epi32(acc[j], _mm512_mullo_epi32(totals[j], b->offset[j]));
}

/* Any window: places in groups of four, row after row. */
INLINE void any_window(const run *r, const int rows, enum rounding rounding)
{
    const intact_window *w = &r->p->window;
    int64_t places = w->size[0] * w->size[1];
    for (int64_t x = 0; x < w->positions[1]; x++) {
        __m512i acc[4], totals[4];
        start(r->b, acc, totals);
        int64_t left = x * w->stride[1] - w->before[1];
        int64_t i = 0, column = left, next = 0;
        for (int64_t group = 0; group * 4 < places; group++) {
            __m512i four[4], mixed[4];
            for (int n = 0; n < 4; n++) {
                four[n] = i < w->size[0] ? load(r, i, column, rows) : _mm512_setzero_si512();
                column += w->dilation[1];
                if (++next == w->size[1])
                    next = 0, i++, column = left;
            }
            interleave(four[0], four[1], four[2], four[3], mixed);
            add(r->b, group, mixed, acc, totals, 1);
        }
        add_offsets(r->b, acc, totals, 1);
        finish(r, x, acc, rows, rounding);
    }
}

INLINE void read_column(const run *r, int64_t column, const int rows, __m512i to[4])
{
    interleave(load(r, 0, column, rows), load(r, 1, column, rows), load(r, 2, column, rows), _mm512_setzero_si512(), to);
}

/* The commonest window, 3 by 3 places: a group is a column of the window, and what is interleaved of a column of the image
 * serves all positions that see it. */
INLINE void three_columns(const run *r, const int rows, const int stride, enum rounding rounding, const int offsets)
{
    const intact_window *w = &r->p->window;
    __m512i columns[3][4];
    read_column(r, -w->before[1], rows, columns[stride == 1 ? 1 : 2]);
    if (stride == 1)
        read_column(r, 1 - w->before[1], rows, columns[2]);
    for (int64_t x = 0; x < w->positions[1]; x++) {
        int64_t left = x * stride - w->before[1];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            columns[0][j] = columns[stride == 1 ? 1 : 2][j];
            if (stride == 1)
                columns[1][j] = columns[2][j];
        }
        if (stride == 2)
            read_column(r, left + 1, rows, columns[1]);
        read_column(r, left + 2, rows, columns[2]);
        __m512i acc[4], totals[4];
        start(r->b, acc, totals);
#pragma GCC unroll 3
        for (int n = 0; n < 3; n++)
            add(r->b, n, columns[n], acc, totals, offsets);
        add_offsets(r->b, acc, totals, offsets);
        finish(r, x, acc, rows, rounding);
    }
}

static int is_common(const intact_depthwise *p)
{
    const intact_window *w = &p->window;
    return w->size[0] == 3 && w->size[1] == 3 && w->dilation[1] == 1 && w->stride[1] <= 2 &&
           rounding_of(&p->finish) != ONE_BY_ONE;
}

INLINE void run_rows(const run *r, const int rows, enum rounding rounding)
{
    int64_t stride = r->p->window.stride[1];
    if (rounding == ONE_BY_ONE || !is_common(r->p))
        any_window(r, rows, rounding);
    else if (r->b->has_offsets)
        stride == 1 ? three_columns(r, rows, 1, rounding, 1) : three_columns(r, rows, 2, rounding, 1);
    else
        stride == 1 ? three_columns(r, rows, 1, rounding, 0) : three_columns(r, rows, 2, rounding, 0);
}

#define RUN(rows, rounding) \
    static void run_##rows##_##rounding(const run *r) { run_rows(r, rows, rounding); }
#define RUNS(rows) RUN(rows, ONE_BY_ONE) RUN(rows, FIXED_UP) RUN(rows, FIXED_AWAY) RUN(rows, FLOAT_EVEN)
RUNS(1) RUNS(2) RUNS(4)
#define NAMES(rows) {run_##rows##_ONE_BY_ONE, run_##rows##_FIXED_UP, run_##rows##_FIXED_AWAY, run_##rows##_FLOAT_EVEN}
static void (*const runs[3][4])(const run *) = {NAMES(1), NAMES(2), NAMES(4)};

/* True for what is left to the definition. */
static int is_left(const intact_depthwise *p) { return p->window.size[0] > MOST_ROWS; }

/* Returns which vectors do the next channels: of 1, 2 or 4 rows of positions, as its power of two. */
static int kind_of(int64_t left) { return left <= 16 ? 2 : left <= 32 ? 1 : 0; }

static size_t block_size(const intact_depthwise *p)
{
    int64_t groups = is_common(p) ? 3 : (p->window.size[0] * p->window.size[1] + 3) / 4;
    return sizeof(block) + (size_t)groups * 4 * sizeof(__m512i);
}

/* Brings weights and parameters of 64 channels from `first` on into the order of the vectors. */
static void read_block(const intact_depthwise *p, int64_t first, int rows, block *b)
{
    const intact_window *w = &p->window;
    int64_t padded = (w->channels + 63) / 64 * 64, places = w->size[0] * w->size[1], across = w->size[1];
    int common = is_common(p);
    for (int64_t group = 0; group * 4 < (common ? 12 : places); group++) {
        int8_t four[4][16][4];
        for (int n = 0; n < 64 * 4; n++) {
            int j = n / 64, lane = n / 4 % 16, tap = n % 4;
            int64_t channel = first + (lane / 4 * 16 + j * 4 + lane % 4) % (64 / rows);
            int64_t place = common ? (tap < 3 ? tap * across + group : places) : group * 4 + tap;
            four[j][lane][tap] = place < places ? p->weights[place * padded + channel] : 0;
        }
        for (int j = 0; j < 4; j++)
            b->weights[group * 4 + j] = _mm512_loadu_si512(four[j]);
    }
    b->has_offsets = 0;
    for (int j = 0; j < 4; j++) {
        uint8_t order[16];
        int32_t bias[16], offset[16];
        for (int lane = 0; lane < 16; lane++) {
            order[lane] = (uint8_t)((lane / 4 * 16 + j * 4 + lane % 4) % (64 / rows));
            bias[lane] = p->bias[first + order[lane]];
            offset[lane] = p->offset ? p->offset[first + order[lane]] : 0;
            b->has_offsets |= offset[lane] != 0;
        }
        b->bias[j] = _mm512_loadu_si512(bias);
        b->offset[j] = _mm512_loadu_si512(offset);
        read_channels(&p->finish, first, order, &b->channels[j]);
    }
}

void intact_depthwise_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end)
{
    const intact_depthwise *p = params;
    const intact_window *w = &p->window;
    if (p->multiplier != 1) {
        intact_depthwise_widened(intact_depthwise_vnni, p, in, out, scratch, begin, end);
        return;
    }
    if (is_left(p)) {
        intact_depthwise_scalar(params, in, out, scratch, begin, end);
        return;
    }
    int64_t channels = w->channels, line = w->extent[1] * channels;
    const char *prepared = p->prepared;
    uint8_t *outside = scratch;
    memset(outside, (int)w->filler, (size_t)line);
    enum rounding rounding = rounding_of(&p->finish);
    for (int64_t first = 0; first < channels;) {
        int kind = kind_of(channels - first), rows = 1 << kind;
        int64_t width = channels - first < 64 / rows ? channels - first : 64 / rows;
        run r = {.p = p, .b = (const block *)prepared, .first = first, .mask = width == 64 ? ~0ULL : (1ULL << width) - 1,
                 .filler = _mm512_set1_epi8((char)w->filler), .ends = read_ends(&p->finish)};
        for (int64_t unit = begin; unit < end; unit += rows) {
            r.count = end - unit < rows ? (int)(end - unit) : rows;
            for (int n = 0; n < rows; n++) {
                /* Rows beyond the last repeat it, and are not stored. */
                int64_t at = unit + (n < r.count ? n : r.count - 1);
                const uint8_t *image = (const uint8_t *)in[0] + at / w->positions[0] * w->extent[0] * line;
                int64_t top = at % w->positions[0] * w->stride[0] - w->before[0];
                for (int64_t i = 0; i < w->size[0]; i++) {
                    int64_t row = top + i * w->dilation[0];
                    r.rows[n][i] = (row >= 0 && row < w->extent[0] ? image + row * line : outside) + first;
                }
                r.out[n] = (uint8_t *)out[0] + at * w->positions[1] * channels + first;
            }
            runs[kind][rounding](&r);
        }
        first += width;
        prepared += block_size(p);
    }
}

size_t intact_depthwise_prepare_vnni(const void *params, void *memory)
{
    const intact_depthwise one = intact_depthwise_of_one(params), *p = &one;
    int64_t blocks = 0;
    if (is_left(p))
        return 0;
    for (int64_t first = 0; first < p->window.channels; first += 64 >> kind_of(p->window.channels - first), blocks++)
        if (memory)
            read_block(p, first, 1 << kind_of(p->window.channels - first),
                       (block *)((char *)memory + blocks * (int64_t)block_size(p)));
    return (size_t)blocks * block_size(p);
}
