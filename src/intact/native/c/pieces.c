/* The definition of pieces.h, and what its versions share. */
#include "pieces.h"

#include <string.h>

/* Copies the numbers of a position that lie from `first` to `last` in all results. */
static void place(const char *numbers, int64_t at, int64_t count, int64_t first, int64_t last, int64_t element,
                  char *out)
{
    int64_t begin = first > at ? first - at : 0, end = last - at < count ? last - at : count;
    if (begin < end)
        memcpy(out + (at + begin) * element, numbers + begin * element, (size_t)((end - begin) * element));
}

/* One piece, from position `first` to `last`. */
static void do_piece(intact_kernel *dense, const void *product, const void *rest, int64_t element,
                     const intact_pieces *p, const intact_piece *piece, const void *in, char *out, char *scratch,
                     int64_t first, int64_t last)
{
    const intact_window *w = &piece->window;
    int64_t row = w->size[0] * w->size[1] * w->channels, each = p->outputs * element;
    char *numbers = scratch + (INTACT_PIXELS * row + 63) / 64 * 64;
    int64_t x = first % w->positions[1], y = first / w->positions[1] % w->positions[0];
    int64_t image = first / w->positions[1] / w->positions[0] * p->size + piece->to;
    for (int64_t at = first; at < last; at += INTACT_PIXELS) {
        int64_t count = last - at < INTACT_PIXELS ? last - at : INTACT_PIXELS;
        intact_gather(w, in, (uint8_t *)scratch, row, at, at + count);
        dense(product, &(const void *){scratch}, &(void *){numbers}, NULL, 0, count);
        for (int64_t i = 0; i < count; i++) {
            int64_t to = image + y * piece->step[0] + x * piece->step[1];
            place(numbers + i * each, to, p->outputs, 0, p->cut, element, out);
            if (to + p->outputs > p->cut) {
                dense(rest, &(const void *){scratch + i * row}, &(void *){numbers + i * each}, NULL, 0, 1);
                place(numbers + i * each, to, p->outputs, p->cut, INT64_MAX, element, out);
            }
            if (++x == w->positions[1]) {
                x = 0;
                if (++y == w->positions[0])
                    y = 0, image += p->size;
            }
        }
    }
}

void intact_pieces_by(intact_kernel *dense, const void *products, size_t each, int64_t element, const intact_pieces *p,
                      const void *const *in, void *const *out, void *scratch, int64_t begin, int64_t end)
{
    for (int64_t n = 0; n < p->count; n++) {
        const intact_piece *piece = &p->pieces[n];
        const intact_window *w = &piece->window;
        const char *product = (const char *)products + (size_t)n * each;
        const char *rest = p->cut == INT64_MAX ? NULL : product + (size_t)p->count * each;
        int64_t total = w->images * w->positions[0] * w->positions[1];
        int64_t first = begin - piece->start > 0 ? begin - piece->start : 0;
        int64_t last = end - piece->start < total ? end - piece->start : total;
        if (first < last)
            do_piece(dense, product, rest, element, p, piece, in[0], out[0], scratch, first, last);
    }
}

static int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

/* The products with what is prepared for them, which follows them. */
size_t intact_pieces_prepare_by(intact_prepare *prepare, const intact_pieces *p, void *memory)
{
    int64_t products = p->cut == INT64_MAX ? p->count : 2 * p->count;
    int64_t size = aligned(products * (int64_t)sizeof(intact_dense));
    intact_dense *own = memory;
    for (int64_t n = 0; n < products; n++) {
        const intact_dense *product = (const intact_dense *)p->products + n;
        if (memory) {
            own[n] = *product;
            own[n].gemm.prepared = (char *)memory + size;
            prepare(product, own[n].gemm.prepared);
        }
        size += aligned((int64_t)prepare(product, NULL));
    }
    return (size_t)size;
}

void intact_pieces_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_pieces *p = params;
    intact_pieces_by(intact_dense_scalar, p->products, sizeof(intact_dense), 1, p, in, out, scratch, begin, end);
}

void intact_pieces16_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_pieces *p = params;
    intact_pieces_by(intact_dense16_scalar, p->products, sizeof(intact_dense16), 2, p, in, out, scratch, begin, end);
}
