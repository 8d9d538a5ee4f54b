/* depthwise16.h with dot products of 2 numbers (AVX-512 VNNI).
 *
 * The numbers of two places of the window are interleaved, channel by channel, so that one instruction multiplies and
 * adds two places of sixteen channels. Unpacking within 128 bits leaves 32 channels in an order of its own, in which
 * the weights are interleaved too; the sums are brought back into theirs.
 */
#include "avx512.h"
#include "depthwise_widened.h"
#include "finish16.h"

#define CHANNELS 32

/* Where the numbers of the places of a window are, for some positions. */
typedef struct {
    const int16_t **places; /* [position][2 * pairs] */
    const int16_t *outside; /* numbers of padding */
    const __m512i *weights; /* [channels / 32][pair][2] */
    int64_t pairs;
} strip;

static void find_places(const intact_window *w, const int16_t *image, int64_t at, const strip *s,
                        const int16_t **places)
{
    int64_t top = at / w->positions[1] % w->positions[0] * w->stride[0] - w->before[0];
    int64_t left = at % w->positions[1] * w->stride[1] - w->before[1];
    image += at / w->positions[1] / w->positions[0] * w->extent[0] * w->extent[1] * w->channels;
    const int16_t **next = places;
    for (int64_t i = 0; i < w->size[0]; i++) {
        int64_t row = top + i * w->dilation[0];
        for (int64_t j = 0; j < w->size[1]; j++) {
            int64_t column = left + j * w->dilation[1];
            int inside = row >= 0 && row < w->extent[0] && column >= 0 && column < w->extent[1];
            *next++ = inside ? image + (row * w->extent[1] + column) * w->channels : s->outside;
        }
    }
    if (next < places + 2 * s->pairs)
        *next = s->outside;
}

/* Brings the weights into the order of the numbers; those of a place that there is not are 0. */
size_t intact_depthwise16_prepare_vnni(const void *params, void *memory)
{
    const intact_depthwise16 one = intact_depthwise16_of_one(params), *p = &one;
    int64_t padded = (p->window.channels + 63) / 64 * 64, places = p->window.size[0] * p->window.size[1];
    int64_t pairs = (places + 1) / 2, blocks = (p->window.channels + CHANNELS - 1) / CHANNELS;
    __m512i *to = memory;
    for (int64_t n = 0; memory && n < blocks * pairs; n++) {
        __m512i w[2];
        for (int64_t i = 0, place = n % pairs * 2; i < 2; i++, place++) {
            const int8_t *from = p->weights + place * padded + n / pairs * CHANNELS;
            w[i] = _mm512_setzero_si512();
            if (place < places)
                w[i] = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)from));
        }
        to[2 * n] = _mm512_unpacklo_epi16(w[0], w[1]);
        to[2 * n + 1] = _mm512_unpackhi_epi16(w[0], w[1]);
    }
    return (size_t)(blocks * pairs) * 2 * sizeof *to;
}

/* Sums the products of 32 channels at one position. */
INLINE void sum32(const strip *s, int64_t position, int64_t first, __mmask32 mask, __m512i sums[2])
{
    const int16_t *const *places = s->places + position * 2 * s->pairs;
    const __m512i *weights = s->weights + first / CHANNELS * 2 * s->pairs;
    __m512i low = _mm512_setzero_si512(), high = low;
    for (int64_t k = 0; k < s->pairs; k++) {
        __m512i a = _mm512_maskz_loadu_epi16(mask, places[2 * k] + first);
        __m512i b = _mm512_maskz_loadu_epi16(mask, places[2 * k + 1] + first);
        low = _mm512_dpwssd_epi32(low, _mm512_unpacklo_epi16(a, b), weights[2 * k]);
        high = _mm512_dpwssd_epi32(high, _mm512_unpackhi_epi16(a, b), weights[2 * k + 1]);
    }
    sums[0] = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high);
    sums[1] = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), high);
}

/* Adds the bias to 16 sums of some positions and requantizes them. */
static void finish(const intact_depthwise16 *p, int64_t first, int64_t rows, int32_t *sums, int16_t *out)
{
    int64_t channels = p->window.channels, count = channels - first < 16 ? channels - first : 16;
    __m512i low = _mm512_loadu_si512(p->bias + first), high = _mm512_loadu_si512(p->bias + first + 8);
    if (!p->finish.wide || p->narrow) {
        __m512i bias =
            _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(low)), _mm512_cvtepi64_epi32(high), 1);
        for (int64_t n = 0; n < rows; n++)
            _mm512_storeu_si512(sums + 16 * n, _mm512_add_epi32(_mm512_loadu_si512(sums + 16 * n), bias));
        intact_finish16_avx512(&p->finish, first, count, rows, sums, out + first, channels);
        return;
    }
    int64_t wide[INTACT_STRIP * 16];
    for (int64_t n = 0; n < rows; n++) {
        __m512i lower = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(sums + 16 * n)));
        __m512i upper = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(sums + 16 * n + 8)));
        _mm512_storeu_si512(wide + 16 * n, _mm512_add_epi64(lower, low));
        _mm512_storeu_si512(wide + 16 * n + 8, _mm512_add_epi64(upper, high));
    }
    intact_finish16_wide_avx512(&p->finish, first, count, rows, wide, out + first, channels);
}

void intact_depthwise16_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                             int64_t end)
{
    const intact_depthwise16 *p = params;
    const intact_window *w = &p->window;
    int64_t channels = w->channels, places = w->size[0] * w->size[1], pairs = (places + 1) / 2;
    if (p->multiplier != 1) {
        intact_depthwise16_widened(intact_depthwise16_vnni, p, in, out, scratch, begin, end);
        return;
    }
    if (places > 511) {
        intact_depthwise16_scalar(params, in, out, scratch, begin, end);
        return;
    }
    const int16_t **table = scratch;
    int16_t *outside = (int16_t *)(table + INTACT_STRIP * 2 * pairs);
    for (int64_t n = 0; n < channels; n++)
        outside[n] = (int16_t)w->filler;
    const strip s = {table, outside, p->prepared, pairs};
    for (int64_t at = begin; at < end; at += INTACT_STRIP) {
        int64_t rows = end - at < INTACT_STRIP ? end - at : INTACT_STRIP;
        for (int64_t n = 0; n < rows; n++)
            find_places(w, in[0], at + n, &s, table + n * 2 * pairs);
        for (int64_t first = 0; first < channels; first += CHANNELS) {
            int64_t left = channels - first;
            __mmask32 mask = left < CHANNELS ? (1U << left) - 1 : ~0U;
            int32_t sums[2][INTACT_STRIP * 16];
            for (int64_t n = 0; n < rows; n++) {
                __m512i both[2];
                sum32(&s, n, first, mask, both);
                _mm512_storeu_si512(sums[0] + 16 * n, both[0]);
                _mm512_storeu_si512(sums[1] + 16 * n, both[1]);
            }
            finish(p, first, rows, sums[0], (int16_t *)out[0] + at * channels);
            if (left > 16)
                finish(p, first + 16, rows, sums[1], (int16_t *)out[0] + at * channels);
        }
    }
}
