/* The tiles of a version of gemm.h, for any length of vectors.
 *
 * A tile is some rows by some panels, whose sums stay in registers over all terms: for each group of 4 terms one load a
 * row, one load a vector of weights, and a multiplication of each with each.
 *
 * Included by a version that has defined
 *
 *     LANES, WIDEST, TALLEST  32-bit sums of a vector; the most panels and rows of a tile
 *     vector                  LANES sums
 *     terms, weights          4 terms of a row for all lanes, and 4 weights of LANES outputs, as `dot` wants them
 *     channels, ends          the parameters of LANES outputs' requantization, and those that all outputs have in common
 *     read_sums, spread, unpack, dot, add_to_all, read_channels_of, read_ends
 *     store_row               puts the results of a row's sums, `panels` panels, at `out`: the first `count`
 *
 * and followed by COLUMNS(panels, height) for each number of panels that it has, and PREPARE(level).
 */
#include <string.h>

#include "gemm_blocks.h"

#define VECTORS (INTACT_PANEL / LANES)

/* A block at a group of panels. */
typedef struct {
    const intact_block *block;
    int64_t panel;
    enum rounding rounding;
    ends ends;
    const channels *channels; /* of each vector */
} columns;

typedef void tile_function(const columns *c, int64_t row);

INLINE void store_one_by_one(const columns *c, const vector *acc, const int panels, uint8_t *out, int64_t count)
{
    int32_t sums[WIDEST * INTACT_PANEL];
    memcpy(sums, acc, (size_t)panels * INTACT_PANEL * sizeof *sums);
    for (int64_t n = 0; n < count; n++)
        out[n] = (uint8_t)intact_requantize_one(&c->block->gemm->finish, c->panel * INTACT_PANEL + n, sums[n]);
}

INLINE uint32_t read_four(const uint8_t *from)
{
    uint32_t four;
    memcpy(&four, from, sizeof four);
    return four;
}

INLINE uint32_t read_rest(const uint8_t *from, int64_t count)
{
    uint32_t four = from[0];
    for (int64_t k = 1; k < count; k++)
        four |= (uint32_t)from[k] << 8 * k;
    return four;
}

/* Adds the products of one group of `count` terms of all rows. */
INLINE void add_group(vector acc[TALLEST][WIDEST * VECTORS], const uint8_t *in, int64_t stride, const int8_t *packed,
                      int64_t apart, const int height, const int panels, const int64_t count)
{
    weights w[WIDEST * VECTORS];
#pragma GCC unroll 16
    for (int v = 0; v < panels * VECTORS; v++)
        w[v] = unpack(packed + v / VECTORS * apart + v % VECTORS * LANES * INTACT_GROUP);
#pragma GCC unroll 16
    for (int i = 0; i < height; i++) {
        terms t = spread(count == INTACT_GROUP ? read_four(in + i * stride) : read_rest(in + i * stride, count));
#pragma GCC unroll 16
        for (int v = 0; v < panels * VECTORS; v++)
            acc[i][v] = dot(acc[i][v], t, w[v]);
    }
}

