#include "broadcast.h"

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

intact_run intact_first_run(const intact_broadcast *shape, int64_t begin, int64_t end)
{
    intact_run run = {.shape = shape, .to = begin, .left = end - begin};
    int64_t rest = begin;
    if (begin >= end)
        return run;
    for (int64_t d = shape->rank - 1; d >= 0; d--) {
        run.index[d] = rest % shape->extent[d];
        rest /= shape->extent[d];
        for (int o = 0; o < INTACT_OPERANDS; o++)
            run.at[o] += run.index[d] * shape->stride[o][d];
    }
    run.count = smaller(run.left, shape->extent[shape->rank - 1] - run.index[shape->rank - 1]);
    return run;
}

/* Goes on to the next index of dimension d, and to the first where it is at the last; returns whether it was. */
static int carried(intact_run *run, int64_t d)
{
    const intact_broadcast *shape = run->shape;
    int last = run->index[d] + 1 == shape->extent[d];
    int64_t steps = last ? -run->index[d] : 1;
    for (int o = 0; o < INTACT_OPERANDS; o++)
        run->at[o] += steps * shape->stride[o][d];
    run->index[d] += steps;
    return last;
}

void intact_next_run(intact_run *run)
{
    const intact_broadcast *shape = run->shape;
    int64_t inner = shape->rank - 1;
    run->to += run->count;
    run->left -= run->count;
    if (run->left > 0) {
        /* A run that others follow goes to the end of the innermost dimension. */
        for (int o = 0; o < INTACT_OPERANDS; o++)
            run->at[o] -= run->index[inner] * shape->stride[o][inner];
        run->index[inner] = 0;
        for (int64_t d = inner - 1; d >= 0 && carried(run, d); d--)
            ;
    }
    run->count = smaller(run->left, shape->extent[inner]);
}
