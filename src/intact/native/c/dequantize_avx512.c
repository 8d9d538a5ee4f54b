#define VERSION(name) name##_avx512
#include "dequantize.c"
