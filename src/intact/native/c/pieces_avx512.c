/* pieces.h by products of AVX-512. */
#include "pieces.h"

INTACT_PIECES_KERNEL(avx512)
