#define VERSION(name) name##_avx2
#include "sketch.c"
