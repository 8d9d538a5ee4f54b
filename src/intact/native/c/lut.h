/* Functions of one code by a table of the results of all codes. */
#ifndef INTACT_LUT_H
#define INTACT_LUT_H

#include "intact.h"

/* Elements before `boundary` have one table, the others another; kernels that are reproduced here compute whole blocks
 * of elements otherwise than what is left over. Units are elements. */
typedef struct {
    const void *table[2]; /* indexed by a code as it is held, of 16 bits by its bits as an unsigned number */
    int64_t boundary;
    int64_t from; /* bytes of a code: 1 or 2 */
    int64_t to;   /* bytes of a result: 1, 2 or 4 */
} intact_lut;

intact_kernel intact_lut_scalar, intact_lut_avx512, intact_lut_vbmi;

#endif
