/* Runs recorded programs of kernels (tests/recording.py) at every level, each buffer in memory of exactly its size.
 *
 *     driver FILE heap      buffers from malloc, for a build with sanitizers
 *     driver FILE ends      a page that must not be touched after each buffer, for any build
 *     driver FILE starts    the same before each buffer
 *
 * Each step runs on what the definition made before it: whole, in odd pieces from the last to the first, and on three
 * threads. Results, scratch and prepared constants hold other garbage each time. The exit status is 1 where results
 * differ from the definition's or where an operand was written to. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "intact.h"
#include "program.h"

#define MOST 256 /* operands of a step */

enum mode { HEAP, ENDS, STARTS };

typedef struct {
    uint8_t *bytes;
    void *block; /* what is to be freed, or unmapped */
    size_t size, whole;
} memory;

typedef struct {
    char name[64];
    memory *blocks; /* the first are the params */
    int64_t blocks_count, units, grain, scratch, doubts, reads_count, writes_count;
    int32_t reads[MOST], writes[MOST];
} step;

static enum mode mode;
static FILE *file;
static int64_t compared, programs, faults;

static void fail(const char *what)
{
    fprintf(stderr, "driver: %s\n", what);
    exit(2);
}

static memory get(int64_t size, int garbage, int aligned)
{
    memory m = {.size = (size_t)size};
    if (mode == HEAP) {
        if (posix_memalign(&m.block, aligned ? 64 : 16, m.size))
            fail("no memory");
        m.bytes = m.block;
    } else {
        size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (m.size + page - 1) / page * page;
        m.whole = pages + page;
        uint8_t *block = mmap(NULL, m.whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED || mprotect(mode == ENDS ? block + pages : block, page, PROT_NONE))
            fail("no pages");
        m.block = block;
        /* What is aligned to 64 bytes ends up to 63 of them before the page. */
        m.bytes = mode == STARTS ? block + page : block + pages - (aligned ? (m.size + 63) / 64 * 64 : m.size);
    }
    if (m.size)
        memset(m.bytes, garbage, m.size);
    return m;
}

static void drop(memory m)
{
    if (mode == HEAP)
        free(m.block);
    else
        munmap(m.block, m.whole);
}

static memory copied(const memory *from)
{
    memory m = get((int64_t)from->size, 0, 0);
    if (m.size)
        memcpy(m.bytes, from->bytes, m.size);
    return m;
}

static int64_t number(void)
{
    int64_t n;
    if (fread(&n, sizeof n, 1, file) != 1)
        fail("the file ends early");
    return n;
}

static memory contents(int64_t size)
{
    memory m = get(size, 0, 0);
    if (size && fread(m.bytes, 1, m.size, file) != m.size)
        fail("the file ends early");
    return m;
}

static void read_indices(int64_t *count, int32_t *indices)
{
    *count = number();
    if (*count > MOST)
        fail("more operands than expected");
    for (int64_t i = 0; i < *count; i++)
        indices[i] = (int32_t)number();
}

static step read_step(void)
{
    step s = {0};
    int64_t length = number();
    if (length >= (int64_t)sizeof s.name || fread(s.name, 1, (size_t)length, file) != (size_t)length)
        fail("no name");
    s.blocks_count = number();
    s.blocks = calloc((size_t)s.blocks_count, sizeof *s.blocks);
    for (int64_t i = 0; i < s.blocks_count; i++)
        s.blocks[i] = contents(number());
    if (!intact_find(s.name, INTACT_SCALAR) || s.blocks[0].size != intact_params_size(s.name))
        fail("a kernel, or a size of params, that this library does not have");
    for (int64_t i = number(); i > 0; i--) {
        int64_t block = number(), at = number(), meant = number();
        const uint8_t *to = s.blocks[meant].bytes + number();
        memcpy(s.blocks[block].bytes + at, &to, sizeof to);
    }
    s.units = number(), s.grain = number(), s.scratch = number(), s.doubts = number();
    read_indices(&s.reads_count, s.reads);
    read_indices(&s.writes_count, s.writes);
    return s;
}

/* Runs the units of a step on three threads, however small they are. */
static void share(const step *s, intact_kernel *kernel, const void *params, void *const *operands, int garbage)
{
    static intact_pool *pool;
    static intact_place places[2 * MOST];
    static int32_t indices[2 * MOST];
    int64_t count = s->reads_count + s->writes_count;
    for (int64_t i = 0; i < count; i++)
        places[i] = (intact_place){INTACT_GIVEN, indices[i] = (int32_t)i};
    intact_step only = {.run = kernel, .params = params, .units = s->units, .grain = 1, .reads = indices,
                        .writes = indices + s->reads_count, .reads_count = s->reads_count,
                        .writes_count = s->writes_count};
    intact_program program = {.steps = &only, .places = places, .steps_count = 1, .places_count = count,
                              .given_count = count, .scratch = (s->scratch + 63) / 64 * 64};
    if (!pool)
        pool = intact_pool_create(3);
    memory m = get(intact_memory(&program, 1, pool), garbage, 1);
    intact_run(&program, operands, 1, m.bytes, pool);
    drop(m);
}

enum way { WHOLE, PIECES, SHARED, WAYS };

