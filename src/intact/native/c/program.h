/* A program: steps that run one after the other on buffers whose places are worked out beforehand. */
#ifndef INTACT_PROGRAM_H
#define INTACT_PROGRAM_H

#include "intact.h"

typedef struct {
    intact_kernel *run;
    const void *params;
    int64_t units; /* of work that may be done apart */
    int64_t grain; /* the fewest of them that are worth a thread */
    const int32_t *reads, *writes; /* indices of places */
    int64_t reads_count, writes_count;
} intact_step;

enum intact_where {
    INTACT_ARENA, /* `at` bytes into the arena */
    INTACT_FIXED, /* address `at` */
    INTACT_GIVEN, /* array number `at` that the caller gives */
};

typedef struct {
    int64_t where;
    int64_t at;
} intact_place;

typedef struct {
    const intact_step *steps;
    const intact_place *places;
    int64_t steps_count, places_count, given_count;
    int64_t arena;   /* bytes, multiple of 64 */
    int64_t scratch; /* bytes, multiple of 64 */
    /* Called before each step of a single sample and after the last, where it is not NULL: for measurements. */
    void (*see)(void *seer, int64_t step);
    void *seer;
} intact_program;

typedef struct intact_pool intact_pool;

/* Returns threads that wait for work, the caller counted as one; NULL for one, or where there are no threads. */
INTACT_API intact_pool *intact_pool_create(int64_t threads);
INTACT_API void intact_pool_destroy(intact_pool *pool);
INTACT_API int64_t intact_pool_threads(const intact_pool *pool);

/* Calls job(context, thread, begin, end) for parts of 0 to units, on all threads, and returns when all is done. */
void intact_pool_share(intact_pool *pool, void (*job)(void *context, int64_t thread, int64_t begin, int64_t end),
                       void *context, int64_t units, int64_t grain);

/* Returns how many bytes of memory a run of so many samples wants, for a pool's threads. */
INTACT_API int64_t intact_memory(const intact_program *program, int64_t samples, const intact_pool *pool);

/* Runs a program on samples; the same bits for any number of threads.
 * given: for each sample, given_count pointers. memory: intact_memory bytes, 64-byte aligned.
 * Several samples are shared out among the threads; the steps of a single one are. */
INTACT_API void intact_run(const intact_program *program, void *const *given, int64_t samples, void *memory,
                           intact_pool *pool);

/* Writes the nanoseconds of the system's clock to place `step` of an array of int64_t: a `see` for programs. */
INTACT_API void intact_clock(void *times, int64_t step);

#endif
