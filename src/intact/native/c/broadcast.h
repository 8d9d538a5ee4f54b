/* Elements of a broadcast result in runs, along which each operand goes on or repeats a single element. */
#ifndef INTACT_BROADCAST_H
#define INTACT_BROADCAST_H

#include "intact.h"

#define INTACT_OPERANDS 3
#define INTACT_DIMENSIONS 6

typedef struct {
    int64_t rank;                                       /* 1 or more */
    int64_t extent[INTACT_DIMENSIONS];                  /* of the result */
    int64_t stride[INTACT_OPERANDS][INTACT_DIMENSIONS]; /* of operands, in elements; of the last dimension 1 or 0 */
} intact_broadcast;

typedef struct {
    const intact_broadcast *shape;
    int64_t count;               /* elements of this run */
    int64_t to;                  /* where the result has them */
    int64_t at[INTACT_OPERANDS]; /* where the operands have them */
    int64_t left;                /* elements from this run on */
    int64_t index[INTACT_DIMENSIONS];
} intact_run;

/* Returns the first run of elements begin to end of the result; its count is 0 where there are none. */
intact_run intact_first_run(const intact_broadcast *shape, int64_t begin, int64_t end);

/* Makes a run the next one; its count is 0 after the last. */
void intact_next_run(intact_run *run);

/* Does `count` elements of a run: of operands a and b each takes as many steps. place: of the first in the result. */
typedef void intact_pair_function(const void *params, const void *a, int64_t a_step, const void *b, int64_t b_step,
                                  void *out, int64_t place, int64_t count);

#ifdef __GNUC__
#define INTACT_INLINE static inline __attribute__((always_inline))
#else
#define INTACT_INLINE static inline
#endif

/* Does elements begin to end of two operands, whose elements have so many bytes, run by run. Steps are written out as
 * numbers, for which compilers make code of its own. */
INTACT_INLINE void intact_each_run(const intact_broadcast *shape, intact_pair_function *function, const void *params,
                                   const void *const *in, void *const *out, int64_t a_bytes, int64_t b_bytes,
                                   int64_t out_bytes, int64_t begin, int64_t end)
{
    int64_t a_step = shape->stride[0][shape->rank - 1], b_step = shape->stride[1][shape->rank - 1];
    for (intact_run run = intact_first_run(shape, begin, end); run.count; intact_next_run(&run)) {
        const char *a = (const char *)in[0] + run.at[0] * a_bytes, *b = (const char *)in[1] + run.at[1] * b_bytes;
        char *to = (char *)out[0] + run.to * out_bytes;
        if (a_step && b_step)
            function(params, a, 1, b, 1, to, run.to, run.count);
        else if (a_step)
            function(params, a, 1, b, 0, to, run.to, run.count);
        else
            function(params, a, 0, b, 1, to, run.to, run.count);
    }
}

#endif