static void run(const step *s, intact_kernel *kernel, const void *params, void *const *operands, enum way way,
                int garbage)
{
    const void *const *in = (const void *const *)operands;
    void *const *out = operands + s->reads_count;
    if (way == SHARED) {
        share(s, kernel, params, operands, garbage);
        return;
    }
    memory scratch = get(s->scratch, garbage, 1);
    if (way == WHOLE && s->units > 0)
        kernel(params, in, out, scratch.bytes, 0, s->units);
    for (int64_t end = s->units, piece = 1; way == PIECES && end > 0; end -= piece, piece = piece * 2 + 1) {
        piece = piece < end ? piece : end;
        kernel(params, in, out, scratch.bytes, end - piece, end);
    }
    drop(scratch);
}

/* Runs a step in one version and one way, into these results. */
static void run_version(const step *s, const memory *buffers, memory *results, int level, enum way way, int garbage)
{
    void *operands[2 * MOST];
    memory params = copied(&s->blocks[0]), prepared = {0};
    size_t wanted = intact_prepared(s->name, level, params.bytes, NULL);
    if (wanted) {
        prepared = get((int64_t)wanted, garbage, 1);
        intact_prepared(s->name, level, params.bytes, prepared.bytes);
        memcpy(params.bytes, &prepared.bytes, sizeof prepared.bytes);
    }
    for (int64_t i = 0; i < s->reads_count; i++)
        operands[i] = buffers[s->reads[i]].bytes;
    for (int64_t i = 0; i < s->writes_count; i++)
        operands[s->reads_count + i] = results[i].bytes;
    run(s, intact_find(s->name, level), params.bytes, operands, way, garbage);
    if (wanted)
        drop(prepared);
    drop(params);
}

/* Returns whether the kernel leaves these numbers to NumPy; what it makes of them means nothing then. */
static int in_doubt(const step *s, const memory *buffers)
{
    const memory *last = &buffers[s->writes[s->writes_count - 1]];
    for (size_t i = 0; s->doubts && i < last->size; i++)
        if (last->bytes[i])
            return 1;
    return 0;
}

/* Compares every version and way of a step with the definition, which makes the results. */
static void run_step(const step *s, memory *buffers)
{
    memory given[MOST], results[MOST];
    for (int64_t i = 0; i < s->reads_count; i++)
        given[i] = copied(&buffers[s->reads[i]]);
    for (int64_t i = 0; i < s->writes_count; i++)
        results[i] = buffers[s->writes[i]];
    run_version(s, buffers, results, INTACT_SCALAR, WHOLE, 0x11);
    int doubt = in_doubt(s, buffers), garbage = 0x5A, processor = intact_level();
    int levels = processor == INTACT_NEON ? 2 : processor + 1;
    for (int number = 0; number < levels; number++) {
        int level = number && processor == INTACT_NEON ? INTACT_NEON : number;
        if (level && intact_find(s->name, level) == intact_find(s->name, level == INTACT_NEON ? 0 : level - 1))
            continue;
        for (enum way way = WHOLE; way < WAYS; way++) {
            for (int64_t i = 0; i < s->writes_count; i++)
                results[i] = get((int64_t)buffers[s->writes[i]].size, garbage, 0);
            run_version(s, buffers, results, level, way, garbage);
            for (int64_t i = 0; i < s->writes_count; i++) {
                const memory *expected = &buffers[s->writes[i]];
                size_t first = 0;
                while (first < expected->size && results[i].bytes[first] == expected->bytes[first])
                    first++;
                if (first < expected->size && (!doubt || i == s->writes_count - 1)) {
                    fprintf(stderr, "program %" PRId64 ", %s: level %d, way %d, result %d differs at byte %zu\n",
                            programs, s->name, level, (int)way, (int)i, first);
                    faults++;
                }
                compared += (int64_t)expected->size;
                drop(results[i]);
            }
            garbage ^= 0xFF;
        }
    }
    for (int64_t i = 0; i < s->reads_count; i++) {
        if (given[i].size && memcmp(given[i].bytes, buffers[s->reads[i]].bytes, given[i].size)) {
            fprintf(stderr, "program %" PRId64 ", %s: operand %" PRId64 " was written to\n", programs, s->name, i);
            faults++;
        }
        drop(given[i]);
    }
}

static void run_program(void)
{
    int64_t count = number(), steps;
    int stopped = 0;
    memory *buffers = calloc((size_t)count + 1, sizeof *buffers);
    for (int64_t i = 0; i < count; i++) {
        int64_t size = number();
        buffers[i] = number() ? contents(size) : get(size, 0xEE, 0);
    }
    for (steps = number(); steps > 0; steps--) {
        step s = read_step();
        if (!stopped)
            run_step(&s, buffers);
        stopped |= in_doubt(&s, buffers);
        for (int64_t i = 0; i < s.blocks_count; i++)
            drop(s.blocks[i]);
        free(s.blocks);
    }
    for (int64_t i = 0; i < count; i++)
        drop(buffers[i]);
    free(buffers);
}

int main(int argc, char **argv)
{
    if (argc != 3 || !(file = fopen(argv[1], "rb")))
        fail("usage: driver FILE heap|ends|starts");
    mode = !strcmp(argv[2], "ends") ? ENDS : !strcmp(argv[2], "starts") ? STARTS : HEAP;
    for (int c; (c = getc(file)) != EOF; programs++) {
        ungetc(c, file);
        run_program();
    }
    fclose(file);
    printf("%" PRId64 " programs, %" PRId64 " bytes compared, %" PRId64 " faults\n", programs, compared, faults);
    return faults > 0;
}
