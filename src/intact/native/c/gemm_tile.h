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
 *     read_sums, spread, unpack, dot, add_to_all, read_channels, read_ends
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
    vector sums[TALLEST * WIDEST * VECTORS]; /* of a tile, [row][vector] */
} columns;

typedef void tile_function(columns *c, int64_t row);

INLINE uint32_t read_four(const uint8_t *from)
{
    uint32_t four;
    memcpy(&four, from, sizeof four);
    return four;
}

/* Returns the first 1, 2 or 3 of four. */
INLINE uint32_t read_rest(const uint8_t *from, int64_t count)
{
    return from[0] | (count > 1 ? (uint32_t)from[1] << 8 : 0) | (count > 2 ? (uint32_t)from[2] << 16 : 0);
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

/* Works out the sums of a tile. */
INLINE void tile(columns *c, int64_t row, const int height, const int panels)
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
#pragma GCC unroll 16
    for (int i = 0; i < height; i++)
#pragma GCC unroll 16
        for (int v = 0; v < panels * VECTORS; v++)
            c->sums[i * panels * VECTORS + v] = acc[i][v];
}

INLINE void store_one_by_one(const intact_requantize *r, int64_t first, const vector *sums, uint8_t *out, int64_t count)
{
    int32_t numbers[WIDEST * INTACT_PANEL];
    memcpy(numbers, sums, (size_t)count * sizeof *numbers);
    for (int64_t n = 0; n < count; n++)
        out[n] = (uint8_t)intact_requantize_one(r, first + n, numbers[n]);
}

/* Stores the results of a tile. */
INLINE void store_rows(columns *c, int64_t row, int64_t height, const int panels, enum rounding rounding)
{
    const intact_block *b = c->block;
    const intact_gemm *g = b->gemm;
    const ends ends = read_ends(&g->finish);
    int64_t first = c->panel * INTACT_PANEL;
    int64_t count = g->outputs - first < panels * INTACT_PANEL ? g->outputs - first : panels * INTACT_PANEL;
    const channels *parameters = (const channels *)g->prepared + c->panel * VECTORS;
    uint8_t *out = b->out + row * g->outputs + first;
    for (vector *sums = c->sums; height > 0; height--, row++, sums += panels * VECTORS, out += g->outputs) {
        for (int v = 0; b->totals && v < panels * VECTORS; v++)
            sums[v] = add_to_all(sums[v], b->totals[row]);
        if (rounding == ONE_BY_ONE)
            store_one_by_one(&g->finish, first, sums, out, count);
        else
            store_row(sums, panels, parameters, &ends, out, count, rounding);
    }
}

INLINE void do_columns(const intact_block *b, int64_t panel, const int panels, tile_function *const *tiles, const int height)
{
    columns c = {.block = b, .panel = panel};
    enum rounding rounding = rounding_of(&b->gemm->finish);
    /* Tiles of like heights, as a low one costs nearly what a high one does. */
    for (int64_t row = 0, left = (b->rows + height - 1) / height, count; row < b->rows; row += count, left--) {
        count = (b->rows - row + left - 1) / left;
        tiles[count - 1](&c, row);
        switch (rounding) {
        case FIXED_UP: store_rows(&c, row, count, panels, FIXED_UP); break;
        case FIXED_AWAY: store_rows(&c, row, count, panels, FIXED_AWAY); break;
        case FLOAT_EVEN: store_rows(&c, row, count, panels, FLOAT_EVEN); break;
        case ONE_BY_ONE: store_rows(&c, row, count, panels, ONE_BY_ONE); break;
        }
    }
}

#define TILE(height, panels) \
    static void tile_##height##x##panels(columns *c, int64_t row) { tile(c, row, height, panels); }
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
        do_columns(b, panel, panels, tiles, height);                    \
    }

/* Defines what prepares the parameters of all outputs. */
#define PREPARE(level)                                                                              \
    size_t intact_gemm_prepare_##level(const void *params, void *memory)                            \
    {                                                                                               \
        const intact_gemm *g = params;                                                              \
        int64_t vectors = (g->outputs + INTACT_PANEL - 1) / INTACT_PANEL * VECTORS;                 \
        static const uint8_t order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};    \
        for (int64_t v = 0; memory && v < vectors; v++)                                             \
            read_channels(&g->finish, v * LANES, order, (channels *)memory + v);                    \
        return (size_t)vectors * sizeof(channels);                                                  \
    }
