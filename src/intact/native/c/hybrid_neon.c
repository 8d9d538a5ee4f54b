#define VERSION(name) name##_neon
#include "dynamic_range.c"
#include "hybrid.c"
#include "hybrid_combine.c"
#include "hybrid_depthwise.c"
