/* The definition of pool.h: channels in blocks, so that their sums stay near. */
#include "pool.h"

#define BLOCK 128

static void add_bytes(int32_t *sums, const uint8_t *pixel, int64_t channels)
{
    for (int64_t c = 0; c < channels; c++)
        sums[c] += pixel[c];
}

static void add_words(int32_t *sums, const int16_t *pixel, int64_t channels)
{
    for (int64_t c = 0; c < channels; c++)
        sums[c] += pixel[c];
}

/* Turns sums into averages. In float64 (n + 1/2) / count is no nearer to an integer than its error, so that cutting it
 * gives floor(n / count). */
static void average(const intact_average_pool *p, int32_t *sums, int64_t channels, int64_t count)
{
    double inverse = 1.0 / (double)count;
    int32_t half = (int32_t)(count / 2), offset = p->held * (int32_t)count, low = p->low, high = p->high;
    for (int64_t c = 0; c < channels; c++) {
        int32_t sum = sums[c] - offset, size = sum < 0 ? -sum : sum;
        int32_t quotient = (int32_t)(((double)size + half + 0.5) * inverse), mean = sum < 0 ? -quotient : quotient;
        sums[c] = mean < low ? low : mean > high ? high : mean;
    }
}

void VERSION(intact_average_pool)(const void *params, const void *const *in, void *const *out, void *scratch,
                                  int64_t begin, int64_t end)
{
    const intact_average_pool *p = params;
    const intact_window *w = &p->window;
    int64_t line = w->extent[1] * w->channels;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t image = unit / w->positions[0] * w->extent[0] * line;
        for (int64_t x = 0; x < w->positions[1]; x++) {
            intact_inside part = intact_inside_of(w, unit % w->positions[0], x);
            int64_t to = (unit * w->positions[1] + x) * w->channels;
            for (int64_t first = 0; first < w->channels; first += BLOCK) {
                int64_t channels = w->channels - first < BLOCK ? w->channels - first : BLOCK;
                int32_t sums[BLOCK] = {0};
                for (int64_t i = part.first[0]; i < part.last[0]; i++) {
                    for (int64_t j = part.first[1]; j < part.last[1]; j++) {
                        int64_t at = image + i * line + j * w->channels + first;
                        if (p->wide)
                            add_words(sums, (const int16_t *)in[0] + at, channels);
                        else
                            add_bytes(sums, (const uint8_t *)in[0] + at, channels);
                    }
                }
                average(p, sums, channels, intact_inside_count(&part));
                if (p->wide)
                    for (int64_t c = 0; c < channels; c++)
                        ((int16_t *)out[0])[to + first + c] = (int16_t)sums[c];
                else
                    for (int64_t c = 0; c < channels; c++)
                        ((uint8_t *)out[0])[to + first + c] = (uint8_t)(sums[c] + p->held);
            }
        }
    }
}

static void largest_bytes(const intact_max_pool *p, const uint8_t *pixels, const intact_inside *part, int64_t channels,
                          uint8_t *to)
{
    const intact_window *w = &p->window;
    uint8_t found[BLOCK] = {0}, low = (uint8_t)p->low, high = (uint8_t)p->high;
    for (int64_t i = part->first[0]; i < part->last[0]; i++)
        for (int64_t j = part->first[1]; j < part->last[1]; j++) {
            const uint8_t *pixel = pixels + (i * w->extent[1] + j) * w->channels;
            for (int64_t c = 0; c < channels; c++)
                found[c] = pixel[c] > found[c] ? pixel[c] : found[c];
        }
    for (int64_t c = 0; c < channels; c++) {
        uint8_t clamped = found[c] < low ? low : found[c];
        to[c] = clamped > high ? high : clamped;
    }
}

static void largest_words(const intact_max_pool *p, const int16_t *pixels, const intact_inside *part, int64_t channels,
                          int16_t *to)
{
    const intact_window *w = &p->window;
    int16_t found[BLOCK], low = (int16_t)p->low, high = (int16_t)p->high;
    for (int64_t c = 0; c < channels; c++)
        found[c] = INT16_MIN;
    for (int64_t i = part->first[0]; i < part->last[0]; i++)
        for (int64_t j = part->first[1]; j < part->last[1]; j++) {
            const int16_t *pixel = pixels + (i * w->extent[1] + j) * w->channels;
            for (int64_t c = 0; c < channels; c++)
                found[c] = pixel[c] > found[c] ? pixel[c] : found[c];
        }
    for (int64_t c = 0; c < channels; c++) {
        int16_t clamped = found[c] < low ? low : found[c];
        to[c] = clamped > high ? high : clamped;
    }
}

void VERSION(intact_max_pool)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                              int64_t end)
{
    const intact_max_pool *p = params;
    const intact_window *w = &p->window;
    (void)scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t image = unit / w->positions[0] * w->extent[0] * w->extent[1] * w->channels;
        for (int64_t x = 0; x < w->positions[1]; x++) {
            intact_inside part = intact_inside_of(w, unit % w->positions[0], x);
            int64_t to = (unit * w->positions[1] + x) * w->channels;
            for (int64_t first = 0; first < w->channels; first += BLOCK) {
                int64_t channels = w->channels - first < BLOCK ? w->channels - first : BLOCK;
                if (p->wide)
                    largest_words(p, (const int16_t *)in[0] + image + first, &part, channels,
                                  (int16_t *)out[0] + to + first);
                else
                    largest_bytes(p, (const uint8_t *)in[0] + image + first, &part, channels,
                                  (uint8_t *)out[0] + to + first);
            }
        }
    }
}
