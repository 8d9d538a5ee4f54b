/* Threads that share out work. The only file of these that needs an operating system. */
#define _POSIX_C_SOURCE 200809L
#include "program.h"

#if defined(_WIN32) || defined(INTACT_NO_THREADS)

intact_pool *intact_pool_create(int64_t threads)
{
    (void)threads;
    return NULL;
}

void intact_pool_destroy(intact_pool *pool) { (void)pool; }

int64_t intact_pool_threads(const intact_pool *pool)
{
    (void)pool;
    return 1;
}

void intact_pool_share(intact_pool *pool, void (*job)(void *, int64_t, int64_t, int64_t), void *context, int64_t units,
                       int64_t grain)
{
    (void)pool, (void)grain;
    job(context, 0, 0, units);
}

#else

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) || defined(__i386__)
#define RELAX() __builtin_ia32_pause()
#else
#define RELAX() ((void)0)
#endif

/* How often a thread looks for work, or for the others to be done, before it goes to sleep. A step takes microseconds;
 * to be woken takes tens of them. */
#define LOOKS 4000

/* The job at hand as one number: how many threads have joined it, whether more may, and its turn. */
#define JOINED UINT64_C(0xffff)
#define OPEN UINT64_C(0x10000)
#define TURN UINT64_C(0x20000)

struct intact_pool {
    int64_t threads;
    pthread_t *handles;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic uint64_t state;
    _Atomic int64_t next; /* unit that nobody has taken yet */
    _Atomic int stops;
    /* Written while the job is not open and nobody has joined it. */
    void (*job)(void *, int64_t, int64_t, int64_t);
    void *context;
    int64_t units, grain;
};

typedef struct {
    intact_pool *pool;
    int64_t number;
} worker;

/* Takes ever smaller shares, so that all threads are done at nearly the same time, however fast each is. */
static void take_units(intact_pool *pool, int64_t thread)
{
    int64_t begin = atomic_load(&pool->next);
    while (begin < pool->units) {
        int64_t left = pool->units - begin, share = left / (2 * pool->threads) / pool->grain * pool->grain;
        share = share < pool->grain ? pool->grain : share;
        share = share < left ? share : left;
        if (atomic_compare_exchange_weak(&pool->next, &begin, begin + share)) {
            pool->job(pool->context, thread, begin, begin + share);
            begin = atomic_load(&pool->next);
        }
    }
}

static int is_new(uint64_t state, uint64_t done) { return (state & OPEN) && state / TURN != done; }

/* Returns 1 where the caller takes part in a job after turn `done`, which becomes the job's turn. */
static int join(intact_pool *pool, uint64_t *done)
{
    uint64_t state = atomic_load(&pool->state);
    while (is_new(state, *done))
        if (atomic_compare_exchange_weak(&pool->state, &state, state + 1)) {
            *done = state / TURN;
            return 1;
        }
    return 0;
}

static void *work(void *argument)
{
    worker self = *(worker *)argument;
    intact_pool *pool = self.pool;
    free(argument);
    uint64_t done = 0;
    while (!atomic_load(&pool->stops)) {
        int joined = 0;
        for (int i = 0; i < LOOKS && !(joined = join(pool, &done)); i++)
            RELAX();
        if (joined) {
            take_units(pool, self.number);
            atomic_fetch_sub(&pool->state, 1);
            continue;
        }
        pthread_mutex_lock(&pool->lock);
        while (!atomic_load(&pool->stops) && !is_new(atomic_load(&pool->state), done))
            pthread_cond_wait(&pool->wake, &pool->lock);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

intact_pool *intact_pool_create(int64_t threads)
{
    if (threads < 2)
        return NULL;
    threads = threads < (int64_t)JOINED ? threads : (int64_t)JOINED;
    intact_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->handles = calloc((size_t)threads, sizeof *pool->handles);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pool->threads = 1;
    for (int64_t i = 1; pool->handles && i < threads; i++) {
        worker *argument = malloc(sizeof *argument);
        if (!argument)
            break;
        *argument = (worker){pool, i};
        if (pthread_create(&pool->handles[i], NULL, work, argument)) {
            free(argument);
            break;
        }
        pool->threads++;
    }
    return pool;
}

void intact_pool_destroy(intact_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->stops, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int64_t i = 1; i < pool->threads; i++)
        pthread_join(pool->handles[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->wake);
    free(pool->handles);
    free(pool);
}

int64_t intact_pool_threads(const intact_pool *pool) { return pool->threads; }

void intact_pool_share(intact_pool *pool, void (*job)(void *, int64_t, int64_t, int64_t), void *context, int64_t units,
                       int64_t grain)
{
    pool->job = job;
    pool->context = context;
    pool->units = units;
    pool->grain = grain > 0 ? grain : 1;
    atomic_store(&pool->next, 0);
    /* Under the lock, or a thread that is about to sleep would miss it. */
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->state, (atomic_load(&pool->state) / TURN + 1) * TURN + OPEN);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    take_units(pool, 0);
    /* A thread that has not woken up by now is not waited for. */
    atomic_fetch_and(&pool->state, ~OPEN);
    for (int64_t looks = 0; atomic_load(&pool->state) & JOINED; looks++) {
        if (looks < LOOKS)
            RELAX();
        else
            sched_yield();
    }
}

#endif
