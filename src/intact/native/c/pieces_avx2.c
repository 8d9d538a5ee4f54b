/* pieces.h by products of AVX2. */
#include "pieces.h"

INTACT_PIECES_KERNEL(avx2)
