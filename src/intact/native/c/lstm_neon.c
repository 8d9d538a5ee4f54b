/* lstm.h in vectors of 16 bytes (NEON). */
#include <arm_neon.h>

#define VERSION(name) name##_neon
#define LANES 16
#define PRODUCT(a, b) ((lanes16)vqrdmulhq_s16((int16x8_t)(a), (int16x8_t)(b)))
#define HIGH_PRODUCT(a, b) ((lanes32)vqrdmulhq_s32((int32x4_t)(a), (int32x4_t)(b)))

#include "lstm_lanes.h"
