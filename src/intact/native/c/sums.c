/* The definition of sums.h. */
#include "sums.h"

void intact_sums_scalar(const intact_matrix *m, const uint8_t *rows, int64_t stride, int64_t count, int32_t *sums)
{
    for (int64_t row = 0; row < count; row++, rows += stride) {
        for (int64_t panel = 0; panel < m->panels; panel++) {
            const int8_t *weights = m->weights + panel * m->groups * INTACT_PANEL * INTACT_GROUP;
            uint32_t acc[INTACT_PANEL];
            for (int64_t n = 0; n < INTACT_PANEL; n++)
                acc[n] = m->bias ? (uint32_t)m->bias[panel * INTACT_PANEL + n] : 0;
            for (int64_t k = 0; k < m->depth; k++) {
                const int8_t *w = weights + k / INTACT_GROUP * INTACT_PANEL * INTACT_GROUP + k % INTACT_GROUP;
                for (int64_t n = 0; n < INTACT_PANEL; n++)
                    acc[n] += (uint32_t)(rows[k] * w[n * INTACT_GROUP]);
            }
            for (int64_t n = 0; n < INTACT_PANEL; n++)
                *sums++ = intact_wrap(acc[n]);
        }
    }
}
