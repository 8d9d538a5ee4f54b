#define VERSION(name) name##_vnni
#include "dynamic_range.c"
#include "hybrid.c"
#include "hybrid_combine.c"
#include "hybrid_depthwise.c"
