#ifndef INTACT_FLIP_H
#define INTACT_FLIP_H

#include "intact.h"

/* A unit is an element. It has no params. */
intact_kernel intact_flip_scalar, intact_copy_scalar;

#endif
