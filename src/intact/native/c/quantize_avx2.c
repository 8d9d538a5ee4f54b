#define VERSION(name) name##_avx2
#include "quantize.c"
