/* Every version of a kernel against its definition, on drawn shapes, parameters and numbers.
 *
 *     levels [cases of each kernel] [seed] [kernel]
 *
 * Needs no Python, so it runs wherever the kernels do: under an emulator, with sanitizers. Buffers have no byte more
 * than a kernel may touch. Units of work are done in random pieces, the last first.
 *
 * With FUZZ it is a target for libFuzzer instead (`make fuzz`), which draws by coverage; INTACT_FUZZ names one kernel.
 */
#define _GNU_SOURCE
#include "drawn_elements.h"
#include "drawn_lstm.h"
#include "drawn_more.h"
#include "drawn_products.h"
#include "drawn_windows.h"

static application (*const drawn[])(void) = {
    draw_dense, draw_convolve, draw_depthwise, draw_dense16, draw_convolve16, draw_depthwise16, draw_lut, draw_add,
    draw_add16, draw_larger, draw_log_softmax, draw_mul, draw_pairs, draw_softmax_fixed, draw_softmax_float,
    draw_softmax_lines, draw_average_pool, draw_max_pool, draw_reduce, draw_extreme, draw_lstm, draw_svdf,
    draw_bilinear, draw_argmax, draw_quantize, draw_dequantize, draw_binary,
};
#define KINDS ((int)(sizeof drawn / sizeof *drawn))

static const char *const names[] = {"scalar", "avx2", "avx512", "vnni", "vbmi", "neon"};

/* Runs a version, the units in random pieces from the last to the first. */
static void run(const application *a, int level, void *const *out, int garbage)
{
    void *scratch = array(a->scratch);
    size_t bytes = intact_prepared(a->kernel, level, a->params, NULL);
    memset(scratch, garbage, (size_t)a->scratch);
    if (bytes) {
        void *prepared = array((int64_t)bytes);
        memset(prepared, garbage, bytes);
        intact_prepared(a->kernel, level, a->params, prepared);
        memcpy(a->params, &prepared, sizeof prepared);
    }
    for (int64_t i = 0; i < a->outs; i++)
        memset(out[i], garbage, (size_t)a->out_sizes[i]);
    for (int64_t end = a->units; end > 0;) {
        int64_t begin = draw() % 2 ? 0 : (int64_t)(draw() % (uint64_t)end);
        intact_find(a->kernel, level)(a->params, a->in, out, scratch, begin, end);
        end = begin;
    }
}

/* What was compared of a kernel. */
typedef struct {
    const char *kernel;
    int64_t values, count[INTACT_LEVELS], differing[INTACT_LEVELS];
} tally;

/* Draws a case and compares all versions. */
static void compare(application (*draw_one)(void), tally *t)
{
    void *wanted[3], *found[3];
    is_small = chance(3);
    application a = draw_one();
    for (int64_t i = 0; i < a.outs; i++)
        wanted[i] = operand(a.out_sizes[i]), found[i] = operand(a.out_sizes[i]), t->values += a.out_sizes[i];
    run(&a, INTACT_SCALAR, wanted, 0x11);
    int64_t first = 0;
    for (int64_t i = 0; a.doubts && i < a.out_sizes[a.outs - 1]; i++)
        if (((const uint8_t *)wanted[a.outs - 1])[i])
            first = a.outs - 1;
    t->kernel = a.kernel;
    intact_kernel *last = NULL;
    for (int level = INTACT_SCALAR; level <= intact_level(); level++) {
        intact_kernel *version = intact_find(a.kernel, level);
        if (version == last || (level && (level == INTACT_NEON) != (intact_level() == INTACT_NEON)))
            continue;
        last = version;
        run(&a, level, found, 0xA5);
        t->count[level]++;
        for (int64_t i = first; i < a.outs; i++)
            for (int64_t n = 0; n < a.out_sizes[i]; n++)
                t->differing[level] += ((const uint8_t *)wanted[i])[n] != ((const uint8_t *)found[i])[n];
    }
    free_arrays();
}

/* Returns whether any version differs from the definition; its own splits are versions too. */
static int reported(const tally *t)
{
    int64_t all = 0;
    for (int level = 0; level < INTACT_LEVELS; level++)
        if (t->count[level]) {
            printf("%-13s %-6s %lld cases, %lld bytes, %lld differing\n", t->kernel, names[level],
                   (long long)t->count[level], (long long)t->values, (long long)t->differing[level]);
            all += t->differing[level];
        }
    return all != 0;
}

#ifdef FUZZ

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static int kind = -1;
    const char *wanted = getenv("INTACT_FUZZ");
    tally t = {0};
    if (kind < 0)
        for (kind = 0; wanted && *wanted && kind < KINDS; kind++) {
            application a = drawn[kind]();
            free_arrays();
            if (!strcmp(a.kernel, wanted))
                break;
        }
    if (length < 3 || kind == KINDS)
        return 0;
    state = (uint64_t)(data[0] | data[1] << 8);
    bytes_given = data + 2, bytes_left = length - 2;
    int chosen = wanted && *wanted ? kind : (int)between(0, KINDS - 1);
    compare(drawn[chosen], &t);
    for (int level = 0; level < INTACT_LEVELS; level++)
        if (t.differing[level]) {
            reported(&t);
            abort();
        }
    return 0;
}

#else

int main(int argc, char **argv)
{
    int64_t cases = argc > 1 ? atoll(argv[1]) : 300;
    int differs = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        tally t = {0};
        state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
        for (int64_t i = 0; i < cases && (argc < 4 || !t.kernel || !strcmp(t.kernel, argv[3])); i++)
            compare(drawn[kind], &t);
        if (argc < 4 || !strcmp(t.kernel, argv[3]))
            differs |= reported(&t);
    }
    return differs;
}

#endif
