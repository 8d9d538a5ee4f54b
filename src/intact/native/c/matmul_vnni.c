/* matmul.h by products of AVX-512 VNNI. */
#include "matmul.h"

INTACT_MATMUL_KERNEL(vnni)
