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

struct intact_pool {
    int64_t threads;
    pthread_t *handles;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic int64_t turn; /* counts jobs */
    _Atomic int64_t busy; /* threads that have not finished the present job */
    _Atomic int64_t next; /* unit that nobody has taken yet */
    _Atomic int stops;
    void (*job)(void *, int64_t, int64_t, int64_t);
    void *context;
    int64_t units, share;
};

typedef struct {
    intact_pool *pool;
    int64_t number;
} worker;

static void take_units(intact_pool *pool, int64_t thread)
{
    for (;;) {
        int64_t begin = atomic_fetch_add(&pool->next, pool->share);
        if (begin >= pool->units)
            return;
        int64_t end = begin + pool->share;
        pool->job(pool->context, thread, begin, end < pool->units ? end : pool->units);
    }
}

static void *work(void *argument)
{
    worker self = *(worker *)argument;
    intact_pool *pool = self.pool;
    free(argument);
    int64_t done = 0;
    for (;;) {
        for (int i = 0; i < LOOKS && atomic_load(&pool->turn) == done; i++)
            RELAX();
        if (atomic_load(&pool->turn) == done) {
            pthread_mutex_lock(&pool->lock);
            while (atomic_load(&pool->turn) == done)
                pthread_cond_wait(&pool->wake, &pool->lock);
            pthread_mutex_unlock(&pool->lock);
        }
        done++;
        if (atomic_load(&pool->stops))
            return NULL;
        take_units(pool, self.number);
        atomic_fetch_sub(&pool->busy, 1);
    }
}

/* Tells all threads that there is a new job. */
static void start_turn(intact_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->turn, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

intact_pool *intact_pool_create(int64_t threads)
{
    if (threads < 2)
        return NULL;
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
    atomic_store(&pool->stops, 1);
    start_turn(pool);
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
    /* Four shares a thread even out what makes one thread slower than another. */
    int64_t share = units / (4 * pool->threads);
    share = share < grain ? grain : share / grain * grain;
    pool->job = job;
    pool->context = context;
    pool->units = units;
    pool->share = share > 0 ? share : 1;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->busy, pool->threads - 1);
    start_turn(pool);
    take_units(pool, 0);
    for (int64_t looks = 0; atomic_load(&pool->busy) > 0; looks++) {
        if (looks < LOOKS)
            RELAX();
        else
            sched_yield();
    }
}

#endif
