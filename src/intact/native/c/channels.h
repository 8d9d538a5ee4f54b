/* Elements of an array with one parameter a channel, in runs. */
#ifndef INTACT_CHANNELS_H
#define INTACT_CHANNELS_H

#include "intact.h"

/* Element i belongs to channel (i / inner) % channels. */
typedef struct {
    int64_t channels;
    int64_t inner;
} intact_channels;

/* Elements from one on whose channels are `channel` and those after it, or where `step` is 0 all the same. */
typedef struct {
    int64_t channel, step, count;
} intact_stretch;

static inline intact_stretch intact_stretch_at(const intact_channels *c, int64_t at, int64_t end)
{
    intact_stretch s = {at / c->inner % c->channels, c->inner == 1, 0};
    int64_t count = s.step ? c->channels - s.channel : c->inner - at % c->inner;
    s.count = count < end - at ? count : end - at;
    return s;
}

#endif
