/* matmul.h by products of AVX2. */
#include "matmul.h"

INTACT_MATMUL_KERNEL(avx2)