INLINE void tile(const columns *c, int64_t row, const int height, const int panels)
{
    const intact_block *b = c->block;
    const intact_gemm *g = b->gemm;
    const int64_t step = INTACT_PANEL * INTACT_GROUP; /* bytes of a panel's group */
    int64_t whole = b->whole, apart = (g->depth + INTACT_GROUP - 1) / INTACT_GROUP * step;
    int64_t first = c->panel * INTACT_PANEL;
    const int8_t *packed = g->weights + c->panel * apart;
    const uint8_t *in = b->in + row * b->stride;
    vector acc[TALLEST][WIDEST * VECTORS];
#pragma GCC unroll 16
    for (int i = 0; i < height; i++)
#pragma GCC unroll 16
        for (int v = 0; v < panels * VECTORS; v++)
            acc[i][v] = read_sums(g->bias + first + v * LANES);
    for (int64_t k = 0; k < whole; k++, in += INTACT_GROUP, packed += step)
        add_group(acc, in, b->stride, packed, apart, height, panels, INTACT_GROUP);
    if (whole * step < apart)
        add_group(acc, in, b->stride, packed, apart, height, panels, g->depth - whole * INTACT_GROUP);
    if (b->totals) {
#pragma GCC unroll 16
        for (int i = 0; i < height; i++)
#pragma GCC unroll 16
            for (int v = 0; v < panels * VECTORS; v++)
                acc[i][v] = add_to_all(acc[i][v], b->totals[row + i]);
    }
    uint8_t *out = b->out + row * g->outputs + first;
    int64_t count = g->outputs - first < panels * INTACT_PANEL ? g->outputs - first : panels * INTACT_PANEL;
#define STORE(rounding)                                                                                             \
    case rounding:                                                                                                  \
        _Pragma("GCC unroll 16") for (int i = 0; i < height; i++)                                                   \
            store_row(acc[i], panels, c->channels, &c->ends, out + i * g->outputs, count, rounding);                \
        return;
    switch (c->rounding) {
        STORE(FIXED_UP) STORE(FIXED_AWAY) STORE(FLOAT_EVEN)
    case ONE_BY_ONE:
#pragma GCC unroll 16
        for (int i = 0; i < height; i++)
            store_one_by_one(c, acc[i], panels, out + i * g->outputs, count);
    }
#undef STORE
}

/* tiles[n] is the tile of n + 1 rows. */
static inline void do_columns(const intact_block *b, int64_t panel, tile_function *const *tiles, int height)
{
    const intact_requantize *finish = &b->gemm->finish;
    columns c = {b, panel, rounding_of(finish), read_ends(finish),
                 (const channels *)b->gemm->prepared + panel * VECTORS};
    /* Tiles of like heights, as a low one costs nearly what a high one does. */
    for (int64_t row = 0, left = (b->rows + height - 1) / height; row < b->rows; left--) {
        int64_t count = (b->rows - row + left - 1) / left;
        tiles[count - 1](&c, row);
        row += count;
    }
}

#define TILE(height, panels) \
    static void tile_##height##x##panels(const columns *c, int64_t row) { tile(c, row, height, panels); }
#define TILES_4(p) TILE(1, p) TILE(2, p) TILE(3, p) TILE(4, p)
#define TILES_5(p) TILES_4(p) TILE(5, p)
#define TILES_6(p) TILES_5(p) TILE(6, p)
#define TILES_8(p) TILES_6(p) TILE(7, p) TILE(8, p)
#define TILES_12(p) TILES_8(p) TILE(9, p) TILE(10, p) TILE(11, p) TILE(12, p)
#define NAMES_4(p) tile_1x##p, tile_2x##p, tile_3x##p, tile_4x##p
#define NAMES_5(p) NAMES_4(p), tile_5x##p
#define NAMES_6(p) NAMES_5(p), tile_6x##p
#define NAMES_8(p) NAMES_6(p), tile_7x##p, tile_8x##p
#define NAMES_12(p) NAMES_8(p), tile_9x##p, tile_10x##p, tile_11x##p, tile_12x##p

/* Defines columns_<panels>, with tiles of up to `height` rows. */
#define COLUMNS(panels, height)                                         \
    TILES_##height(panels)                                              \
    static void columns_##panels(const intact_block *b, int64_t panel)  \
    {                                                                   \
        static tile_function *const tiles[] = {NAMES_##height(panels)}; \
        do_columns(b, panel, tiles, height);                            \
    }

/* Defines what prepares the parameters of all outputs. */
#define PREPARE(level)                                                                              \
    size_t intact_gemm_prepare_##level(const void *params, void *memory)                            \
    {                                                                                               \
        const intact_gemm *g = params;                                                              \
        int64_t vectors = (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL * VECTORS;                 \
        for (int64_t v = 0; memory && v < vectors; v++)                                             \
            read_channels_of(&g->finish, v * LANES, (channels *)memory + v);                           \
        return (size_t)vectors * sizeof(channels);                                                  \
    }
