/* Every version of the 8-bit matrix and depthwise kernels against the definition, on drawn shapes, parameters and numbers.
 *
 *     levels [cases of each kernel] [seed]
 *
 * Needs no Python, so it runs wherever the kernels do: under an emulator, with sanitizers. Buffers have no byte more than
 * a kernel may touch. Units of work are done in random pieces, the last first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "depthwise.h"
#include "gemm.h"

static uint64_t state;

static uint64_t draw(void)
{
    uint64_t x = state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* Returns a number from low to high. */
static int64_t between(int64_t low, int64_t high) { return low + (int64_t)(draw() % (uint64_t)(high - low + 1)); }

/* Returns a number from 1 to `most`, small ones more often. */
static int64_t size(int64_t most) { return between(1, between(1, most)); }

static int chance(int one_in) { return between(1, one_in) == 1; }

#define MOST_ARRAYS 32
static void *arrays[MOST_ARRAYS];
static int arrays_count;

static void *array(int64_t bytes)
{
    void *made = aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
    if (!made || arrays_count == MOST_ARRAYS)
        exit(2);
    return arrays[arrays_count++] = made;
}

/* An array that ends where it ends, so that a sanitizer sees who reads beyond it. */
static uint8_t *operand(int64_t bytes)
{
    void *made = malloc(bytes ? (size_t)bytes : 1);
    if (!made || arrays_count == MOST_ARRAYS)
        exit(2);
    return arrays[arrays_count++] = made;
}

static void free_arrays(void)
{
    while (arrays_count)
        free(arrays[--arrays_count]);
}

/* True for a case of small numbers and factors, whose sums are often ties. */
static int is_small;

/* Fills bytes: any, the ends of their range alone, where sums are largest, or small ones. */
static void fill(void *to, int64_t count, int is_signed)
{
    int kind = is_small ? 1 : (int)between(0, 3);
    for (int64_t i = 0; i < count; i++)
        ((uint8_t *)to)[i] = kind > 1    ? (uint8_t)draw()
                             : kind == 1 ? (uint8_t)(is_signed ? between(-2, 2) : between(0, 3))
                             : is_signed ? (chance(2) ? 0x80 : 0x7F)
                                         : (chance(4) ? 0 : 0xFF);
}

static void fill_bias(int32_t *bias, int64_t count)
{
    int64_t most = is_small ? 50 : 100000;
    for (int64_t i = 0; i < count; i++)
        bias[i] = chance(40) ? (int32_t)draw() : (int32_t)between(-most, most);
}

static int64_t padded(int64_t channels) { return (channels + 63) / 64 * 64; }

/* Draws a requantization of sums of about `terms` products, within what the Python side makes. */
static void draw_finish(intact_requantize *r, int64_t channels, int64_t terms)
{
    int64_t count = padded(channels);
    int32_t *left = array(count * 4), *multiplier = array(count * 4), *shift = array(count * 4);
    int64_t *offset = array(count * 8), *threshold = array(count * 8), *away = array(count * 8);
    double *factor = array(count * 8);
    *r = (intact_requantize){.left = left, .multiplier = multiplier, .offset = offset, .threshold = threshold,
                             .away = away, .shift = shift, .factor = factor};
    int kind = (int)(is_small && chance(2) ? between(1, 2) : between(0, 5)); /* up, away, the two mixed, rounded once, float32, float64 */
    int ties = is_small || chance(4), large = chance(8), reach = 0;
    while (!is_small && terms >> reach)
        reach++;
    r->rule = kind == 4 ? INTACT_FLOAT32_EVEN : kind == 5 ? INTACT_FLOAT64_AWAY : INTACT_FIXED;
    r->held = chance(2) ? 128 : 0;
    r->zero_point = chance(4) ? 0 : (int32_t)between(-r->held, 255 - r->held);
    r->low = chance(3) ? r->zero_point : chance(2) ? -r->held : (int32_t)between(-r->held, 255 - r->held);
    r->high = chance(2) ? 255 - r->held : (int32_t)between(r->low, 255 - r->held);
    r->far = large;
    r->plain = r->rule == INTACT_FIXED;
    int changes = 0;
    for (int64_t c = 0; c < count; c++) {
        int32_t right = (int32_t)between(large ? -3 : chance(20) ? 0 : 1, is_small ? 4 : 6 + reach);
        multiplier[c] = ties ? 1 << 30 : (int32_t)between(1 << 30, INT32_MAX);
        factor[c] = (double)multiplier[c] / 2147483648.0;
        for (int32_t i = 0; i < right; i++)
            factor[c] /= 2;
        for (int32_t i = right; i < 0; i++)
            factor[c] *= 2;
        left[c] = right < 0 && kind < 3 ? -right : 0;
        int64_t half = right > 0 ? (int64_t)1 << (right - 1) << 31 : 0;
        threshold[c] = kind < 3 ? half : INT64_MIN;
        shift[c] = kind < 3 && right < 0 ? 31 : 31 + right;
        offset[c] = kind < 3 ? half + (1 << 30) : (int64_t)1 << (shift[c] - 1);
        away[c] = right > 0 && (kind == 1 || (kind == 2 && c >= channels / 8 * 8)) ? (int64_t)1 << 31 : 0;
        changes |= away[c] != 0;
        r->plain &= !left[c] && shift[c] >= 32;
    }
    r->up = !changes || r->low >= r->zero_point;
}

