/* The definition of positions.h. Copies are the C library's, which knows the processor. */
#include "positions.h"

#include <string.h>

static int64_t number_at(const void *numbers, int64_t bytes, int64_t index)
{
    return bytes == 4 ? ((const int32_t *)numbers)[index] : ((const int64_t *)numbers)[index];
}

/* Returns how many bytes on position `index` lies; -1 where it is none. */
static int64_t place_of(const intact_fetch *p, const void *positions, int64_t index)
{
    int64_t place = 0;
    for (int64_t d = 0; d < p->rank; d++) {
        int64_t number = number_at(positions, p->bytes, index * p->rank + d);
        if (number < 0 || number >= p->extent[d])
            return -1;
        place += number * p->step[d];
    }
    return place;
}

void intact_fetch_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                         int64_t end)
{
    const intact_fetch *p = params;
    uint8_t *doubts = out[1];
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        const uint8_t *from = (const uint8_t *)in[0] + unit * p->stride;
        uint8_t *to = (uint8_t *)out[0] + unit * p->count * p->run;
        doubts[unit] = 0;
        for (int64_t i = 0; i < p->count; i++) {
            int64_t place = place_of(p, in[1], unit / p->units * p->count + i);
            if (place < 0) {
                doubts[unit] = 1;
                memset(to + i * p->run, 0, (size_t)p->run);
            } else {
                memcpy(to + i * p->run, from + place, (size_t)p->run);
            }
        }
    }
}

void intact_overlay_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end)
{
    const intact_overlay *p = params;
    int64_t start[INTACT_POSITION_RANK], inner = p->rank - 1, line = p->extent[inner];
    (void)scratch;
    for (int64_t d = 0; d < p->rank; d++) {
        int64_t number = number_at(in[2], p->bytes, d), most = p->extent[d] - p->box[d];
        if (d == inner)
            most /= p->run;
        number = number < 0 ? 0 : number > most ? most : number;
        start[d] = d == inner ? number * p->run : number;
    }
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t rest = unit, row = 0, size = 1;
        int within = 1;
        for (int64_t d = inner - 1; d >= 0; d--) {
            int64_t place = rest % p->extent[d] - start[d];
            rest /= p->extent[d];
            within &= place >= 0 && place < p->box[d];
            row += place * size;
            size *= p->box[d];
        }
        uint8_t *to = (uint8_t *)out[0] + unit * line;
        memcpy(to, (const uint8_t *)in[0] + unit * line, (size_t)line);
        if (within)
            memcpy(to + start[inner], (const uint8_t *)in[1] + row * p->box[inner], (size_t)p->box[inner]);
    }
}
