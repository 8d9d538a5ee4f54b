/* The definition of matmul.h, and what its versions share. */
#include "matmul.h"

#include <string.h>

#define STEP (INTACT_PANEL * INTACT_GROUP) /* bytes of a group of a panel */

int64_t intact_batch(const intact_batches *b, int factor, int64_t matrix)
{
    int64_t at = 0;
    for (int i = INTACT_BATCHES - 1; i >= 0; i--) {
        at += matrix % b->size[i] * b->step[factor][i];
        matrix /= b->size[i];
    }
    return at;
}

/* Packs `count` columns of a matrix (depth, outputs); adds up each. A held number less 128 is a signed one. */
static void pack_columns(const uint8_t *from, int64_t depth, int64_t outputs, int64_t count, int8_t *to, uint32_t *sums)
{
    int64_t whole = count == INTACT_PANEL ? depth / INTACT_GROUP : 0;
    for (int64_t k = 0; k < whole; k++, from += INTACT_GROUP * outputs, to += STEP) {
        const uint8_t *a = from, *b = a + outputs, *c = b + outputs, *d = c + outputs;
        for (int n = 0; n < INTACT_PANEL; n++) {
            to[4 * n] = (int8_t)(a[n] - 128);
            to[4 * n + 1] = (int8_t)(b[n] - 128);
            to[4 * n + 2] = (int8_t)(c[n] - 128);
            to[4 * n + 3] = (int8_t)(d[n] - 128);
        }
        for (int n = 0; n < INTACT_PANEL; n++)
            sums[n] += (uint32_t)(a[n] + b[n] + c[n] + d[n] - 512);
    }
    int64_t left = depth - whole * INTACT_GROUP;
    memset(to, 0, (size_t)((left + INTACT_GROUP - 1) / INTACT_GROUP * STEP));
    for (int64_t k = 0; k < left; k++)
        for (int64_t n = 0; n < count; n++) {
            int number = from[k * outputs + n] - 128;
            to[k / INTACT_GROUP * STEP + n * INTACT_GROUP + k % INTACT_GROUP] = (int8_t)number;
            sums[n] += (uint32_t)number;
        }
}

/* The same of a matrix (outputs, depth). */
static void pack_rows(const uint8_t *from, int64_t depth, int64_t count, int8_t *to, uint32_t *sums)
{
    int64_t whole = depth / INTACT_GROUP, left = depth % INTACT_GROUP;
    if (count < INTACT_PANEL || left)
        memset(to, 0, (size_t)((whole + (left > 0)) * STEP));
    for (int64_t n = 0; n < count; n++, from += depth, to += INTACT_GROUP) {
        for (int64_t k = 0; k < whole; k++) {
            uint32_t four;
            memcpy(&four, from + k * INTACT_GROUP, sizeof four);
            four ^= 0x80808080u;
            memcpy(to + k * STEP, &four, sizeof four);
        }
        for (int64_t k = 0; k < left; k++)
            to[whole * STEP + k] = (int8_t)(from[whole * INTACT_GROUP + k] - 128);
        for (int64_t k = 0; k < depth; k++)
            sums[n] += from[k];
        sums[n] -= (uint32_t)depth * 128;
    }
}

/* Packs the panels first to last of a matrix, and folds x's zero point into biases; see gemm.h. */
static void pack(const intact_matmul *p, const uint8_t *y, const int32_t *biases, int64_t first, int64_t last,
                 int8_t *weights, int32_t *folded)
{
    int64_t depth = p->dense.gemm.depth, outputs = p->dense.gemm.outputs;
    int64_t apart = (depth + INTACT_GROUP - 1) / INTACT_GROUP * STEP;
    for (int64_t panel = first; panel < last; panel++) {
        int64_t at = panel * INTACT_PANEL, count = outputs - at < INTACT_PANEL ? outputs - at : INTACT_PANEL;
        uint32_t sums[INTACT_PANEL] = {0};
        if (p->batches.adjoint[1])
            pack_rows(y + at * depth, depth, count, weights + panel * apart, sums);
        else
            pack_columns(y + at, depth, outputs, count, weights + panel * apart, sums);
        for (int64_t n = 0; n < INTACT_PANEL; n++) {
            uint32_t all = sums[n] + (uint32_t)depth * (uint32_t)p->dense.gemm.filter_offset;
            uint32_t bias = p->biased && n < count ? (uint32_t)biases[at + n] : 0;
            folded[at + n] = intact_wrap(bias - (uint32_t)p->zero_point * all);
        }
    }
}

/* Multiplies the positions of a window by panels first to last. */
static void do_window(intact_kernel *dense, const intact_matmul *p, intact_dense *product, const void *image,
                      uint8_t *out, uint8_t *rows, int64_t first, int64_t last)
{
    int64_t depth = p->dense.gemm.depth;
    for (int64_t at = 0; at < p->dense.rows; at += INTACT_PIXELS) {
        product->rows = p->dense.rows - at < INTACT_PIXELS ? p->dense.rows - at : INTACT_PIXELS;
        intact_gather(p->window, image, rows, depth, at, at + product->rows);
        dense(product, &(const void *){rows}, &(void *){out + at * p->dense.gemm.outputs}, NULL, first, last);
    }
}

void intact_matmul_by(intact_kernel *dense, const intact_matmul *p, const void *const *in, void *const *out,
                      void *scratch, int64_t begin, int64_t end)
{
    int64_t depth = p->dense.gemm.depth, outputs = p->dense.gemm.outputs, rows = p->dense.rows;
    int64_t panels = (outputs + INTACT_PANEL - 1) / INTACT_PANEL, groups = (depth + INTACT_GROUP - 1) / INTACT_GROUP;
    int8_t *weights = scratch;
    int32_t *biases = (int32_t *)(weights + panels * groups * STEP);
    uint8_t *beside = (uint8_t *)(biases + panels * INTACT_PANEL);
    intact_dense product = p->dense;
    product.gemm.weights = weights;
    product.gemm.bias = biases;
    for (int64_t unit = begin, last; unit < end; unit += last - unit % panels) {
        int64_t matrix = unit / panels, first = unit % panels;
        last = first + end - unit < panels ? first + end - unit : panels;
        const uint8_t *x = (const uint8_t *)in[0] + intact_batch(&p->batches, 0, matrix);
        const uint8_t *y = (const uint8_t *)in[1] + intact_batch(&p->batches, 1, matrix);
        uint8_t *to = (uint8_t *)out[0] + matrix * rows * outputs;
        pack(p, y, p->biased ? in[2] : NULL, first, last, weights, biases);
        if (p->window) {
            do_window(dense, p, &product, x, to, beside, first, last);
            continue;
        }
        if (p->batches.adjoint[0]) {
            for (int64_t i = 0; i < rows; i++)
                for (int64_t k = 0; k < depth; k++)
                    beside[i * depth + k] = x[k * rows + i];
            x = beside;
        }
        dense(&product, &(const void *){x}, &(void *){to}, NULL, first, last);
    }
}

INTACT_MATMUL_KERNEL(scalar)