static int64_t draw_gemm(intact_gemm *g, int64_t depth, int64_t outputs)
{
    int64_t panels = (outputs + INTACT_PANEL - 1) / INTACT_PANEL, groups = (depth + INTACT_GROUP - 1) / INTACT_GROUP;
    int8_t *weights = array(panels * groups * INTACT_PANEL * INTACT_GROUP);
    int32_t *bias = array(padded(outputs) * 4);
    fill(weights, panels * groups * INTACT_PANEL * INTACT_GROUP, 1);
    for (int64_t p = 0; p < panels; p++)
        for (int64_t k = depth; k < groups * INTACT_GROUP; k++)
            for (int64_t n = 0; n < INTACT_PANEL; n++)
                weights[((p * groups + k / INTACT_GROUP) * INTACT_PANEL + n) * INTACT_GROUP + k % INTACT_GROUP] = 0;
    fill_bias(bias, padded(outputs));
    *g = (intact_gemm){.weights = weights, .bias = bias, .depth = depth, .outputs = outputs,
                       .filter_offset = is_small || chance(2) ? 0 : between(-255, 255)};
    draw_finish(&g->finish, outputs, depth);
    return groups * INTACT_GROUP;
}

/* Draws a window and the image under it; returns how many positions it has, all images counted. */
static int64_t draw_window(intact_window *w, int64_t channels)
{
    *w = (intact_window){.images = size(3), .channels = channels, .filler = between(0, 255)};
    int64_t positions = w->images;
    for (int i = 0; i < 2; i++) {
        w->extent[i] = size(20), w->size[i] = chance(2) ? 3 : size(6);
        w->stride[i] = size(3), w->dilation[i] = chance(2) ? 1 : size(3);
        int64_t reach = (w->size[i] - 1) * w->dilation[i] + 1;
        w->before[i] = between(0, reach - 1);
        int64_t whole = w->extent[i] + w->before[i] + between(0, reach - 1) - reach;
        w->positions[i] = whole < 0 ? 1 : whole / w->stride[i] + 1;
        positions *= w->positions[i];
    }
    return positions;
}

/* One application of a kernel. */
typedef struct {
    const char *kernel;
    void *params; /* begins with `prepared` */
    int64_t units, scratch, in_size, out_size;
} application;

static union {
    void *prepared;
    intact_dense dense;
    intact_convolve convolve;
    intact_depthwise depthwise;
} params;

static application draw_dense(void)
{
    int64_t depth = size(chance(4) ? 2000 : 70), outputs = size(chance(4) ? 300 : 70), rows = size(150);
    draw_gemm(&params.dense.gemm, depth, outputs);
    params.dense.rows = rows;
    params.dense.by_panels = chance(2);
    int64_t panels = (outputs + INTACT_PANEL - 1) / INTACT_PANEL;
    return (application){"dense", &params, params.dense.by_panels ? panels : rows, 64, rows * depth, rows * outputs};
}

