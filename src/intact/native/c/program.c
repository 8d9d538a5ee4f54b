#include "program.h"

typedef struct {
    const intact_program *program;
    void *const *given;
    char *memory;
} samples_job;

typedef struct {
    const intact_step *step;
    const void *const *in;
    void *const *out;
    char *scratch;
    int64_t scratch_size;
} step_job;

static int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

/* Pointers of all places, then as many again as the operands and results of one step are. */
static int64_t table_size(const intact_program *p)
{
    int64_t most = 0;
    for (int64_t i = 0; i < p->steps_count; i++) {
        int64_t count = p->steps[i].reads_count + p->steps[i].writes_count;
        most = count > most ? count : most;
    }
    return aligned((p->places_count + most) * (int64_t)sizeof(void *));
}

static void do_units(void *context, int64_t thread, int64_t begin, int64_t end)
{
    const step_job *job = context;
    job->step->run(job->step->params, job->in, job->out, job->scratch + thread * job->scratch_size, begin, end);
}

/* Runs one sample; memory is the table of pointers, the arena and scratch for each thread. */
static void run_one(const intact_program *p, void *const *given, char *memory, intact_pool *pool)
{
    void **table = (void **)memory;
    char *arena = memory + table_size(p), *scratch = arena + p->arena;
    for (int64_t i = 0; i < p->places_count; i++) {
        int64_t at = p->places[i].at;
        table[i] = p->places[i].where == INTACT_ARENA ? arena + at : p->places[i].where == INTACT_FIXED ? (void *)(intptr_t)at : given[at];
    }
    void **operands = table + p->places_count;
    for (int64_t i = 0; i < p->steps_count; i++) {
        const intact_step *s = &p->steps[i];
        if (p->see)
            p->see(p->seer, i);
        void **results = operands + s->reads_count;
        for (int64_t j = 0; j < s->reads_count; j++)
            operands[j] = table[s->reads[j]];
        for (int64_t j = 0; j < s->writes_count; j++)
            results[j] = table[s->writes[j]];
        if (pool && s->units >= 2 * s->grain) {
            step_job job = {s, (const void *const *)operands, results, scratch, p->scratch};
            intact_pool_share(pool, do_units, &job, s->units, s->grain);
        } else if (s->units > 0) {
            s->run(s->params, (const void *const *)operands, results, scratch, 0, s->units);
        }
    }
    if (p->see)
        p->see(p->seer, p->steps_count);
}

static void do_samples(void *context, int64_t thread, int64_t begin, int64_t end)
{
    const samples_job *job = context;
    const intact_program *p = job->program;
    char *memory = job->memory + thread * (table_size(p) + p->arena + p->scratch);
    for (int64_t i = begin; i < end; i++)
        run_one(p, job->given + i * p->given_count, memory, NULL);
}

int64_t intact_memory(const intact_program *p, int64_t samples, const intact_pool *pool)
{
    int64_t threads = pool ? intact_pool_threads(pool) : 1;
    if (samples > 1)
        return threads * (table_size(p) + p->arena + p->scratch);
    return table_size(p) + p->arena + threads * p->scratch;
}

void intact_run(const intact_program *p, void *const *given, int64_t samples, void *memory, intact_pool *pool)
{
    if (samples == 1) {
        run_one(p, given, memory, pool);
        return;
    }
    samples_job job = {p, given, memory};
    if (pool)
        intact_pool_share(pool, do_samples, &job, samples, 1);
    else
        do_samples(&job, 0, 0, samples);
}
