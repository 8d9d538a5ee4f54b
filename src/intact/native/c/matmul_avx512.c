/* matmul.h by products of AVX-512. */
#include "matmul.h"

INTACT_MATMUL_KERNEL(avx512)
