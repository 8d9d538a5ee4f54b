/* matmul.h by products of NEON. */
#include "matmul.h"

INTACT_MATMUL_KERNEL(neon)
