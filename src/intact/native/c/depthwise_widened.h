/* Depthwise convolutions with several outputs a channel, done as ones with one: of an image that has each channel as many
 * times. A few rows of positions at a time, so that what is repeated stays in the cache. */
#ifndef INTACT_DEPTHWISE_WIDENED_H
#define INTACT_DEPTHWISE_WIDENED_H

#include "depthwise.h"
#include "depthwise16.h"

/* Returns the parameters of the convolution with one output a channel. */
intact_depthwise intact_depthwise_of_one(const intact_depthwise *p);
intact_depthwise16 intact_depthwise16_of_one(const intact_depthwise16 *p);

/* Does the units by a version for one output a channel, which gets the parameters and what was prepared for these. */
void intact_depthwise_widened(intact_kernel *version, const intact_depthwise *p, const void *const *in, void *const *out,
                              void *scratch, int64_t begin, int64_t end);
void intact_depthwise16_widened(intact_kernel *version, const intact_depthwise16 *p, const void *const *in,
                                void *const *out, void *scratch, int64_t begin, int64_t end);

#endif
