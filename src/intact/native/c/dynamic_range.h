/* Rows of float32 quantized to 8 bits while a model runs, with parameters of each row; arith/dynamic_range.py says how
 * the four ways differ and where they are from. Every operation here is one of float32, or of float64 where that has it,
 * in the order that it has there.
 */
#ifndef INTACT_DYNAMIC_RANGE_H
#define INTACT_DYNAMIC_RANGE_H

#include "intact.h"

enum intact_quantizer { INTACT_SYMMETRIC, INTACT_NEAREST, INTACT_ASYMMETRIC, INTACT_XNNPACK };

/* row[i] = scale * (code[i] - zero_point), nearly. */
typedef struct {
    float scale;
    int32_t zero_point; /* as codes are held: 128 more */
    int32_t total;      /* of the codes, as they are held */
} intact_row;

/* Quantizes a row of at least one number. Codes are held unsigned: 128 more. Returns 1, with codes that do not count,
 * for infinities, NaN and rows so large or so small that a scale or its reciprocal is none. */
typedef int intact_quantize_row(enum intact_quantizer quantizer, const float *row, int64_t count, uint8_t *codes,
                                intact_row *made);

intact_quantize_row intact_quantize_row_scalar, intact_quantize_row_avx2, intact_quantize_row_vnni,
    intact_quantize_row_neon;

#endif
