/* The definition of matmul16.h. */
#include "matmul16.h"

const int16_t *intact_rows16(const intact_matmul16 *p, const int16_t *x, int16_t *memory)
{
    if (!p->batches.adjoint[0])
        return x;
    for (int64_t i = 0; i < p->rows; i++)
        for (int64_t k = 0; k < p->depth; k++)
            memory[i * p->depth + k] = x[k * p->rows + i];
    return memory;
}

int64_t intact_bias16(const intact_matmul16 *p, const void *biases, int64_t output)
{
    if (p->bias_bytes == 4)
        return ((const int32_t *)biases)[output];
    return p->bias_bytes ? ((const int64_t *)biases)[output] : 0;
}

void intact_matmul16_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                            int64_t end)
{
    const intact_matmul16 *p = params;
    int64_t depth = p->depth, outputs = p->outputs, panels = (outputs + INTACT_PANEL - 1) / INTACT_PANEL;
    int64_t along = p->batches.adjoint[1] ? 1 : outputs, across = p->batches.adjoint[1] ? depth : 1;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t matrix = unit / panels, first = unit % panels * INTACT_PANEL;
        int64_t last = first + INTACT_PANEL < outputs ? first + INTACT_PANEL : outputs;
        const int16_t *x = (const int16_t *)in[0] + intact_batch(&p->batches, 0, matrix);
        int64_t y = intact_batch(&p->batches, 1, matrix);
        int16_t *to = (int16_t *)out[0] + matrix * p->rows * outputs;
        x = intact_rows16(p, x, scratch);
        for (int64_t i = 0; i < p->rows; i++)
            for (int64_t j = first; j < last; j++) {
                uint64_t acc = (uint64_t)intact_bias16(p, p->bias_bytes ? in[2] : NULL, j);
                for (int64_t k = 0; k < depth; k++) {
                    int64_t at = y + k * along + j * across;
                    int64_t number = p->bytes == 1 ? ((const uint8_t *)in[1])[at] : ((const int16_t *)in[1])[at];
                    acc += (uint64_t)((x[i * depth + k] - p->zero_point[0]) * (number - p->zero_point[1]));
                }
                to[i * outputs + j] = (int16_t)intact_requantize_one(&p->finish, j, intact_wrap64(acc));
            }
    }
}
