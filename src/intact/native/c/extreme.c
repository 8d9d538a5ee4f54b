/* The definition of reduce.h for the largest and the smallest. */
#include "reduce.h"

#define TAKEN(found, number) ((found) = smallest ? ((number) < (found) ? (number) : (found)) : ((number) > (found) ? (number) : (found)))

/* What is first met starts a result, the rest is compared with it. */
#define EXTREME(type, name)                                                                                            \
    static void name(const intact_axes *axes, const type *in, type *out, int64_t begin, int64_t end, int smallest)      \
    {                                                                                                                  \
        int64_t run = axes->run, rounds = intact_rounds(&axes->reduced);                                               \
        int64_t blocks = (run + INTACT_OUTPUTS - 1) / INTACT_OUTPUTS;                                                  \
        for (int64_t unit = begin; unit < end; unit++) {                                                               \
            int64_t row = axes->along ? unit : unit / blocks, first = axes->along ? 0 : unit % blocks * INTACT_OUTPUTS; \
            const type *at = in + intact_place(&axes->kept, row) + first;                                              \
            if (axes->along) {                                                                                         \
                type found = *at;                                                                                      \
                for (int64_t round = 0; round < rounds; round++) {                                                     \
                    const type *numbers = at + intact_place(&axes->reduced, round);                                    \
                    for (int64_t i = 0; i < run; i++)                                                                  \
                        TAKEN(found, numbers[i]);                                                                      \
                }                                                                                                      \
                out[unit] = found;                                                                                     \
            } else {                                                                                                   \
                int64_t count = run - first < INTACT_OUTPUTS ? run - first : INTACT_OUTPUTS;                           \
                type found[INTACT_OUTPUTS];                                                                            \
                for (int64_t i = 0; i < count; i++)                                                                    \
                    found[i] = at[i];                                                                                  \
                for (int64_t round = 1; round < rounds; round++) {                                                     \
                    const type *numbers = at + intact_place(&axes->reduced, round);                                    \
                    for (int64_t i = 0; i < count; i++)                                                                \
                        TAKEN(found[i], numbers[i]);                                                                   \
                }                                                                                                      \
                for (int64_t i = 0; i < count; i++)                                                                    \
                    out[row * run + first + i] = found[i];                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

EXTREME(uint8_t, bytes)
EXTREME(int16_t, words)
EXTREME(int32_t, doubles)
EXTREME(int64_t, quads)

void VERSION(intact_extreme)(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                             int64_t end)
{
    const intact_extreme *p = params;
    (void)scratch;
    switch (p->element) {
    case INTACT_U8:
        bytes(&p->axes, in[0], out[0], begin, end, p->smallest);
        break;
    case INTACT_I16:
        words(&p->axes, in[0], out[0], begin, end, p->smallest);
        break;
    case INTACT_I32:
        doubles(&p->axes, in[0], out[0], begin, end, p->smallest);
        break;
    default:
        quads(&p->axes, in[0], out[0], begin, end, p->smallest);
    }
}