static application draw_convolve(void)
{
    intact_window *w = &params.convolve.window;
    int64_t positions = draw_window(w, size(30)), outputs = size(70);
    int64_t stride = draw_gemm(&params.convolve.gemm, w->size[0] * w->size[1] * w->channels, outputs);
    return (application){"convolve", &params, positions, INTACT_PIXELS * stride + 64,
                         w->images * w->extent[0] * w->extent[1] * w->channels, positions * outputs};
}

static application draw_depthwise(void)
{
    intact_depthwise *p = &params.depthwise;
    p->multiplier = chance(4) ? size(4) : 1;
    int64_t positions = draw_window(&p->window, size(200)), outputs = p->window.channels * p->multiplier;
    int64_t places = p->window.size[0] * p->window.size[1];
    int8_t *weights = array(places * padded(outputs));
    int32_t *bias = array(padded(outputs) * 4), *offset = array(padded(outputs) * 4);
    fill(weights, places * padded(outputs), 1);
    fill_bias(bias, padded(outputs));
    for (int64_t n = 0; n < padded(outputs); n++)
        offset[n] = chance(3) ? (int32_t)between(-255, 255) : 0;
    p->weights = weights, p->bias = bias, p->offset = chance(3) ? offset : NULL;
    draw_finish(&p->finish, outputs, places);
    int64_t line = p->window.extent[1] * p->window.channels;
    return (application){"depthwise", &params, p->window.images * p->window.positions[0], line + 64,
                         p->window.images * p->window.extent[0] * line, positions * outputs};
}

/* Runs a version, the units in random pieces from the last to the first. */
static void run(const application *a, intact_kernel *kernel, const uint8_t *in, uint8_t *out)
{
    const void *operands[] = {in};
    void *results[] = {out};
    void *scratch = array(a->scratch);
    memset(scratch, 0x5A, (size_t)a->scratch);
    for (int64_t end = a->units; end > 0;) {
        int64_t begin = chance(2) ? 0 : between(0, end - 1);
        kernel(a->params, operands, results, scratch, begin, end);
        end = begin;
    }
}

static int compare(application (*draw_one)(void), int64_t cases)
{
    static const char *const names[] = {"scalar", "avx2", "avx512", "vnni", "vbmi", "amx", "neon"};
    int64_t values = 0, differing[INTACT_LEVELS] = {0}, count[INTACT_LEVELS] = {0}, all = 0;
    const char *kernel = "";
    for (int64_t i = 0; i < cases; i++) {
        memset(&params, 0, sizeof params);
        is_small = chance(3);
        application a = draw_one();
        uint8_t *in = operand(a.in_size), *wanted = operand(a.out_size), *found = operand(a.out_size);
        fill(in, a.in_size, 0);
        run(&a, intact_find(a.kernel, INTACT_SCALAR), in, wanted);
        values += a.out_size;
        kernel = a.kernel;
        intact_kernel *last = intact_find(a.kernel, INTACT_SCALAR);
        for (int level = INTACT_AVX2; level <= intact_level(); level++) {
            intact_kernel *version = intact_find(a.kernel, level);
            if (version == last || (level == INTACT_NEON) != (intact_level() == INTACT_NEON))
                continue;
            last = version;
            size_t bytes = intact_prepared(a.kernel, level, &params, NULL);
            params.prepared = bytes ? array((int64_t)bytes) : NULL;
            if (bytes)
                intact_prepared(a.kernel, level, &params, params.prepared);
            memset(found, 0xA5, (size_t)a.out_size);
            run(&a, version, in, found);
            count[level]++;
            for (int64_t n = 0; n < a.out_size; n++)
                differing[level] += wanted[n] != found[n];
        }
        free_arrays();
    }
    for (int level = 0; level < INTACT_LEVELS; level++)
        if (count[level]) {
            printf("%-9s %-6s %lld cases, %lld values, %lld differing\n", kernel, names[level], (long long)count[level],
                   (long long)values, (long long)differing[level]);
            all += differing[level];
        }
    return all != 0;
}

int main(int argc, char **argv)
{
    int64_t cases = argc > 1 ? atoll(argv[1]) : 300;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    int differs = compare(draw_dense, cases);
    differs |= compare(draw_convolve, cases);
    differs |= compare(draw_depthwise, cases);
    return differs;
}
