#include "rescale.h"

static int64_t number_at(const void *numbers, int32_t bytes, int64_t i)
{
    return bytes == 2 ? ((const int16_t *)numbers)[i] : ((const int32_t *)numbers)[i];
}

void intact_rescale_scalar(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end)
{
    const intact_rescale *p = params;
    (void)scratch;
    for (int64_t i = begin; i < end; i++) {
        int64_t number = number_at(in[0], p->from, i) - p->zero_point;
        int32_t result = intact_requantize_one(&p->finish, 0, p->magnitude && number < 0 ? -number : number);
        if (p->to == 1)
            ((uint8_t *)out[0])[i] = (uint8_t)result;
        else if (p->to == 2)
            ((int16_t *)out[0])[i] = (int16_t)result;
        else
            ((int32_t *)out[0])[i] = result;
    }
}
