/* What the versions of depthwise.h share that take one place of the window after the other. */
#ifndef INTACT_DEPTHWISE_RUNS_H
#define INTACT_DEPTHWISE_RUNS_H

#include "depthwise.h"

#define INTACT_PLACES 256 /* of a window; larger ones are left to the definition */

/* Positions of one row, one after the other, whose windows lie within the image's columns; or one whose does not. */
typedef struct {
    const intact_depthwise *p;
    const uint8_t *const *places; /* what the window shows at the first; the last one again if there is an odd number */
    int64_t count;
    int64_t step; /* bytes of the image from one to the next */
    uint8_t *out;
} intact_run;

typedef void intact_positions(const intact_run *run);

/* True for what is left to the definition. */
int intact_depthwise_is_left(const intact_depthwise *p);

void intact_depthwise_by(intact_positions *positions, const intact_depthwise *p, const void *const *in, void *const *out,
                         void *scratch, int64_t begin, int64_t end);

#endif
