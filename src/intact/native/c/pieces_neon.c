/* pieces.h by products of NEON. */
#include "pieces.h"

INTACT_PIECES_KERNEL(neon)
