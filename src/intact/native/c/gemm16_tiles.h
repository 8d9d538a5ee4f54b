/* Sums of products of int16 and 8-bit numbers, in tiles, for the versions with AVX-512 VNNI. */
#ifndef INTACT_GEMM16_TILES_H
#define INTACT_GEMM16_TILES_H

#include "gemm16.h"

#define INTACT_TALLEST16 12 /* rows of a tile */
#define INTACT_WIDEST16 4   /* panels of a tile */

/* Sums the terms begin to end of `height` rows at `panels` panels from one on: [panel][row][16]. Of the gemm it reads
 * the weights and the depth alone. begin is a multiple of groups. */
typedef struct {
    int height, panels;
    void (*run)(const intact_gemm16 *g, const int16_t *in, int64_t panel, int64_t begin, int64_t end, int32_t *sums);
} intact_tile16;

/* Returns the highest tile for so many rows or fewer; there are such for 1 and 2 panels, and for 4 panels and up to 6
 * rows. */
const intact_tile16 *intact_tile16_for(int64_t rows, int panels);

#endif
