/* pieces.h by products of AVX-512 VNNI. */
#include "pieces.h"

INTACT_PIECES_KERNEL(vnni)

void intact_pieces16_vnni(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                          int64_t end)
{
    const intact_pieces *p = params;
    intact_pieces_by(intact_dense16_vnni, p->products, sizeof(intact_dense16), 2, p, in, out, scratch, begin, end);
}
