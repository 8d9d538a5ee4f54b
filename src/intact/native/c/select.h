/* Elements of one operand where a condition holds, of another where not. */
#ifndef INTACT_SELECT_H
#define INTACT_SELECT_H

#include "broadcast.h"

/* in: the condition, a byte an element, and both operands. Units are elements. */
typedef struct {
    intact_broadcast shape; /* of three operands */
    int64_t bytes;          /* of an element: 1, 2, 4, 8 or 16 */
} intact_select;

intact_kernel intact_select_scalar;

#endif
