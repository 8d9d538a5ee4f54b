#define VERSION(name) name##_avx512
#include "sketch.c"
