/* The definition of movement.h. Copies are the C library's, which knows the processor. */
#include "movement.h"

#include <string.h>

#define OUTER (INTACT_BOX_RANK - 2)

/* Copies single elements, which compilers do without a call. */
#define ELEMENTS(type, name)                                                                                       \
    static void name(const uint8_t *from, uint8_t *to, const int64_t n[2], const int64_t f[2], const int64_t t[2]) \
    {                                                                                                              \
        for (int64_t i = 0; i < n[0]; i++)                                                                         \
            for (int64_t j = 0; j < n[1]; j++)                                                                     \
                memcpy(to + i * t[0] + j * t[1], from + i * f[0] + j * f[1], sizeof(type));                        \
    }

ELEMENTS(uint8_t, bytes)
ELEMENTS(uint16_t, words)
ELEMENTS(uint32_t, doubles)
ELEMENTS(uint64_t, quads)

static void runs(const uint8_t *from, uint8_t *to, const int64_t n[2], const int64_t f[2], const int64_t t[2], int64_t run)
{
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++)
            memcpy(to + i * t[0] + j * t[1], from + i * f[0] + j * f[1], (size_t)run);
}

static void looked_up(const intact_box *b, const uint8_t *from, uint8_t *to, const int64_t n[2], const int64_t f[2],
                      const int64_t t[2])
{
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++)
            for (int64_t k = 0; k < b->run; k++)
                to[i * t[0] + j * t[1] + k] = b->table[from[i * f[0] + j * f[1] + k]];
}

static void fill(const intact_box *b, int64_t element, uint8_t *to, const int64_t n[2], const int64_t t[2])
{
    int alike = 1;
    for (int64_t k = 1; k < element; k++)
        alike &= b->filler[k] == b->filler[0];
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++) {
            uint8_t *start = to + i * t[0] + j * t[1];
            if (alike)
                memset(start, b->filler[0], (size_t)b->run);
            else
                for (int64_t k = 0; k < b->run; k += element)
                    memcpy(start + k, b->filler, (size_t)element);
        }
}

static void one(const intact_box *b, int64_t element, const void *const *in, void *const *out, int64_t unit)
{
    const int64_t *f = b->from_stride + OUTER, *t = b->to_stride + OUTER;
    int64_t from_at = b->from_at, to_at = b->to_at, n[2];
    for (int d = 1; d >= 0; d--) {
        int64_t extent = b->extent[OUTER + d], parts = (extent + b->part[d] - 1) / b->part[d];
        int64_t first = unit % parts * b->part[d], left = extent - first;
        from_at += first * f[d];
        to_at += first * t[d];
        n[d] = left < b->part[d] ? left : b->part[d];
        unit /= parts;
    }
    for (int64_t d = OUTER - 1; d >= 0 && unit > 0; d--) {
        from_at += unit % b->extent[d] * b->from_stride[d];
        to_at += unit % b->extent[d] * b->to_stride[d];
        unit /= b->extent[d];
    }
    uint8_t *to = (uint8_t *)out[b->to] + to_at;
    if (b->from < 0) {
        fill(b, element, to, n, t);
        return;
    }
    const uint8_t *from = (const uint8_t *)in[b->from] + from_at;
    if (b->table)
        looked_up(b, from, to, n, f, t);
    else if (b->run == 1)
        bytes(from, to, n, f, t);
    else if (b->run == 2)
        words(from, to, n, f, t);
    else if (b->run == 4)
        doubles(from, to, n, f, t);
    else if (b->run == 8)
        quads(from, to, n, f, t);
    else
        runs(from, to, n, f, t, b->run);
}

void intact_move_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    const intact_move *p = params;
    int64_t box = 0;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        while (box + 1 < p->count && p->boxes[box + 1].first <= unit)
            box++;
        one(&p->boxes[box], p->element, in, out, unit - p->boxes[box].first);
    }
}

void intact_pick_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                        int64_t end)
{
    const intact_pick *p = params;
    int64_t line = p->columns_count * p->run;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t row = unit % p->rows_count;
        const uint8_t *from = (const uint8_t *)in[0] + unit / p->rows_count * p->stride + p->rows[row];
        uint8_t *to = (uint8_t *)out[0] + unit * line;
        if (unit > begin && row > 0 && p->rows[row] == p->rows[row - 1]) {
            memcpy(to, to - line, (size_t)line);
            continue;
        }
        for (int64_t column = 0; column < p->columns_count; column++)
            memcpy(to + column * p->run, from + p->columns[column], (size_t)p->run);
    }
}
