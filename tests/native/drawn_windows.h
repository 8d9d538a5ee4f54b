/* Drawn cases of pools and reductions. */
#ifndef DRAWN_WINDOWS_H
#define DRAWN_WINDOWS_H

#include "drawn.h"
#include "pool.h"
#include "reduce.h"

static application pooled(const char *kernel, void *params, const intact_window *w, int64_t positions, int wide)
{
    application a = {.kernel = kernel, .params = params, .units = w->images * w->positions[0]};
    (wide ? give_words : give_bytes)(&a, elements_of(w));
    take(&a, positions * w->channels * (wide ? 2 : 1));
    return a;
}

static application draw_average_pool(void)
{
    intact_average_pool *p = new_params(sizeof *p);
    int64_t positions = draw_window(&p->window, size(150), 0);
    p->wide = chance(3), p->held = p->wide ? 0 : draw_held();
    int32_t lowest = p->wide ? INT16_MIN : -p->held, highest = p->wide ? INT16_MAX : 255 - p->held;
    p->low = chance(2) ? lowest : (int32_t)between(lowest, highest);
    p->high = chance(2) ? highest : (int32_t)between(p->low, highest);
    return pooled("average_pool", p, &p->window, positions, p->wide);
}

static application draw_max_pool(void)
{
    intact_max_pool *p = new_params(sizeof *p);
    int64_t positions = draw_window(&p->window, size(150), 0);
    p->wide = chance(3);
    int32_t lowest = p->wide ? INT16_MIN : 0, highest = p->wide ? INT16_MAX : 255;
    p->low = chance(2) ? lowest : (int32_t)between(lowest, highest);
    p->high = chance(2) ? highest : (int32_t)between(p->low, highest);
    return pooled("max_pool", p, &p->window, positions, p->wide);
}

/* Draws dimensions that are kept and reduced in turn. Returns the elements of all, and those of the result. */
static int64_t draw_axes(intact_axes *axes, int64_t *results)
{
    int64_t turns = size(2 * INTACT_TURNS), strides = 1, along = chance(2);
    axes->along = along;
    axes->run = chance(3) ? size(600) : size(40);
    *results = along ? 1 : axes->run;
    strides = axes->run;
    int64_t kept = (turns - 1 + along) / 2, reduced = turns - 1 - kept;
    axes->kept.rank = kept, axes->reduced.rank = reduced;
    for (int64_t turn = 1; turn < turns; turn++) {
        int is_kept = turn % 2 == along % 2;
        intact_loops *loops = is_kept ? &axes->kept : &axes->reduced;
        int64_t at = is_kept ? --kept : --reduced;
        loops->extent[at] = chance(4) ? size(60) : size(turns < 4 ? 12 : 4);
        loops->stride[at] = strides;
        strides *= loops->extent[at];
        *results *= is_kept ? loops->extent[at] : 1;
    }
    return strides;
}

static int64_t blocks_of(const intact_axes *axes, int64_t results)
{
    return axes->along ? results : results / axes->run * ((axes->run + INTACT_OUTPUTS - 1) / INTACT_OUTPUTS);
}

static application draw_reduce(void)
{
    intact_reduce *p = new_params(sizeof *p);
    int64_t results, all = draw_axes(&p->axes, &results), count = all / results;
    p->wide = chance(3), p->held = p->wide ? 0 : draw_held();
    p->flip = p->wide || p->held || chance(2) ? 0 : 0x80;
    p->offset = (int32_t)(count * between(p->wide ? INT16_MIN : 0, p->wide ? INT16_MAX : 255));
    p->way = (int32_t)between(0, 2);
    int bits = p->wide ? 16 : 8;
    draw_finish(&p->finish, 1, count, bits, p->held, 0);
    p->rest = p->finish;
    p->whole = p->axes.run;
    if (!p->axes.along && chance(2)) {
        draw_finish(&p->rest, 1, count, bits, p->held, 0);
        p->whole = p->axes.run / 16 * 16;
    }
    p->scale = 1 / (float)between(1, 1000), p->shift = (float)between(-1000, 1000) / 8;
    int32_t lowest = p->wide ? INT16_MIN : -p->held, highest = p->wide ? INT16_MAX : 255 - p->held;
    p->zero_point = p->way == INTACT_AFFINE_AWAY ? (int32_t)between(lowest, highest) : 0;
    p->low = chance(2) ? lowest : (int32_t)between(lowest, highest);
    p->high = chance(2) ? highest : (int32_t)between(p->low, highest);
    application a = {.kernel = "reduce", .params = p, .units = blocks_of(&p->axes, results)};
    (p->wide ? give_words : give_bytes)(&a, all);
    take(&a, results * (p->wide ? 2 : 1));
    return a;
}

static application draw_extreme(void)
{
    static const int64_t sizes[] = {[INTACT_U8] = 1, [INTACT_I16] = 2, [INTACT_I32] = 4, [INTACT_I64] = 8};
    intact_extreme *p = new_params(sizeof *p);
    int64_t results, all = draw_axes(&p->axes, &results);
    p->element = (int32_t)between(INTACT_U8, INTACT_I64), p->smallest = chance(2);
    application a = {.kernel = "extreme", .params = p, .units = blocks_of(&p->axes, results)};
    give_bytes(&a, all * sizes[p->element]);
    take(&a, results * sizes[p->element]);
    return a;
}

#endif
